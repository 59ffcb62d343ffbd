"""Tests of the parts of the harness that start no process."""

import contextlib
import http.server
import importlib
import io
import os
import pathlib
import random
import re
import signal
import tempfile
import threading
import unittest
import unittest.mock

import stub_server
from harness import __main__ as compare
from harness import ab, comparison, cpus, direct_http, hdr, limit_rule, load, order, pprof, processes, procfs, run, stats, table, tables
from harness.found import Found
from harness.kept import Kept
from harness.errors import HarnessError
from harness.scenarios import overhead, overload

CLEAN = {"requests": 1000, "errors_connect": 0, "errors_read": 0, "errors_write": 0, "errors_timeout": 0,
         "errors_status": 0, "server_requests": 1000, "server_4xx": 0, "server_5xx": 0}
WRK = load.Load(threads=1, connections=512, seconds=3, cpus=(0,))


class Wrk(unittest.TestCase):
    def test_the_report_is_found_between_other_lines(self):
        self.assertEqual(load.parse('Running 1s test\n  Latency 1ms\nREPORT {"requests":7}\n'), {"requests": 7})

    def test_a_missing_report_is_an_error(self):
        with self.assertRaises(ValueError):
            load.parse("Requests/sec: 12\n")

    def test_each_kind_of_error_is_named(self):
        self.assertEqual(load.failures(CLEAN), [])
        for kind in ("connect", "read", "write", "timeout", "status"):
            found = load.failures({**CLEAN, f"errors_{kind}": 3})
            self.assertEqual(len(found), 1, kind)
            self.assertIn("3 ", found[0])
        self.assertEqual(load.failures({**CLEAN, "requests": 0}), ["no request was answered"])

    def test_the_command_has_every_parameter(self):
        command = load.Load(4, 512, 60, (2, 3)).command("http://127.0.0.1:8080/ping", "id")
        self.assertEqual(command[:7], ["taskset", "-c", "2,3", "wrk", "-t4", "-c512", "-d60s"])
        self.assertEqual(command[-3:], ["-H", "X-Trace-ID: id", "http://127.0.0.1:8080/ping"])


class Proxies(unittest.TestCase):
    PROXIES = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY", "ftp_proxy")} | {"no_proxy": "localhost"}

    def test_a_request_to_a_server_uses_no_proxy(self):
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as answers:
            answers.RequestHandlerClass.log_message = lambda *_: None
            threading.Thread(target=answers.handle_request, daemon=True).start()
            with unittest.mock.patch.dict(os.environ, self.PROXIES):
                importlib.reload(direct_http)  # urllib reads the environment when the opener is made
                status, _ = direct_http.request(f"http://127.0.0.1:{answers.server_port}/", 30)
        self.assertEqual(status, 200)

    def test_no_other_file_of_the_benchmarks_sends_http_through_a_library(self):
        for file in pathlib.Path(direct_http.__file__).parents[1].rglob("*.py"):
            clients = re.findall(r"urllib\.request|http\.client|\brequests\b\.get|urlopen", file.read_text(encoding="utf-8"))
            self.assertEqual(bool(clients), file.name == "direct_http.py", f"{file}: use harness.direct_http, which uses no proxy")

    def test_a_child_sees_neither_proxies_nor_settings_of_the_server(self):
        hidden = {**self.PROXIES, "DUEL_GZIP": "on", "BEEGO_RUNMODE": "dev"}
        with tempfile.TemporaryFile() as output, unittest.mock.patch.dict(os.environ, {**hidden, "MALLOC_CONF": "kept"}):
            child = processes.start(["env"], output)
            child.wait()
            processes.stop(child)
            output.seek(0)
            names = {line.partition("=")[0] for line in output.read().decode().splitlines()}
        self.assertEqual(names & set(hidden), set())
        self.assertIn("MALLOC_CONF", names)


class Interrupts(unittest.TestCase):
    def test_further_signals_do_not_interrupt_the_cleaning_up(self):
        signals = (signal.SIGINT, signal.SIGTERM)
        for first in signals:
            with self.subTest(first), contextlib.ExitStack() as restored:
                for number in signals:
                    restored.callback(signal.signal, number, signal.getsignal(number))
                processes.handle_interrupts()
                with self.assertRaises(KeyboardInterrupt):
                    os.kill(os.getpid(), first)
                for number in signals:
                    os.kill(os.getpid(), number)


    def test_an_interrupt_while_the_options_are_checked_is_no_traceback(self):
        with contextlib.ExitStack() as restored, contextlib.redirect_stderr(io.StringIO()) as printed:
            for number in (signal.SIGINT, signal.SIGTERM):
                restored.callback(signal.signal, number, signal.getsignal(number))
            restored.enter_context(unittest.mock.patch.object(compare, "parse_arguments", lambda _: os.kill(os.getpid(), signal.SIGINT)))
            self.assertEqual(compare.main(), 130)
        self.assertRegex(printed.getvalue(), r"\A\nbench/compare: interrupted, [^\n]+\n\Z")


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


