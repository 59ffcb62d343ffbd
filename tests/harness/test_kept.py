"""Tests of harness/kept.py: the runs of an interrupted session."""

import unittest

from harness.kept import Kept


class KeptRuns(unittest.TestCase):
    RUNS = [{"cell": "gin", "purpose": "timed", "round": 1, "n": n} for n in (1, 2)] + [{"cell": "beego", "purpose": "timed", "round": 1, "n": 3}]

    def test_each_visit_of_a_place_has_its_run_and_the_rest_is_left(self):
        kept = Kept(self.RUNS)
        self.assertTrue(kept.has(["gin", "beego"], "timed", 1))
        self.assertFalse(kept.has(["gin", "beego"], "timed", 1, visits=2))
        self.assertFalse(kept.has(["gin"], "timed", 2))
        self.assertEqual([kept.take("gin", "timed", 1)["n"] for _ in range(2)], [1, 2])
        self.assertIsNone(kept.take("gin", "timed", 1))
        self.assertIsNone(kept.take("beego", "counted", 1))


if __name__ == "__main__":
    unittest.main()
