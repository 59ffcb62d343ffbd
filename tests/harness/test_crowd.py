"""Tests of harness/crowd_page.py and of the steps of harness/crowd.py."""

import argparse
import pathlib
import tempfile
import unittest

from harness import crowd, crowd_page
from harness.crowd_page import AGAIN, BARE, OURS

STEPS = crowd.steps(1000)


def runs(costs, rounds=5, drift=1.0):
    """`costs`: CPU-us/request by server, one per step. Each round costs `drift` times as much as the round before it."""
    return [{"round": number, "server": server, "connections": step, "requests_per_s": 1e6 / cost, "cpu_us_per_request": cost * drift**number,
             "requests_per_enter": 20.0, "server_share": 0.99, "client_share": 0.7}
            for number in range(1, rounds + 1) for server, of_steps in costs.items() for step, cost in zip(STEPS, of_steps)]


def results(bare, gin, again=None, **settings):
    return crowd_page.Results(runs({BARE: bare, OURS: gin, AGAIN: again or gin}, **settings), 1000)


def verdict(*costs, **settings):
    return " ".join(crowd_page.verdict(results(*costs, **settings)))


class Verdicts(unittest.TestCase):
    FLAT = [4.0, 4.0, 4.0, 4.2, 4.2, 4.2]
    STEEP = [4.0, 4.1, 4.2, 5.0, 5.0, 5.0]

    def test_the_peak_is_enough(self):
        self.assertIn("90% of the peak or, if the kernel is the limit, 97% of the bare server: met.", verdict([3.0] * 6, self.FLAT))

    def test_the_bare_server_may_be_the_limit(self):
        text = verdict(self.STEEP, [4.1, 4.2, 4.3, 5.1, 5.1, 5.1])
        self.assertIn("minimum 80% [80%, 80%] of the peak; the bare server: 80% [80%, 80%] of its own peak", text)
        self.assertIn("with as many connections: minimum 98% [98%, 98%]", text)
        self.assertIn(": met.", text)

    def test_one_step_beyond_the_maximum_can_fail(self):
        self.assertIn(": not met.", verdict(self.STEEP, [4.1, 4.2, 4.3, 5.1, 5.1, 5.4]))

    def test_steps_below_the_maximum_do_not_count(self):
        self.assertIn(": met.", verdict(self.STEEP, [4.1, 4.9, 4.9, 5.1, 5.1, 5.1]))

    def test_an_interval_that_contains_the_target_decides_nothing(self):
        noisy = runs({BARE: self.STEEP, OURS: self.STEEP, AGAIN: self.STEEP})
        for run, factor in zip((run for run in noisy if (run["server"], run["connections"]) == (OURS, 2000)), (0.98, 1.0, 1.04, 1.05, 1.06)):
            run["cpu_us_per_request"] *= factor
        text = " ".join(crowd_page.verdict(crowd_page.Results(noisy, 1000)))
        self.assertIn(": not decided, because an interval contains the target; measure more rounds.", text)

    def test_a_drift_of_the_machine_changes_no_share(self):
        self.assertEqual(verdict(self.STEEP, self.STEEP), verdict(self.STEEP, self.STEEP, drift=1.3))


class Texts(unittest.TestCase):
    FOUND = results([4.0, 4.1, 4.2, 5.0, 5.0, 5.0], [4.1, 4.2, 4.3, 5.1, 5.1, 5.1], rounds=1)
    FACTS = {"cpu_model": "a CPU", "kernel": "6.1"}
    OPTIONS = argparse.Namespace(cpus=([0], [1, 2]), seconds=0.25, command_line="bench/crowd/run --write")

    def test_table_has_a_row_per_server_and_step(self):
        lines = crowd_page.text(self.FOUND).splitlines()
        self.assertEqual([line.split()[0] for line in lines if line.split()[1:2] == ["bare"]], [f"{step:,}" for step in STEPS])
        self.assertEqual(sum(" gin again " in line for line in lines), len(STEPS))
        self.assertNotIn("*196,078", "".join(lines))

    def test_a_server_with_idle_time_was_not_the_limit(self):
        idle = [{**run, "server_share": 0.5, "client_share": 0.99} for run in runs({name: [5.0] * 6 for name in (BARE, OURS, AGAIN)})]
        self.assertIn("*200,000", crowd_page.text(crowd_page.Results(idle, 1000)))

    def test_page_and_plot(self):
        self.assertIn("servers on CPU 0, duel-load on CPU 1,2; 1 round of 0.25 s", crowd_page.page(self.FOUND, self.OPTIONS, self.FACTS))
        with tempfile.TemporaryDirectory() as folder:
            crowd_page.draw(self.FOUND, "title", pathlib.Path(folder, "crowd"))
            drawn = pathlib.Path(folder, "crowd.svg").read_text(encoding="utf-8")
            self.assertTrue("CPU-us/request" in drawn and "gin again" in drawn)


if __name__ == "__main__":
    unittest.main()
