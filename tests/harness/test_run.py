"""Tests of harness/run.py: which runs are invalid."""

import unittest

from harness import load, run

CLEAN = {"requests": 1000, "errors_connect": 0, "errors_read": 0, "errors_write": 0, "errors_timeout": 0,
         "errors_status": 0, "server_requests": 1000, "server_4xx": 0, "server_5xx": 0}
WRK = load.Load(threads=1, connections=512, seconds=3, cpus=(0,))


class Judging(unittest.TestCase):
    def test_a_run_without_errors_is_valid(self):
        self.assertEqual(run.reasons_invalid(CLEAN, WRK), [])

    def test_answers_in_flight_when_wrk_stops_are_allowed(self):
        self.assertEqual(run.reasons_invalid({**CLEAN, "server_requests": 1512}, WRK), [])
        self.assertEqual(len(run.reasons_invalid({**CLEAN, "server_requests": 1513}, WRK)), 1)

    def test_answers_of_another_process_make_a_run_invalid(self):
        self.assertEqual(len(run.reasons_invalid({**CLEAN, "server_requests": 999}, WRK)), 1)

    def test_failed_answers_make_a_run_invalid(self):
        self.assertEqual(len(run.reasons_invalid({**CLEAN, "server_4xx": 1}, WRK)), 1)
        self.assertEqual(len(run.reasons_invalid({**CLEAN, "server_5xx": 1}, WRK)), 1)


if __name__ == "__main__":
    unittest.main()
