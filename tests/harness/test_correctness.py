"""Tests of harness/correctness.py: the counts beside the speed come from the programs that compare, and are shown only for their data."""

import json
import pathlib
import re
import tempfile
import types
import unittest
import unittest.mock

from harness import correctness
from harness.errors import HarnessError

ROUTES = "excused, crashed: 3\nexcused, missed a route: 2\n90 agreed, 1 differ, 5 excused\n"
CASES = "chunks: MUST 4 of 4, SHOULD 1 of 1\nall for gin: MUST 20 of 21, SHOULD 9 of 9\n[ OK ]\nall for beego: MUST 1 of 2, SHOULD 3 of 4\n"
COUNTS = {**correctness.routing_counts(ROUTES), **correctness.conformance_counts(CASES, "gin")}
STYLES = correctness.ROOT / "servers" / "config" / "router_styles.inc"


class Correctness(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "correctness.json"
        self.enterContext(unittest.mock.patch.object(correctness, "COUNTS", self.file))

    def know(self, style, counts):
        self.file.write_text(json.dumps({style: counts}))

    def test_the_counts_are_read_from_the_programs(self):
        self.assertEqual(COUNTS, {"agreed": 90, "differ": 1, "excused": {"crashed": 3, "missed a route": 2}, "must": [20, 21], "should": [9, 9]})
        self.assertEqual(correctness.conformance_counts(CASES, "beego"), {"must": [1, 2], "should": [3, 4]})

    def test_output_without_counts_is_an_error_with_its_last_line(self):
        for broken, text in ((correctness.routing_counts, "check_gin: no folder\n"), (lambda text: correctness.conformance_counts(text, "gin"), "")):
            with self.assertRaisesRegex(HarnessError, "its last line is: (check_gin: no folder|.nothing.)"):
                broken(text)
        with self.assertRaisesRegex(HarnessError, "5 answers are excused, but the reasons have 3 together"):
            correctness.routing_counts("excused, crashed: 3\n1 agreed, 0 differ, 5 excused\n")
        with self.assertRaisesRegex(HarnessError, "there is no program at /nowhere/check_gin; build it"):
            correctness.counts_of("gin", pathlib.Path("/nowhere"))

    def report(self):
        """What a report says with the counts that a session notes now."""
        facts = {}
        correctness.note(types.SimpleNamespace(note=facts.__setitem__))
        return "\n\n".join(map(str, correctness.parts(types.SimpleNamespace(facts=facts))))

    def test_the_table_has_a_row_per_style_and_the_reasons(self):
        self.know("gin", {**COUNTS, "data_sha256": correctness.data_hash("gin")})
        text = self.report()
        self.assertRegex(text, r"(?m)^Gin +Gin 1\.9\.1 +96 +90 +1 +5 +20 of 21 +9 of 9$")
        self.assertIn("the original is wrong there: crashed (3), missed a route (2).", text)

    def test_each_style_and_both_muxes_are_compared(self):
        listed = re.findall(r"(?m)^DUEL_STYLE\(\w+, (\w+),", STYLES.read_text(encoding="utf-8"))
        self.assertEqual({compared.conformance for compared in correctness.COMPARED.values()}, {*listed, "nethttp122"})
        self.assertEqual(set(correctness.COMPARED), {folder.name for folder in (correctness.DATA / "routing").iterdir() if folder.is_dir()})
        self.know("nethttp122", {**COUNTS, "must": [20, 20], "data_sha256": correctness.data_hash("nethttp122")})
        self.assertRegex(self.report(), r"(?m)^net/http, --mux=1\.22 +Go 1\.22 +96 +90 ")

    def test_counts_of_other_data_are_not_shown(self):
        for counts in ({**COUNTS, "data_sha256": "0"}, {}):
            self.know("gin", counts)
            text = self.report()
            self.assertNotIn("96", text)
            self.assertIn("Gin beside Gin 1.9.1: not known for the test data of that time; bench/correctness --write counts again.", text)
        self.file.unlink()
        self.assertIn("Gin beside Gin 1.9.1: not known", self.report())

    def test_records_without_counts_have_no_table(self):
        self.assertEqual(correctness.parts(types.SimpleNamespace(facts={})), [])


if __name__ == "__main__":
    unittest.main()
