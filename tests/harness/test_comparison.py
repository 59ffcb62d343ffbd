"""Tests of harness/comparison.py: which figures a table shows, and with which mark."""

import unittest

from harness import comparison


class Marks(unittest.TestCase):
    @staticmethod
    def runs(*limits, in_flight=1.0):
        return [{"limit": limit, "in_flight_share": in_flight} for limit in limits]

    def test_a_cell_has_the_limit_of_most_of_its_runs(self):
        for limits, expected in ((("client",) * 3 + ("server",) * 2, "client"), (("server",), "server"), (("client", "server"), "neither"),
                                 (("client", "server", "neither"), "neither")):
            self.assertEqual(comparison.limit_of(self.runs(*limits)), expected)

    def test_a_cell_that_nobody_limits_says_why(self):
        self.assertEqual(comparison.why_neither([{"limit": "neither", "limit_why": "the server used 10%"}]), "the server used 10%")
        self.assertEqual(comparison.why_neither(self.runs("client", "server")), "its runs had different limits")

    def test_a_ratio_of_two_client_bound_cells_is_not_printed(self):
        client, server = self.runs("client"), self.runs("server")
        self.assertEqual(comparison.ratio_text("1.02", "requests_per_s", client, client), "client-bound")
        self.assertEqual(comparison.ratio_text("1.02", "cpu_us_per_request", client, client), "1.02")
        for pair in ((client, server), (server, client), (server, server)):
            self.assertEqual(comparison.ratio_text("1.02", "requests_per_s", *pair), "1.02")

    def test_requests_that_the_server_did_not_limit_have_a_mark(self):
        for limit, mark in (("server", ""), ("client", "*"), ("neither", "*")):
            self.assertEqual(comparison.cell_text("9", "requests_per_s", self.runs(limit)), mark + "9")
            self.assertEqual(comparison.cell_text("9", "cpu_us_per_request", self.runs(limit, in_flight=0.45)), "9")

    def test_a_latency_that_contradicts_littles_law_is_not_printed(self):
        seen, unseen = self.runs("client"), self.runs("client", in_flight=0.45)
        for field in ("latency_p50_us", "latency_p99_us"):
            self.assertEqual(comparison.ratio_text("1.5", field, seen, seen), "1.5")
            self.assertEqual(comparison.ratio_text("1.5", field, seen, unseen), "void")
            self.assertEqual(comparison.ratio_text("1.5", field, unseen, seen), "void")
            self.assertEqual(comparison.cell_text("1.5", field, seen), "1.5")
            self.assertEqual(comparison.cell_text("1.5", field, unseen), "void")


if __name__ == "__main__":
    unittest.main()
