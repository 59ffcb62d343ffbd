"""The records: one folder per session, in it one CSV row per run, and all of it again as JSON."""

import csv
import json
import pathlib
import time
import uuid


class Records:
    """runs.csv grows with every run, so an interrupted session keeps its finished runs."""

    def __init__(self, results, environment):
        self.session_id = str(uuid.uuid4())
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.folder = pathlib.Path(results) / f"{stamp}-{self.session_id}"
        self.raw = self.folder / "raw"  # the output of servers and load generators
        self.raw.mkdir(parents=True)
        self.environment = environment
        self.runs = []

    def add(self, record):
        """`record` is a flat dictionary. The first record determines the columns."""
        row = {"session_id": self.session_id, **record, **self.environment}
        first = not self.runs
        self.runs.append(row)
        with open(self.folder / "runs.csv", "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(self.runs[0]))
            if first:
                writer.writeheader()
            writer.writerow(row)

    def finish(self, summary, text):
        """Writes session.json (environment, every run, the summary) and table.txt (the printed table)."""
        content = {"session_id": self.session_id, "environment": self.environment, "runs": self.runs, **summary}
        (self.folder / "session.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        (self.folder / "table.txt").write_text(text + "\n", encoding="utf-8")
