"""Tests of the rule for the knee, with servers whose latency is a function."""

import random
import unittest

from harness import knee

FIRST = 2_000


def sharp(capacity):
    """A server that is equally fast up to its capacity."""
    return lambda rate: (min(rate, capacity), 100 if rate <= capacity else 1_000_000, 0)


def soft(capacity):
    """The P99 of an M/M/1 queue, 460 us without load, whose loss begins only above the capacity."""
    return lambda rate: (min(rate, capacity), 460 / max(1e-4, 1 - rate / capacity), 0)


def search(server, late_above=float("inf"), highest=knee.RATE_MAX, disturbed=lambda: 1.0):
    runs = []
    while (rate := knee.next_rate(runs, FIRST, highest)) is not None:
        achieved, p99_us, errors = server(rate)
        runs.append(knee.Run(rate, achieved, p99_us * disturbed(), errors, rate > late_above))
        assert len(runs) < 60, runs
    return runs, knee.find(runs)


class Rungs(unittest.TestCase):
    def test_a_rung_is_12_percent_above_the_rung_below(self):
        rates = list(knee.PLACES)
        for low, high in zip(rates, rates[1:]):
            self.assertAlmostEqual(high / low, 1.122, delta=0.025)
        for rate in (1_000, 2_000, 4_000, 8_000, 16_000, 31_500, 63_000):
            self.assertIn(rate, rates)


class Outcomes(unittest.TestCase):
    def of(self, limit_us=2_000, **changes):
        return knee.outcome(knee.Run(**{"rate": 1000, "achieved": 1000, "p99_us": 100, "errors": 0, "late": False, **changes}), limit_us)

    def test_each_reason_alone_loses_a_run(self):
        self.assertEqual(self.of(), knee.HELD)
        self.assertEqual(self.of(achieved=990, p99_us=2_000), knee.HELD)
        for changes in ({"achieved": 989}, {"p99_us": 2_001}, {"errors": 1}):
            self.assertEqual(self.of(**changes), knee.LOST, changes)

    def test_a_late_generator_says_nothing(self):
        self.assertEqual(self.of(late=True), knee.UNKNOWN)
        self.assertEqual(self.of(late=True, errors=5), knee.UNKNOWN)

    def test_the_limit_of_the_p99_comes_from_the_best_run_of_the_lowest_rung(self):
        runs = [knee.Run(rate, rate, p99_us, 0, False) for rate, p99_us in ((4000, 50), (2000, 900), (2000, 700))]
        self.assertEqual(knee.p99_limit_us(runs), 7_000)
        self.assertEqual(knee.p99_limit_us(runs[:1]), knee.P99_FLOOR_US)

    def test_a_rung_is_held_if_one_run_was(self):
        runs = [knee.Run(2000, 2000, 100, 0, False), knee.Run(4000, 100, 100, 0, False), knee.Run(4000, 4000, 100, 0, False)]
        self.assertEqual(knee.outcomes(runs), {2000: knee.HELD, 4000: knee.HELD})


class Knees(unittest.TestCase):
    def test_a_sharp_knee(self):
        for capacity, held, lost in ((27_000, 25_000, 28_000), (31_500, 31_500, 35_500), (2_000, 2_000, 2_240), (90_500, 90_000, 100_000)):
            runs, found = search(sharp(capacity))
            self.assertEqual(found, knee.Knee(held, lost), capacity)
            self.assertTrue(found.found)
            self.assertLessEqual(len(runs), 20)

    def test_a_soft_knee_is_where_the_p99_is_ten_times_as_high(self):
        _, found = search(soft(100_000))  # 10 times the P99 at 2 % of the capacity: 90 % of it
        self.assertEqual(found, knee.Knee(90_000, 100_000))

    def test_a_server_that_fails_requests_has_its_knee_there(self):
        _, found = search(lambda rate: (rate, 100, 3 * (rate > 10_000)))
        self.assertEqual(found, knee.Knee(10_000, 11_200))

    def test_without_a_knee_within_the_ladder(self):
        _, found = search(sharp(10**9), highest=100_000)
        self.assertEqual(found, knee.Knee(63_000, None))
        self.assertFalse(found.found)

    def test_the_generator_can_be_the_limit(self):
        _, found = search(sharp(10**9), late_above=50_000)
        self.assertEqual(found, knee.Knee(50_000, 56_000, unknown=True))
        self.assertFalse(found.found)

    def test_the_lowest_rung_is_measured_again_while_it_is_unknown(self):
        late = knee.Run(FIRST, FIRST, 100, 0, True)
        held = knee.Run(FIRST, FIRST, 100, 0, False)
        for runs in range(1, knee.UNKNOWN_ATTEMPTS):
            self.assertEqual(knee.next_rate([late] * runs, FIRST), FIRST)
        self.assertIsNone(knee.next_rate([late] * knee.UNKNOWN_ATTEMPTS, FIRST))
        self.assertEqual(knee.next_rate([late] * 5 + [held], FIRST), 2 * FIRST)

    def test_the_first_rung_is_already_too_much(self):
        runs, found = search(sharp(1_500))
        self.assertEqual(found, knee.Knee(None, FIRST))
        self.assertEqual([run.rate for run in runs], [FIRST] * knee.ATTEMPTS)
        self.assertFalse(found.found)

    def test_noise_moves_the_knee_by_at_most_one_rung_in_most_sessions(self):
        source = random.Random(3)
        moved = []
        for _ in range(200):
            # One of 20 runs has a pause of the machine that makes its P99 50 times as high; the others vary by some percent.
            _, found = search(sharp(27_000), disturbed=lambda: 50 if source.random() < 0.05 else source.lognormvariate(0, 0.2))
            moved.append(abs(knee.PLACES[found.held] - knee.PLACES[25_000]) if found.held else 99)
        self.assertGreaterEqual(sum(places <= 1 for places in moved), 190)
        self.assertGreaterEqual(sum(places == 0 for places in moved), 180)

    def test_a_disturbed_rung_below_the_knee_is_passed(self):
        pauses = {4_000: 1}  # the first run at 4,000 is disturbed
        def server(rate):
            pauses[rate] = pauses.get(rate, 0) - 1
            return rate, 1_000_000 if pauses[rate] == 0 or rate > 20_000 else 100, 0
        runs, found = search(server)
        self.assertEqual(found, knee.Knee(20_000, 22_400))
        self.assertEqual(sum(run.rate == 4_000 for run in runs), 2)


if __name__ == "__main__":
    unittest.main()
