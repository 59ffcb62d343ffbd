"""The records: one folder per session, in it one CSV row per run, and all of it again as JSON."""

import csv
import json
import os
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
        self._columns = []

    def add(self, record):
        """`record` is a flat dictionary. A run of another load generator has other figures, so it may add columns to the table."""
        row = {"session_id": self.session_id, **record, **{key: value for key, value in self.environment.items() if key not in record}}
        self.runs.append(row)
        if set(row) <= set(self._columns):
            self._write("runs.csv", "a", [row])
            return
        self._columns = list(dict.fromkeys([*self._columns, *row]))
        self._write("runs.csv.part", "w", [dict(zip(self._columns, self._columns)), *self.runs])
        os.replace(self.folder / "runs.csv.part", self.folder / "runs.csv")

    def _write(self, name, mode, rows):
        with open(self.folder / name, mode, newline="", encoding="utf-8") as file:
            csv.DictWriter(file, self._columns).writerows(rows)

    def finish(self, summary, text):
        """Writes session.json (environment, every run, the summary) and table.txt (the printed table)."""
        content = {"session_id": self.session_id, "environment": self.environment, "runs": self.runs, **summary}
        (self.folder / "session.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        (self.folder / "table.txt").write_text(text + "\n", encoding="utf-8")
