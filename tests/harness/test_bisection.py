"""Tests of the search for the smallest value, with trials that a random source disturbs."""

import math
import random
import unittest

from harness import bisection

RESOLUTION = 0.03


def exact(threshold):
    return lambda value: value >= threshold


def blurred(threshold, width, source):
    """A larger value holds with a higher probability: a logistic curve over the logarithm of the value."""
    return lambda value: source.random() < 1 / (1 + math.exp(-math.log(value / threshold) / width))


def disturbed(threshold, share, source):
    """Of the trials that would hold, a share fails, as on a machine with other work. A trial never holds by a disturbance."""
    return lambda value: value >= threshold and source.random() >= share


class Trials:
    """Answers from a list per value, and keeps what was asked."""

    def __init__(self, holds):
        self.holds, self.asked = holds, []

    def __call__(self, value):
        self.asked.append(value)
        return self.holds(value)


class Bisection(unittest.TestCase):
    def search(self, holds, first=10.0, minimum=1.0, maximum=100.0, resolution=RESOLUTION, repetitions=3):
        return bisection.search(holds, first, minimum, maximum, resolution, repetitions)

    def test_the_bracket_contains_the_threshold_and_is_as_narrow_as_the_resolution(self):
        for threshold in (1.5, 7.0, 9.99, 10.0, 10.01, 40.0, 99.0):
            for resolution in (0.1, 0.03, 0.01):
                found = self.search(exact(threshold), resolution=resolution)
                bracket = found.bracket
                self.assertTrue(found.decided)
                self.assertTrue(bracket.fails < threshold <= bracket.holds, (threshold, bracket))
                self.assertLessEqual(bracket.holds / bracket.fails, 1 + resolution)

    def test_a_close_guess_needs_few_runs(self):
        for threshold in (8.0, 8.5, 9.5):
            self.assertLessEqual(self.search(exact(threshold)).runs, 16)

    def test_the_limits_are_not_left(self):
        trials = Trials(exact(0.5))
        found = self.search(trials)
        self.assertEqual(found.bracket, bisection.Bracket(None, 1.0))
        self.assertEqual(found.bracket.middle, 1.0)
        trials_above = Trials(exact(101.0))
        found = self.search(trials_above)
        self.assertEqual(found.bracket, bisection.Bracket(100.0, None))
        self.assertEqual(found.bracket.middle, 100.0)
        self.assertTrue(found.decided)
        self.assertTrue(all(1 <= value <= 100 for value in trials.asked + trials_above.asked))

    def test_a_guess_outside_of_the_limits_is_moved_inside(self):
        self.assertEqual(bisection.Search(1000.0, 1.0, 100.0, RESOLUTION, 3).value, 100.0)
        self.assertEqual(bisection.Search(0.1, 1.0, 100.0, RESOLUTION, 3).value, 1.0)

    def test_the_majority_decides(self):
        for results, holds in (([True, True], True), ([False, False], False), ([True, False, True], True), ([False, True, False], False)):
            search = bisection.Search(10.0, 1.0, 100.0, RESOLUTION, 3)
            for result in results:
                self.assertEqual(search.value, 10.0, results)
                search.tell(result)
            self.assertEqual((search.value < 10.0, search.value > 10.0), (holds, not holds), results)
            self.assertEqual(search.trials(10.0), (sum(results), len(results)))

    def test_half_is_no_majority(self):
        search = bisection.Search(10.0, 1.0, 100.0, RESOLUTION, 2)
        search.tell(True)
        self.assertEqual(search.value, 10.0)
        search.tell(False)
        self.assertGreater(search.value, 10.0)

    def test_the_ends_of_the_bracket_get_more_repetitions(self):
        trials = Trials(exact(9.0))
        bracket = self.search(trials).bracket
        for end in (bracket.fails, bracket.holds):
            self.assertEqual(trials.asked.count(end), 3, "a majority of 5")
        self.assertTrue(all(trials.asked.count(value) == 2 for value in trials.asked if value not in (bracket.fails, bracket.holds)))

    def test_an_end_that_a_disturbance_decided_is_found_out(self):
        # The threshold is 8, but the first two trials of every value below 9.5 fail.
        seen = {}

        def holds(value):
            seen[value] = seen.get(value, 0) + 1
            return value >= 8.0 and (value >= 9.5 or seen[value] > 2)

        found = self.search(holds, repetitions=3)
        self.assertTrue(found.bracket.fails < 8.0 <= found.bracket.holds, found.bracket)

    def test_a_holding_end_needs_the_majority_of_all_its_repetitions(self):
        # The first value holds twice and then fails, although the threshold is 11.
        seen = {}

        def holds(value):
            seen[value] = seen.get(value, 0) + 1
            return value >= 11.0 or (value >= 9.9 and seen[value] <= 2)

        found = self.search(holds, repetitions=3)
        self.assertTrue(found.bracket.fails < 11.0 <= found.bracket.holds, found.bracket)

    def test_ends_that_change_never_leave_a_value_that_holds_below_one_that_fails(self):
        source = random.Random(11)
        for width in (0.02, 0.1, 0.5):
            holds = blurred(9.0, width, source)
            for _ in range(300):
                bracket = self.search(holds).bracket
                self.assertLess(bracket.fails or 0, bracket.holds or math.inf)

    def test_a_tie_beyond_the_repetitions_is_tried_again(self):
        results = {10.0: iter([True, False, True, False, True])}  # 10 holds, 3 to 2
        search = bisection.Search(10.0, 1.0, 100.0, RESOLUTION, 3)
        while search.value is not None:
            value = search.value
            search.tell(next(results[value], True) if value in results else value > 10.0)
            if value == 10.0 and search.trials(10.0) == (2, 4):
                self.assertEqual(search.value, 10.0)
        self.assertEqual((search.bracket.holds, search.trials(10.0)), (10.0, (3, 5)))

    def test_a_search_that_chance_decides_ends(self):
        source = random.Random(3)
        for _ in range(100):
            self.assertLessEqual(self.search(lambda value: source.random() < 0.5).runs, bisection.RUNS_MAX)
        alternating = iter([True, False] * bisection.RUNS_MAX)
        search = bisection.Search(10.0, 1.0, 100.0, RESOLUTION, 10 * bisection.RUNS_MAX)
        while search.value is not None:
            search.tell(next(alternating))
        self.assertEqual((search.runs, search.decided), (bisection.RUNS_MAX, False))

    def test_with_monotone_noise_the_result_is_as_precise_as_the_noise(self):
        for width in (0.005, 0.02):
            source = random.Random(5)
            errors = []
            for _ in range(400):
                threshold = source.uniform(6, 15)
                errors.append(abs(math.log(self.search(blurred(threshold, width, source)).bracket.middle / threshold)))
            errors.sort()
            self.assertLess(errors[380], RESOLUTION / 2 + 2 * width, "95 % of the sessions")

    def test_disturbances_move_the_result_less_than_without_repetition(self):
        def share_right(repetitions):
            source = random.Random(7)
            right = 0
            for _ in range(400):
                threshold = source.uniform(6, 15)
                bracket = self.search(disturbed(threshold, 0.1, source), repetitions=repetitions).bracket
                right += bool(bracket.fails and bracket.holds and bracket.fails < threshold <= bracket.holds)
            return right / 400

        self.assertGreater(share_right(3), 0.9)
        self.assertGreater(share_right(3), share_right(1))

    def test_brackets_that_share_values_may_have_the_same_threshold(self):
        bracket = bisection.Bracket
        self.assertTrue(bracket(1, 3).overlaps(bracket(2, 4)))
        self.assertTrue(bracket(None, 3).overlaps(bracket(None, 1)))
        self.assertFalse(bracket(1, 2).overlaps(bracket(2, 3)))
        self.assertFalse(bracket(5, None).overlaps(bracket(2, 3)))


if __name__ == "__main__":
    unittest.main()