class Overhead(unittest.TestCase):
    def test_a_verdict_needs_noise_below_the_bound(self):
        def verdict(low, high, noise):
            return overhead.verdict(stats.Estimate((low + high) / 2, low, high, 9), stats.Estimate(1, 1 - noise, 1 + noise, 9))

        self.assertEqual(verdict(0.998, 1.006, 0.004), "met.")
        self.assertEqual(verdict(1.02, 1.03, 0.004), "not met.")
        self.assertIn("interval of the ratio is too wide", verdict(0.99, 1.02, 0.004))
        self.assertIn("A/A interval is wider", verdict(0.95, 0.97, 0.02))
        self.assertIn("A/A interval is wider", verdict(1.02, 1.03, 0.04))
        self.assertIn("one round", overhead.verdict(stats.estimate([1.0]), stats.estimate([1.0])))


class Ab(unittest.TestCase):
    def test_the_command_has_every_parameter(self):
        self.assertEqual(ab.command("http://127.0.0.1:8080/api/item/1", 10_000, 200, (1,), "id"),
                         ["taskset", "-c", "1", "ab", "-q", "-n", "10000", "-c", "200", "-H", "X-Trace-ID: id",
                          "http://127.0.0.1:8080/api/item/1"])

    def test_answers_with_other_statuses_are_an_error(self):
        report = "Complete requests: 10\nFailed requests: 0\nRequests per second: 5.5 [#/sec]\n"
        self.assertEqual(ab.parse(report), {"requests": 10, "requests_per_s": 5.5})
        with self.assertRaisesRegex(HarnessError, "3 were not answered with 2xx"):
            ab.parse(report + "Non-2xx responses: 3\n")


class HeapProfile(unittest.TestCase):
    def test_growth_includes_callees(self):
        before = pprof.Profile(["alloc_space", "inuse_space"], [(["keep", "main"], [9, 100]), (["idle", "main"], [9, 50])])
        after = pprof.Profile(["alloc_space", "inuse_space"],
                              [(["keep", "keep", "main"], [9, 400]), (["idle", "main"], [9, 40])])
        self.assertEqual(after.total("inuse_space"), 440)
        self.assertEqual(pprof.growth(before, after, "inuse_space"), [("keep", 300), ("main", 290), ("idle", -10)])

    def test_a_profile_in_the_format_of_the_server_is_read(self):
        profile = pprof.parse(stub_server.profile("inuse_space", 300))
        self.assertEqual(profile.types, ["inuse_space"])
        self.assertEqual(profile.samples, [(["keep_item(gin::Context&)", "main"], [300]), (["main"], [1000])])

    def test_other_bytes_are_refused(self):
        for data in (b"", b"nothing", stub_server.profile("inuse_space", 1)[:-20]):
            with self.assertRaises(ValueError):
                pprof.parse(data)


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


class Quota(unittest.TestCase):
    def throttled_s(self, lines, stats):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {"proc/7/cgroup": lines, **{f"groups/{path}/cpu.stat": text for path, text in stats.items()}}.items():
                file = pathlib.Path(folder, path)
                file.parent.mkdir(parents=True)
                file.write_text(text)
            return procfs.throttled_s(7, f"{folder}/proc", f"{folder}/groups")

    def test_both_versions_of_control_groups_are_read(self):
        self.assertEqual(self.throttled_s("0::/a/b\n", {"a/b": "usage_usec 9\nnr_throttled 3\nthrottled_usec 2500000\n"}), 2.5)
        self.assertEqual(self.throttled_s("5:memory:/m\n4:cpu,cpuacct:/a\n0::/\n", {
            "cpu,cpuacct/a": "nr_periods 4\nnr_throttled 3\nthrottled_time 1500000000\n"}), 1.5)

    def test_without_a_visible_group_nothing_is_throttled(self):
        self.assertEqual(self.throttled_s("0::/a\n", {}), 0.0)
        self.assertGreaterEqual(procfs.throttled_s(os.getpid()), 0.0)


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


class Order(unittest.TestCase):
    def test_every_round_has_every_cell_once(self):
        for cells in order.rounds("abcde", 7, seed=1):
            self.assertEqual(sorted(cells), list("abcde"))

    def test_every_second_round_is_the_reverse_of_the_one_before(self):
        plan = order.rounds("abcde", 6, seed=1)
        for first, second in zip(plan[::2], plan[1::2]):
            self.assertEqual(second, first[::-1])

    def test_the_seed_determines_the_order(self):
        self.assertEqual(order.rounds("abcde", 4, seed=1), order.rounds("abcde", 4, seed=1))
        self.assertNotEqual(order.rounds("abcde", 4, seed=1), order.rounds("abcde", 4, seed=2))


