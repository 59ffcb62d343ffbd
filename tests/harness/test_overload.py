"""Tests of harness/scenarios/overload.py: its verdicts."""

import unittest

from harness.scenarios import overload


class Overload(unittest.TestCase):
    def verdicts(self, *answers_per_s, **everywhere):
        steps = [{"connections": connections, "answers_per_s": answers, "cpu_us_per_answer": 1e6 / answers,
                  "user_us_per_answer": 6.0, "server_share": 1.0, "client_share": 0.7, "foreign_share": 0.0,
                  "stolen_share": 0.0, "admin_failed": 0, "peak_rss_mb": 10.0, **everywhere}
                 for connections, answers in zip((64, 1000, 4000), answers_per_s, strict=True)]
        return overload.verdicts(steps, max(answers_per_s))

    def test_the_minimum_after_the_peak_is_judged(self):
        self.assertIn("minimum 90% of the peak (target: at least 90%): met.", self.verdicts(100_000, 90_000, 95_000)[0])
        self.assertIn("minimum 89% of the peak (target: at least 90%): not met.", self.verdicts(100_000, 89_000, 95_000)[0])
        self.assertIn("minimum 95% of the peak", self.verdicts(50_000, 100_000, 95_000)[0])

    def test_the_extra_cost_is_split_into_user_mode_and_kernel(self):
        self.assertIn("at 1,000 connections: +2.50 us compared with the peak, of these +0.00 us in user mode and +2.50 us in the "
                      "kernel.", self.verdicts(100_000, 80_000, 95_000)[1])

    def test_a_throughput_that_others_limit_is_not_judged(self):
        self.assertIn("unknown, because at 64, 1,000, 4,000 connections",
                      self.verdicts(100_000, 89_000, 95_000, client_share=1.0, server_share=0.9)[0])
        self.assertIn("unknown", self.verdicts(100_000, 89_000, 95_000, foreign_share=0.1)[0])

    def test_failures_of_the_admin_port_are_printed(self):
        self.assertEqual(self.verdicts(100_000, 95_000, 95_000)[-1], "Admin port: every request was answered.")
        self.assertEqual(self.verdicts(100_000, 95_000, 95_000, admin_failed=1)[-1], "Admin port: some requests failed.")


if __name__ == "__main__":
    unittest.main()
