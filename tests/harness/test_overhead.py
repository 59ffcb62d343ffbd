"""Tests of harness/scenarios/overhead.py: its verdicts."""

import unittest

from harness import stats
from harness.scenarios import overhead


class Overhead(unittest.TestCase):
    def test_a_verdict_needs_noise_below_the_bound(self):
        def verdict(low, high, noise):
            return overhead.verdict(stats.Estimate((low + high) / 2, low, high, 9), stats.Estimate(1, 1 - noise, 1 + noise, 9))

        self.assertEqual(verdict(0.998, 1.006, 0.004), "met.")
        self.assertEqual(verdict(1.02, 1.03, 0.004), "not met.")
        self.assertIn("interval of the ratio is too wide", verdict(0.99, 1.02, 0.004))
        self.assertIn("A/A interval is wider", verdict(0.95, 0.97, 0.02))
        self.assertIn("A/A interval is wider", verdict(1.02, 1.03, 0.04))
        self.assertIn("one round", overhead.verdict(stats.estimate([1.0]), stats.estimate([1.0])))


if __name__ == "__main__":
    unittest.main()
