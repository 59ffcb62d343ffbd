"""Tests of harness/probes.py: a server that lies is caught, and the lie is named in one sentence; an honest server is not accused."""

import os
import pathlib
import re
import tempfile
import time
import unittest
import unittest.mock

from compare_case import CompareCase
from harness import probes, server
from ports import free_port

HERE = pathlib.Path(__file__).parent


def flat(text):
    """Without the breaks of long lines."""
    return re.sub(r"\n +", " ", text)


class Clock:
    """A clock that can be put ahead. It runs, because the server that is asked may need seconds to start."""

    def __init__(self):
        self.ahead_s = 0

    def __call__(self):
        return time.time() + self.ahead_s


class Asked(unittest.TestCase):
    """The probes alone, on a server that runs."""

    def setUp(self):
        self.said, self.runs = [], []
        self.clock = Clock()
        self.watch = probes.Watch(self.said.append, self.clock)

    def start(self, lie, **variables):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(unittest.mock.patch.dict(os.environ, {"LYING_SERVER": lie, **variables}))
        self.server = self.enterContext(server.Server([str(HERE / "lying_server.py"), "--router=gin"], "127.0.0.1", free_port(),
                                                      sorted(os.sched_getaffinity(0)), folder, "x"))

    def ask(self, **flags):
        self.watch.before_run("Gin", self.server, "/ping", **flags)

    def run_of(self, **figures):
        figures = {"title": "Gin text", "requests": 10_000, "intended_rate": 1000, "latency_p50_us": 60, "grown_bytes": 0, "slow_share": 0.0, **figures}
        self.runs.append({**figures, "findings": probes.text_of({"findings": self.watch.after_run("Gin", self.server, "/ping")})})

    def cautions(self):
        return probes.cautions(self.runs)

    def test_an_honest_server_is_not_accused(self):
        self.start("")
        self.ask()
        self.run_of()
        self.assertEqual((self.said, self.cautions()), ([], []))

    def test_a_server_that_does_not_parse(self):
        self.start("deaf")
        for _ in range(2):
            self.ask()
            self.run_of()
        self.assertEqual(self.cautions(), [
            "Gin does not parse its requests: it accepts every malformed one, and answers a request without the field Host with 200 in place of 400 "
            "(RFC 9112)",
            f"Gin does not look at the path: it answers GET {probes.WRONG_PATH} with 200 in place of 404"])
        self.assertEqual(self.said, [f"    caution: {caution}" for caution in self.cautions()])

    def test_a_server_without_a_router_need_not_look_at_the_path(self):
        self.start("deaf")
        self.ask(routes=False)
        self.run_of()
        self.assertEqual([finding.partition(":")[0] for finding in self.cautions()], ["Gin does not parse its requests"])

    def test_a_date_of_long_ago(self):
        self.start("date")
        self.ask()
        self.run_of()
        (caution,) = self.cautions()
        self.assertRegex(caution, r"\AGin sends a wrong Date: 'Thu, 01 Jan 2015 00:00:00 GMT' at \w+, \d\d \w+ \d{4} [0-9:]+ GMT; ")

    def test_a_date_that_was_right_and_is_not_renewed(self):
        self.start("")
        self.ask()
        self.clock.ahead_s += 10
        self.run_of()
        self.assertRegex(self.cautions()[0], r"\AGin sends a wrong Date: ")

    def test_of_another_machine_only_the_progress_of_the_date_counts(self):
        self.start("")
        self.clock.ahead_s -= 3_600
        self.ask(same_clock=False)
        self.run_of()
        self.assertEqual(self.cautions(), [])
        self.clock.ahead_s += 10
        self.run_of()
        self.assertRegex(self.cautions()[0], r"\AGin sends a wrong Date: ")

    def test_answers_without_a_date_or_with_another_text(self):
        for sent, finding in ((b"", "sends no Date, "), (b"Date: today\r\n", "sends a Date that is no date of HTTP (RFC 9110, section 5.6.7): 'today'")):
            with unittest.mock.patch.object(probes, "send", return_value=b"HTTP/1.1 200 OK\r\n%s\r\n" % sent):
                self.assertTrue(probes.DateWatch(True).findings("127.0.0.1", 1, "/", "a")[0].startswith(finding))

    def test_no_answer_is_no_finding(self):
        for nothing in (b"", None, b"no HTTP\r\n\r\n"):
            with unittest.mock.patch.object(probes, "send", return_value=nothing):
                self.assertEqual([*probes.parsing_findings("127.0.0.1", 1, "/"), *probes.routing_findings("127.0.0.1", 1, "a"),
                                  *probes.DateWatch(True).findings("127.0.0.1", 1, "/", "a")], [])

    def test_a_millisecond_for_each_hundredth_answer(self):
        share = probes.slow_share({60_000: 990, 1_060_000: 10}, 60)
        self.assertEqual(share, 0.01)
        self.start("")
        self.ask()
        for each in (share, share, 0.0):
            self.run_of(slow_share=each)
        self.assertEqual(self.cautions(), [
            "Gin text has slow answers: 1.00% took more than 0.56 ms, and the median is 0.06 ms; P99 or P99.9 shows them, the median does not"])

    def test_slow_answers_of_every_server_are_the_machines(self):
        self.start("")
        self.ask()
        for title, share in (("Gin text", 0.008), ("Beego text", 0.007), ("Go text", 0.02)):
            self.run_of(title=title, slow_share=share)
        self.assertEqual([caution.partition(" took")[0] for caution in self.cautions()], [
            "Go text has slow answers: 2.00%",
            "half of the columns have slow answers, 0.80% or more: the machine pauses, or these servers delay answers"])

    def test_one_slow_server_beside_a_fast_one_is_named_alone(self):
        self.start("")
        self.ask()
        self.run_of(title="Gin text", slow_share=0.01)
        self.run_of(title="Beego text", slow_share=0.001)
        self.assertEqual([caution.partition(":")[0] for caution in self.cautions()], ["Gin text has slow answers"])

    def test_rare_pauses_and_closed_loops_are_no_finding(self):
        self.assertEqual(probes.slow_share({60_000: 999, 500_000: 1}, 60), 0.0)
        self.start("")
        self.ask()
        self.run_of(slow_share=0.004)
        self.run_of(slow_share=0.5, intended_rate=None)
        self.assertEqual(self.cautions(), [])

    def test_memory_per_request(self):
        self.start("")
        self.ask()
        for _ in range(3):
            self.run_of(grown_bytes=10_240_000)
        self.assertEqual(self.cautions(), [
            "Gin text keeps 1,024 bytes per request: its memory grew by 30.7 MB during 30,000 measured requests; look for a leak"])

    def test_pools_that_fill_are_no_leak(self):
        self.start("")
        self.ask()
        self.run_of(grown_bytes=900_000, requests=100)
        self.run_of(grown_bytes=900_000, requests=100)
        self.assertEqual(self.cautions(), [])