class CpuSets(unittest.TestCase):
    def test_lists_have_the_format_of_taskset(self):
        self.assertEqual(cpus.parse("0,2-4"), [0, 2, 3, 4])
        for bad in ("", "a", "1-", "-1", "1,,2", "4-2"):
            with self.assertRaises(HarnessError, msg=bad):
                cpus.parse(bad)

    def test_sets_are_disjoint_and_share_no_core(self):
        self.assertEqual(cpus.share_out([[0], [1]]), ([0], [1]))
        self.assertEqual(cpus.share_out([[0, 4], [1, 5]]), ([0], [1, 5]))
        self.assertEqual(cpus.share_out([[n] for n in range(12)]), ([0, 1], list(range(2, 12))))

    def test_two_threads_of_one_core_are_used_only_without_a_second_core(self):
        self.assertEqual(cpus.share_out([[0, 1]]), ([0], [1]))

    def test_one_cpu_is_refused(self):
        with self.assertRaises(HarnessError):
            cpus.share_out([[0]])


class Tables(unittest.TestCase):
    RUNS = [{"run_id": "x", "raw_files": "", "share": 0.1 + 0.2}, {"run_id": "y", "raw_files": "", "late": "no, \"not\"\nlate", "share": None}]

    def write(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        readings = {"x": {"series": {"heap": [[0.5, 7], [1.5, 8]]}}, "y": {}}
        knobs = [{"name": "vm.swappiness", "want": "1", "got": "60", "state": "differs", "reason": "not written"}]
        found = Found({"session_id": "s", "knobs": knobs}, {"knee": [1, None]}, readings, tuple(self.RUNS), folder)
        tables.write(folder, found)
        return folder

    def test_runs_of_another_load_generator_add_columns(self):
        self.assertEqual(tables.read_csv(self.write() / "runs.csv"), (["run_id", "raw_files", "share", "late"], [
            ["x", "", "0.30000000000000004", ""], ["y", "", "", "no, \"not\"\nlate"]]))

    def test_the_database_keeps_the_type_of_each_value(self):
        found = tables.read_database(self.write() / "runs.sqlite")
        self.assertEqual(found["runs"], (["run_id", "raw_files", "share", "late"], [
            ["x", "", 0.1 + 0.2, None], ["y", "", None, "no, \"not\"\nlate"]]))
        self.assertEqual(found["series"][1], [["x", "heap", 0.5, 7], ["x", "heap", 1.5, 8]])
        self.assertEqual(found["knobs"], (["name", "want", "got", "state"], [["vm.swappiness", "1", "60", "differs"]]))
        self.assertEqual(found["facts"][1], [["knee", "[1, null]"]])

    def test_without_a_run_there_is_no_table(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        tables.write(folder, Found({}, {}, {}, (), folder))
        self.assertEqual(list(folder.iterdir()), [])


class KeptRuns(unittest.TestCase):
    RUNS = [{"cell": "gin", "purpose": "timed", "round": 1, "n": n} for n in (1, 2)] + [{"cell": "beego", "purpose": "timed", "round": 1, "n": 3}]

    def test_each_visit_of_a_place_has_its_run_and_the_rest_is_left(self):
        kept = Kept(self.RUNS)
        self.assertTrue(kept.has(["gin", "beego"], "timed", 1))
        self.assertFalse(kept.has(["gin", "beego"], "timed", 1, visits=2))
        self.assertFalse(kept.has(["gin"], "timed", 2))
        self.assertEqual([kept.take("gin", "timed", 1)["n"] for _ in range(2)], [1, 2])
        self.assertIsNone(kept.take("gin", "timed", 1))
        self.assertIsNone(kept.take("beego", "counted", 1))


class Table(unittest.TestCase):
    def test_columns_line_up_and_a_text_row_spans(self):
        self.assertEqual(
            table.render([["name"], ["first", "value"]], [("a", "1"), "spans it all", ("long", "1,000")]),
            "      first\nname  value\n----  -----\na         1\nspans it all\nlong  1,000")

    def test_long_notes_are_wrapped_and_indented(self):
        lines = table.notes(["word " * 40, "short"]).splitlines()
        self.assertEqual(len(lines), 3)
        self.assertLessEqual(len(lines[0]), table.WIDTH)
        self.assertTrue(lines[1].startswith("  word"))
        self.assertEqual(lines[2], "short")

    def test_counts_have_a_singular_and_a_plural(self):
        self.assertEqual([table.count(number, "round") for number in (0, 1, 2_000)], ["0 rounds", "1 round", "2,000 rounds"])

    def test_unknown_is_a_dash(self):
        self.assertEqual(table.number(None), "-")
        self.assertEqual(table.number(12345.678, 1), "12,345.7")


if __name__ == "__main__":
    unittest.main()
