"""Where the figures go: one folder a session, one CSV row a run, everything again as JSON."""

import csv
import json
import pathlib
import time
import uuid


class Records:
    """runs.csv grows with every run, so that an interrupted session keeps what it has."""

    def __init__(self, results, environment):
        self.session_id = str(uuid.uuid4())
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.folder = pathlib.Path(results) / f"{stamp}-{self.session_id}"
        self.raw = self.folder / "raw"  # what servers and clients printed
        self.raw.mkdir(parents=True)
        self.environment = environment
        self.runs = []

    def add(self, record):
        """`record` is flat; the first one fixes the columns."""
        row = {"session_id": self.session_id, **record, **self.environment}
        first = not self.runs
        self.runs.append(row)
        with open(self.folder / "runs.csv", "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(self.runs[0]))
            if first:
                writer.writeheader()
            writer.writerow(row)

    def finish(self, summary, text):
        """Writes session.json (environment, options, every run, the summary) and the table as it was printed."""
        content = {"session_id": self.session_id, "environment": self.environment, "runs": self.runs, **summary}
        (self.folder / "session.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        (self.folder / "table.txt").write_text(text + "\n", encoding="utf-8")
