"""Tests of harness/limit_rule.py: who was the limit."""

import random
import unittest

from harness import limit_rule


class LimitRule(unittest.TestCase):
    def limit(self, server, client, **more):
        return limit_rule.judge(server, client, **more).limit

    def test_a_saturated_side_is_the_limit(self):
        for server, client, limit in ((0.95, 0.5, "server"), (0.99, 0.99, "server"), (0.94, 0.95, "client"), (0.94, 0.94, "neither"),
                                      (0.0, 0.0, "neither")):
            self.assertEqual(self.limit(server, client), limit, (server, client))

    def test_a_quota_makes_the_server_the_limit(self):
        self.assertEqual(self.limit(0.4, 0.5, throttled_share=0.6), "server")
        self.assertEqual(self.limit(0.4, 0.99, throttled_share=0.6), "server")
        self.assertEqual(self.limit(0.4, 0.5, throttled_share=0.01), "neither")

    def test_a_server_as_fast_as_the_null_server_is_limited_by_the_client(self):
        idle, busy = limit_rule.Ceiling(100_000, 0.6), limit_rule.Ceiling(100_000, 0.97)
        self.assertEqual(self.limit(0.7, 0.9, requests_per_s=95_000, ceiling=idle), "client")
        self.assertEqual(self.limit(0.7, 0.9, requests_per_s=94_000, ceiling=idle), "neither")
        self.assertEqual(self.limit(0.7, 0.9, requests_per_s=95_000, ceiling=busy), "neither")
        self.assertEqual(self.limit(0.96, 0.9, requests_per_s=95_000, ceiling=idle), "server")

    def test_a_schedule_is_no_attempt_at_a_maximum(self):
        slow = limit_rule.Ceiling(10_000, 0.6)
        kept = limit_rule.judge(0.2, 0.3, requests_per_s=9_950, ceiling=slow, intended_rate=10_000)
        self.assertEqual((kept.limit, kept.why),
                         ("neither", "the schedule asked for only 10,000 requests/s; the server used 20% and the client 30% of their CPU time"))
        missed = limit_rule.judge(0.2, 0.3, requests_per_s=9_800, ceiling=slow, intended_rate=10_000)
        self.assertEqual((missed.limit, missed.why), ("neither", "the server used 20% and the client 30% of their CPU time"))
        for shares, limit in (((0.95, 0.3), "server"), ((0.3, 0.95), "client")):
            self.assertEqual(limit_rule.judge(*shares, requests_per_s=9_000, intended_rate=10_000).limit, limit)

    def test_every_verdict_says_why(self):
        self.assertIn("99% of its CPU time, the server 80%", limit_rule.judge(0.8, 0.99).why)
        self.assertIn("50% and the client 60%", limit_rule.judge(0.5, 0.6).why)

    def test_latencies_that_contradict_littles_law_are_void(self):
        # The measured runs: 512 connections at 125k requests/s need a mean latency of 4.1 ms.
        for mean_us, void in ((530, True), (1950, True), (3600, True), (4096, False), (4400, False), (4700, True)):
            share = limit_rule.in_flight_share(512, 125_000, mean_us)
            self.assertEqual(limit_rule.latency_is_void(share), void, mean_us)

    def published(self):
        """380 servers: 174 between 96.0k and 97.4k requests/s, 198 below them, 8 above."""
        source = random.Random(1)
        rates = [source.uniform(96_000, 97_400) for _ in range(174)]
        rates += [source.lognormvariate(10.6, 0.6) % 95_000 for _ in range(198)] + [source.uniform(98_500, 104_000) for _ in range(8)]
        source.shuffle(rates)
        return rates

    def test_a_published_plateau_is_the_limit_of_the_client(self):
        rates = self.published()
        verdicts = limit_rule.judge_published(rates)
        for rate, verdict in zip(rates, verdicts):
            if 96_000 <= rate <= 97_400:
                self.assertEqual(verdict.limit, "client", rate)
                self.assertRegex(verdict.why, r"1[78]\d of 380 servers lie between 9[56],\d{3} and 97,\d{3} requests/s")
            elif not 95_000 <= rate <= 98_000:
                self.assertIsNone(verdict, rate)

    def test_servers_that_differ_are_on_no_plateau(self):
        source = random.Random(2)
        for spread in (0.1, 0.3, 1.0):
            rates = [source.lognormvariate(11, spread) for _ in range(380)]
            self.assertEqual(limit_rule.judge_published(rates), [None] * 380)
        self.assertIsNone(limit_rule.plateau([*(1000.0 * n for n in range(1, 369)), *[400_000.0] * 12]), "too few are equally fast")
        self.assertIsNone(limit_rule.plateau([]))
        self.assertIsNone(limit_rule.plateau([100.0] * 9))

    def test_a_plateau_below_much_faster_servers_is_not_the_clients(self):
        fast = [rate * 2 for rate in range(100_000, 100_040)]
        self.assertIsNone(limit_rule.plateau([96_500.0] * 174 + fast + [1000.0 * n for n in range(1, 90)]))


if __name__ == "__main__":
    unittest.main()
