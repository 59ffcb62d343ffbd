"""Tests of harness/stats.py: medians, intervals, ties, and how often a difference is found."""

import unittest

from harness import hdr, stats, table


class Statistics(unittest.TestCase):
    def test_straight_lines(self):
        slope, intercept, r2 = stats.straight_line([0, 1, 2, 3], [5, 7, 9, 11])
        self.assertAlmostEqual(slope, 2)
        self.assertAlmostEqual(intercept, 5)
        self.assertAlmostEqual(r2, 1)
        self.assertLess(stats.straight_line([0, 1, 2, 3], [0, 9, 0, 9])[2], 0.5)
        self.assertIsNone(stats.straight_line([0, 1, 2], [4, 4, 4])[2])

    def test_the_interval_contains_the_median_and_lies_within_the_values(self):
        estimate = stats.estimate([5.0, 1.0, 3.0, 2.0, 4.0])
        self.assertEqual(estimate.median, 3.0)
        self.assertTrue(1.0 <= estimate.low < 3.0 < estimate.high <= 5.0)

    def test_equal_values_give_equal_intervals(self):
        values = [number ** 1.5 for number in range(400)]
        self.assertEqual([stats.estimate(values) for _ in range(5)], [stats.estimate(values)] * 5)

    def test_one_round_gives_no_interval(self):
        self.assertFalse(stats.estimate([2.0]).known)
        self.assertEqual(table.interval(stats.estimate([2.0])), "2.00")

    def test_the_interval_has_about_its_nominal_coverage(self):
        import numpy as np
        source = np.random.default_rng(1)
        covered = sum(stats.estimate(source.normal(10, 1, 10)).contains(10) for _ in range(200))
        self.assertGreaterEqual(covered, 175)
        self.assertLess(covered, 200)

    def test_pairing_cancels_a_drift_between_rounds(self):
        drift = [1.0, 1.5, 2.0, 2.5]
        ratio = stats.paired_ratio([2 * d for d in drift], drift)
        self.assertEqual((ratio.median, ratio.low, ratio.high), (2.0, 2.0, 2.0))
        self.assertEqual(stats.paired_difference([3, 4], [1, 2]).median, 2.0)

    def test_a_quantile_of_several_histograms_is_that_of_all_values_together(self):
        fast, slow = {10: 98, 20: 2}, {10: 50, 900: 50}
        self.assertEqual(stats.merged_quantile([fast, slow], 0.5).median, 10)
        self.assertEqual(stats.merged_quantile([fast, slow], 0.75).median, 20)  # the mean of both quantiles would be 455
        self.assertEqual(stats.merged_quantile([fast, fast, fast, slow], 0.99).median, 900)
        for part in (0.5, 0.75, 0.99):
            self.assertEqual(stats.merged_quantile([fast, slow], part).median, hdr.quantile(hdr.merge([fast, slow]), part))

    def test_the_interval_of_a_merged_quantile_is_that_of_the_rounds(self):
        fast, slow = {10: 98, 20: 2}, {10: 50, 900: 50}
        both = stats.merged_quantile([fast, slow], 0.99)
        self.assertEqual((both.low, both.high), (20, 900))
        self.assertEqual(vars(stats.merged_quantile([fast] * 3, 0.99)), {"median": 20, "low": 20, "high": 20, "count": 3})
        self.assertFalse(stats.merged_quantile([slow], 0.99).known)

    def test_no_values_are_an_error(self):
        with self.assertRaises(ValueError):
            stats.estimate([])

    def test_ties(self):
        def estimate(median, low, high):
            return stats.Estimate(median, low, high, 10)
        quiet = estimate(1.0, 0.99, 1.01)
        self.assertFalse(stats.is_tie(estimate(1.05, 1.03, 1.07), quiet))
        self.assertTrue(stats.is_tie(estimate(1.05, 0.99, 1.07), quiet), "the interval contains 1")
        self.assertTrue(stats.is_tie(estimate(1.05, 1.03, 1.07), estimate(1.0, 0.93, 1.02)), "A/A differs as much")
        self.assertTrue(stats.is_tie(stats.estimate([1.5]), quiet), "one round has no interval")
        self.assertTrue(stats.is_tie(stats.estimate([1.5, 1.6]), quiet), "two rounds are too few")
        self.assertFalse(stats.is_tie(stats.estimate([1.5, 1.6, 1.5]), quiet))


class SimulatedSessions(unittest.TestCase):
    ROUNDS = 10

    def test_of_1000_sessions_without_a_difference_at_most_5_percent_claim_one(self):
        for noise in (0.01, 0.05, 0.2):
            self.assertLessEqual(stats.share_found(noise, 0.0, self.ROUNDS), 0.05, noise)
        for rounds in (1, 2, 3, 4, 5):
            self.assertLessEqual(stats.share_found(0.02, 0.0, rounds), 0.05, rounds)

    def test_a_larger_difference_and_less_noise_are_found_more_often(self):
        found = [stats.share_found(0.03, difference, self.ROUNDS, sessions=300) for difference in (0.0, 0.02, 0.05, 0.1, 0.3)]
        self.assertEqual(found, sorted(found))
        self.assertGreater(found[-1], 0.99)
        self.assertGreater(stats.share_found(0.01, 0.05, self.ROUNDS, sessions=300),
                           stats.share_found(0.04, 0.05, self.ROUNDS, sessions=300))

    def test_an_injected_difference_of_5_percent_is_found_as_often_as_stated(self):
        import numpy as np
        for noise in (0.01, 0.02, 0.03):
            source = np.random.default_rng(7)
            stated, found = [], 0
            for _ in range(200):
                first, again, other = np.exp(source.normal(0, noise, (3, self.ROUNDS)))
                aa = again / first
                found += not stats.is_tie(stats.estimate(1.05 * other / first), stats.estimate(aa))
                stated.append(stats.share_found(stats.noise_of_a_run(aa), 0.05, self.ROUNDS, sessions=40))
            self.assertAlmostEqual(found / 200, np.mean(stated), delta=0.1)


if __name__ == "__main__":
    unittest.main()