class Compared(CompareCase):
    """The same in sessions of bench/compare, from the start to the table."""

    def text_of(self, lie, status=0, scenario="context_pool", **variables):
        """What bench/compare prints about styles with this lie, beside an honest null server."""
        ended, text = self.run_to_end(f"--server={HERE / 'lying_server.py'}", f"--scenario={scenario}", "--rounds=1", LYING_SERVER=lie, **variables)
        self.assertEqual(ended, status, text)
        self.assertNotRegex(text, "no router (sends|does|accepts|keeps)")
        return flat(text)

    def test_honest_servers_get_no_caution(self):
        self.assertNotRegex(self.text_of(""), "aution: (Gin|Beego|\\w+ keeps)")

    def test_a_server_that_does_not_parse(self):
        self.assertIn("\nCaution: Gin does not parse its requests: it accepts every malformed one, and ", self.text_of("deaf"))
        self.assertIn("Gin does not look at the path: ", self.rows()[-1]["findings"])

    def test_a_date_that_is_not_renewed(self):
        self.assertIn("\nCaution: Gin sends a wrong Date: 'Thu, 01 Jan 2015 00:00:00 GMT' at ", self.text_of("date"))

    def test_memory_per_request(self):
        self.assertRegex(self.text_of("leak", LYING_BYTES="200000"), r"\nCaution: [^\n]+ keeps [0-9,]+ bytes per request: its memory grew by ")

    def test_errors_make_the_runs_invalid_and_end_the_session(self):
        text = self.text_of("errors", status=1, scenario="router_latency", LYING_EVERY="15")
        self.assertRegex(text, r"\nbench/compare: [^\n]* is invalid: \d answers with a status of 400 or more[^\n]*with 5xx")


if __name__ == "__main__":
    unittest.main()
