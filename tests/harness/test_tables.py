"""Tests of harness/tables.py: the records as CSV and SQLite."""

import pathlib
import tempfile
import unittest

from harness import tables
from harness.found import Found


class Tables(unittest.TestCase):
    RUNS = [{"run_id": "x", "raw_files": "", "share": 0.1 + 0.2}, {"run_id": "y", "raw_files": "", "late": "no, \"not\"\nlate", "share": None}]

    def write(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        readings = {"x": {"series": {"heap": [[0.5, 7], [1.5, 8]]}}, "y": {}}
        knobs = [{"name": "vm.swappiness", "want": "1", "got": "60", "state": "differs", "reason": "not written"}]
        found = Found({"session_id": "s", "knobs": knobs}, {"knee": [1, None]}, readings, tuple(self.RUNS), folder)
        tables.write(folder, found)
        return folder

    def test_runs_of_another_load_generator_add_columns(self):
        self.assertEqual(tables.read_csv(self.write() / "runs.csv"), (["run_id", "raw_files", "share", "late"], [
            ["x", "", "0.30000000000000004", ""], ["y", "", "", "no, \"not\"\nlate"]]))

    def test_the_database_keeps_the_type_of_each_value(self):
        found = tables.read_database(self.write() / "runs.sqlite")
        self.assertEqual(found["runs"], (["run_id", "raw_files", "share", "late"], [
            ["x", "", 0.1 + 0.2, None], ["y", "", None, "no, \"not\"\nlate"]]))
        self.assertEqual(found["series"][1], [["x", "heap", 0.5, 7], ["x", "heap", 1.5, 8]])
        self.assertEqual(found["knobs"], (["name", "want", "got", "state"], [["vm.swappiness", "1", "60", "differs"]]))
        self.assertEqual(found["facts"][1], [["knee", "[1, null]"]])

    def test_without_a_run_there_is_no_table(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        tables.write(folder, Found({}, {}, {}, (), folder))
        self.assertEqual(list(folder.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
