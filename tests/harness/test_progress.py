"""How far a call is, and how long the rest takes."""

import io
import unittest
import unittest.mock

from harness.errors import HarnessError
from harness.progress import CLEAR, Progress, duration
from harness.session import ATTEMPTS_MAX, LATE_ATTEMPTS_MAX, NEVER, Cell, Session


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


class TimeLeft(unittest.TestCase):
    def setUp(self):
        self.clock, self.out = Clock(), io.StringIO()

    def progress(self, planned_s, runs):
        return Progress(planned_s, runs, out=self.out, clock=self.clock)

    def test_begins_with_the_plan_and_comes_closer_to_the_pace_of_this_machine(self):
        progress = self.progress(1000, 100)
        self.assertEqual(progress.left_s, 1000)
        errors = []
        for _ in range(9):  # this machine is twice as slow as planned
            progress.spend(100, 10)
            self.clock.now += 200
            true_left = 2 * (1000 - progress.done_s)
            errors.append(abs(progress.left_s / true_left - 1))
        self.assertEqual(errors, sorted(errors, reverse=True))
        self.assertLess(errors[-1], 0.02)

    def test_a_plan_that_turned_out_longer_or_shorter_is_corrected(self):
        progress = self.progress(100, 10)
        progress.correct(50, 5)
        self.assertEqual((progress.left_s, progress.runs), (150, 15))
        progress.spend(50, 5)
        progress.correct(-100, -10)
        self.assertEqual((progress.left_s, progress.runs), (0, 5))
        progress.spend(10, 1)
        self.assertEqual(progress.left_s, 0)

    def test_is_said_as_precisely_as_it_is_known(self):
        for seconds, said in ((0, "0 s"), (3, "10 s"), (44, "50 s"), (90, "90 s"), (91, "2 min"), (600, "10 min"), (5400, "1 h 30 min"), (7260, "2 h"), (3600 * 3 + 65, "3 h")):
            self.assertEqual(duration(seconds), said)

    def test_elsewhere_than_on_a_terminal_each_run_is_a_plain_line(self):
        progress = self.progress(100, 2)
        progress.say("two runs")
        progress.spend(50, 1)
        self.clock.now += 50
        progress.show("  gin   9 requests/s")
        progress.spend(50, 1)
        progress.show("beego 8 requests/s")
        progress.end()
        self.assertEqual(self.out.getvalue(), "two runs\n  1/2 gin   9 requests/s  [50 s left]\n  2/2 beego 8 requests/s  [0 s left]\n")

    def test_on_a_terminal_one_line_is_rewritten_and_messages_stay(self):
        self.out = Terminal()
        progress = self.progress(100, 3)
        progress.spend(20, 1)
        progress.show("gin " + "x" * 500)
        progress.say("an invalid run")
        progress.show("beego")
        progress.end()
        progress.end()
        first, message, second = self.out.getvalue().split(CLEAR)[1:4]
        self.assertRegex(first, r"\A  1/3 gin x+  \[\d+ s left\]\Z")
        self.assertLess(len(first), 200)
        self.assertEqual(message, "an invalid run\n")
        self.assertRegex(second, r"\A  1/3 beego  \[\d+ s left\]\Z")
        self.assertTrue(self.out.getvalue().endswith(CLEAR))
        self.assertEqual(self.out.getvalue().count(CLEAR), 4)
        self.assertEqual(self.out.getvalue().count("\n"), 1)


class Measuring(unittest.TestCase):
    """What a session tells its progress. Each run takes 10 s; two runs follow."""

    def setUp(self):
        self.session = object.__new__(Session)
        self.session.progress = self.progress = Progress(out=io.StringIO(), clock=Clock())

    def plan(self, runs):
        self.progress.correct(10 * (runs + 2), runs + 2)

    def assert_two_runs_are_left(self):
        self.assertEqual((self.progress.planned_s - self.progress.done_s, self.progress.runs - self.progress.runs_done), (20, 2))

    def test_a_search_may_need_more_or_fewer_runs_than_usual(self):
        for values in (range(5), range(3), range(1), ()):
            with self.subTest(values):
                self.setUp()
                self.plan(3 if values else 0)
                for _ in self.session.repeat(iter([*values, None]).__next__, 3):
                    self.session.spend(10, 1)
                self.assert_two_runs_are_left()

    def test_an_invalid_run_is_no_part_of_the_plan(self):
        self.plan(1)
        outcomes = iter([False, False, True])

        def run(_attempt):
            self.session.spend(10, 1)
            return {}

        with unittest.mock.patch.object(Session, "_add", lambda *_: {"used": next(outcomes), "invalid": "it failed"}):
            self.session._valid(run, Cell("gin", "Gin", "gin", "/ping"), 1, "timed", NEVER)
        self.assert_two_runs_are_left()
        self.assertEqual(self.progress._out.getvalue(), "    invalid run: it failed; repeated\n" * 2)

    def runs_until_the_end(self, **record):
        """How often a run is made whose record is always this one."""
        self.session.records = unittest.mock.Mock(raw="a folder")
        with unittest.mock.patch.object(Session, "_add", return_value={"used": False, "invalid": "it was late", **record}) as add, \
                self.assertRaisesRegex(HarnessError, "times in a row"):
            self.session._valid(lambda _attempt: {}, Cell("gin", "Gin", "gin", "/ping"), 1, "timed", NEVER)
        return add.call_count

    def test_a_late_load_generator_is_started_more_often_than_a_server_that_fails(self):
        self.assertEqual(self.runs_until_the_end(late="it was late"), LATE_ATTEMPTS_MAX)
        self.assertEqual(self.runs_until_the_end(late=""), ATTEMPTS_MAX)
        self.assertEqual(self.runs_until_the_end(), ATTEMPTS_MAX)


if __name__ == "__main__":
    unittest.main()
