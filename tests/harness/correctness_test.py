"""correctness_test.py BUILD: bench/harness/correctness.json has the counts that the programs of this build print."""

import json
import pathlib
import sys
import unittest

from harness import correctness

BUILD = pathlib.Path(sys.argv.pop())


class Counts(unittest.TestCase):
    def test_the_counts_are_those_of_the_programs(self):
        written = json.loads(correctness.COUNTS.read_text(encoding="utf-8"))
        self.assertEqual(set(written), set(correctness.COMPARED))
        for style in correctness.COMPARED:
            self.assertEqual(written[style], correctness.counts_of(style, BUILD), "stale: run bench/correctness --write")


if __name__ == "__main__":
    unittest.main()
