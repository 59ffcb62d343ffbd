"""Tests of the scenarios that duel-load loads on a schedule, with stubs."""

import argparse
import json
import re
import signal
import unittest

from compare_case import LIMIT_S, CompareCase
from harness import duel_load, evidence, knee
from harness.scenarios import load_modes, router_latency


class RouterLatency(CompareCase):
    NO_ORIGINALS = argparse.Namespace(originals=None)

    def test_prints_latencies_of_every_style_beside_the_articles(self):
        status, text = self.run_to_end("s6", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertIn("null /ping, gin /ping, beego /ping, echo /ping, nethttp /ping: answered with the same bytes", text)
        self.assertIn("duel-load --rate=10000 --connections=1 --duration=3s, 2 rounds, histograms of all rounds merged", text)
        self.assertRegex(text, r"(?m)^requests/s( +10,000){5}$")
        self.assertRegex(text, r"(?m)^  the limit was( +neither){5}$")
        self.assertRegex(text, r"(?m)^latency P50, us( +100\.0 \[100\.0, 100\.0\]){5}$")
        self.assertRegex(text, r"(?m)^latency P99, us( +100\.0 \[100\.0, 100\.0\]){5} +42 +68 +156$")
        self.assertRegex(text, r"(?m)^lateness of duel-load, P99 of the worst run, us( +10\.0){5}$")
        self.assertRegex(text, r"(?m)^allocations/request +0\.00 +0\.00 +19\.00 +8\.00 +24\.00$")
        self.assertRegex(text, r"(?m)^  GC runs/s( +n/a){5} +0\.3 +1\.7 +12\.4$")
        self.assertRegex(text, r"(?m)^P99, style / Gin( +~ 1\.00 \[1\.00, 1\.00\]){3} +1\.00 \[1\.00, 1\.00\]$")
        self.assertRegex(text, r"(?m)^P99, us, style - no router( +0\.0 \[0\.0, 0\.0\]){5}$")
        self.assertRegex(text, r"whose P99 was at most\s+10 us")
        self.assertNotIn("in a closed loop", text)
        rows = self.rows()
        timed = [row for row in rows if row["purpose"] == "timed"]
        self.assertEqual(len(timed), 2 * 6)
        self.assertEqual({row["purpose"] for row in rows}, {"timed", "counted"})  # a schedule has no ceiling
        for row in rows:
            self.assertIn(f"--trace-id={row['run_id']}-", row["cmd_client"])
            report = json.loads((self.session_folder() / "raw" / row["raw_report"]).read_text())
            self.assertEqual(report["total"]["answered"], 20)
        self.assertRegex(text, r"(?m)^Gin +Gin 1\.9\.1( +[0-9,]+){4} +\d+ of \d+ +\d+ of \d+$")
        self.assert_plot("router_latency")
        self.assert_nobody_listens()

    def test_the_latencies_of_a_generator_that_stays_late_are_void(self):
        status, text = self.run_to_end("s6", "--rounds=1", STUB_LATE_ABOVE="9000")
        self.assertEqual(status, 0, text)
        cells = 6
        self.assertEqual(text.count("invalid run: duel-load itself was late"), cells * (router_latency.ATTEMPTS_IN_TIME - 1))
        self.assertRegex(text, r"(?m)^latency P99, us( +void){5} +42 +68 +156$")
        self.assertRegex(text, r"(?m)^P99, style / Gin( +void){4}$")
        self.assertRegex(text, r"(?m)^P99, us, style - no router( +void){5}$")
        self.assertRegex(text, r"(?m)^CPU-us/request \(user \+ system\)( +[0-9.]+){5}$")
        self.assertRegex(text, rf"(?m)^In {cells} runs duel-load was late; the latencies do not contain them\.$")

    def test_a_column_that_was_late_leaves_the_others_alone(self):
        def runs(late, p99_us):
            return [{"late": "late" * is_late, "latency_p50_us": 50, "latency_p99_us": p99_us, "latency_p999_us": 200, "cpu_us_per_request": 10,
                     "peak_rss_kib": 4000} for is_late in late]

        by_cell = {cell.key: runs((False, False), 100) for cell in [*router_latency.columns(self.NO_ORIGINALS), router_latency.AGAIN]}
        by_cell["beego"], by_cell["echo"] = runs((True, False), 150), runs((True, True), 150)
        text = str(router_latency.ratio_table(self.NO_ORIGINALS, by_cell))
        row = re.search(r"(?m)^P99, style / Gin +(.*)$", text)[1]
        self.assertEqual(re.split(r" {2,}", row), ["~ 1.50", "void", "~ 1.00 [1.00, 1.00]", "1.00 [1.00, 1.00]"])
        for what in ("CPU-us/request", "peak RSS"):  # only latencies are void
            row = re.search(rf"(?m)^{what}, style / Gin +(.*)$", text)[1]
            self.assertEqual(re.split(r" {2,}", row), ["~ 1.00 [1.00, 1.00]"] * 3 + ["1.00 [1.00, 1.00]"])
        row = re.search(r"(?m)^P99, us, style - no router +(.*)$", text)[1]
        self.assertEqual(re.split(r" {2,}", row), ["0.0 [0.0, 0.0]", "50.0", "void", "0.0 [0.0, 0.0]", "0.0 [0.0, 0.0]"])

    def test_without_a_round_of_the_a_a_that_was_in_time_nothing_is_claimed(self):
        def runs(late, p99_us):
            return [{"late": "late" * late, "latency_p99_us": p99_us, "in_flight_share": None, "limit": "neither"}] * 5

        ratio = evidence.paired(runs(False, 150), runs(False, 100), "latency_p99_us", (runs(False, 100), runs(False, 100)))
        self.assertEqual((ratio.ratio.median, ratio.noise.median), (1.5, 1.0))
        late = evidence.paired(runs(False, 150), runs(False, 100), "latency_p99_us", (runs(False, 100), runs(True, 100)))
        self.assertIn("late in every round of one server against itself", late.why)

    def test_a_missing_duel_load_is_refused_before_anything_is_started(self):
        status, text = self.run_to_end("s6", "--duel-load=/nowhere")
        self.assertEqual(status, 2)
        self.assertRegex(text, r"^bench/compare: --duel-load: '/nowhere' does not exist; .*\n$")


class LoadModes(CompareCase):
    def test_raises_the_load_to_the_knee_in_every_mode(self):
        status, text = self.run_to_end("s9", STUB_CAPACITY="1500")
        self.assertEqual(status, 0, text)
        self.assertIn("gin /list/2000, beego /list/2000: answered with the same bytes", text)
        for mode, printed in (("short", "8,500 +420"), ("long", "12,000 +680"), ("mixed", "9,200 +510, 730")):
            self.assertRegex(text, rf"(?m)^{mode} +{printed}$")
        self.assertEqual(len(re.findall(r"(?m)^  (?:Gin|Beego)(?: again \(A/A\))? +1,400 +1,600 +neither +0\.10 ", text)), 7)
        self.assertEqual(len(re.findall(r"(?m)^  Gin / Beego +~ 1\.00$", text)), 3)
        self.assertEqual(len(re.findall(r"(?m)^ +1,400 +1,400 +0\.10 +0\.10 .* 0 +1 +held$", text)), 7)
        self.assertEqual(len(re.findall(r"(?m)^ +1,600 +1,500 +1,000\.34 +1,000\.34 .* 10 +2 +lost$", text)), 7)
        rows = self.rows()
        self.assertEqual(len(rows), 7 * 6)  # 1,000; 2,000 twice; 1,400; 1,600 twice
        for row in rows:
            flags = row["cmd_client"]
            self.assertEqual("--requests-per-connection=1 " in flags, "_short_" in row["cell"], row["cell"])
            self.assertEqual("--mix=1 POST /echo body=size:512k chunk=16k" in flags, "_mixed_" in row["cell"], row["cell"])
        self.assert_plot("load_modes")
        self.assert_nobody_listens()

    def test_a_generator_that_is_always_late_ends_the_comparison(self):
        status, text = self.run_to_end("load_modes", STUB_LATE_ABOVE="1")
        self.assertEqual(status, 1, text)
        self.assertRegex(text, r"(?m)^bench/compare: .*: no load is low enough on this machine: duel-load itself was late: .*--client-cpus\)$")
        self.assertEqual(len(self.rows()), knee.UNKNOWN_ATTEMPTS)

    def test_ctrl_c_stops_the_ladder(self):
        process = self.start("load_modes", "--rounds=50")
        list(zip(process.stdout, range(4)))  # the first lines; after two of them, each is a run
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130)
        self.assertRegex(text, r"interrupted, the server and the load generator are stopped; [0-9]+ runs are kept in ")
        self.assertGreaterEqual(len(self.rows()), 2)
        self.assert_nobody_listens()


class KneeTable(unittest.TestCase):
    @staticmethod
    def record(rate, p99_us=100, **changes):
        return {"intended_rate": rate, "achieved_rate": rate, "latency_p99_us": p99_us, "late": "", "limit": "neither",
                **{f"errors_{name}": 0 for name in duel_load.ERRORS}, **changes}

    def test_a_late_run_that_the_server_limited_says_something(self):
        self.assertTrue(load_modes.as_run(self.record(1000, late="late", limit="neither")).late)
        self.assertFalse(load_modes.as_run(self.record(1000, late="late", limit="server")).late)

    def test_errors_of_every_class_count(self):
        self.assertEqual(load_modes.as_run(self.record(1000, errors_timeout=2, errors_unsent=3)).errors, 5)

    def test_a_disturbed_run_of_a_step_that_was_held_does_not_count(self):
        (step,) = load_modes.steps_of([[self.record(1000, 100)], [self.record(1000, 100), self.record(1000, 90_000)]])
        self.assertEqual((step.outcome, [record["latency_p99_us"] for record in step.records], step.measured), ("held", [100, 100], 3))

    def test_of_rounds_that_differ_most_decide(self):
        lost = [self.record(1000), self.record(2000, 90_000)]
        steps = load_modes.steps_of([lost, lost, [self.record(1000), self.record(2000)]])
        self.assertEqual([(step.rate, step.outcome, len(step.records)) for step in steps], [(1000, "held", 3), (2000, "lost", 2)])

    def test_a_knee_that_is_not_known_has_a_mark(self):
        for knees, text in (([knee.Knee(4000, 4500)], "4,000"), ([knee.Knee(4000, 4500, unknown=True)], ">= 4,000"),
                            ([knee.Knee(4000, None)], ">= 4,000"), ([knee.Knee(None, load_modes.FIRST)], "< 1,000"),
                            ([knee.Knee(4000, 4500), knee.Knee(4500, 5000), knee.Knee(5000, 5600)], "4,500 (4,000 to 5,000)")):
            self.assertEqual(load_modes.held_text(knees), text)

    def test_the_mark_is_explained_where_it_stands(self):
        known, unknown, none = knee.Knee(4000, 4500), knee.Knee(4000, 4500, unknown=True), knee.Knee(None, load_modes.FIRST)
        knees = {"gin_short": [known, unknown, known], "beego_short": [known], "gin_long": [none], "gin_long_again": [knee.Knee(4000, None)]}
        (text,) = load_modes.open_knees(knees)
        self.assertIn("In at least one round no step above the highest held one was lost by the server", text)
        self.assertTrue(text.endswith(" Here: Gin, short (in 1 of 3 rounds); Gin again (A/A), long (in 1 of 1 round)."), text)
        self.assertEqual(load_modes.open_knees({"gin_short": [known], "gin_long": [none]}), [])

    def ratio(self, gin, beego, again=4000):
        knees = {key: [knee.Knee(held, held * 2)] for key, held in (
            ("gin_long", gin), ("beego_long", beego), ("gin_long_again", again))}
        mode = next(mode for mode in load_modes.MODES if mode.key == "long")
        return load_modes.ratio_row(mode, "gin", "beego", knees)[1]

    def test_knees_one_step_apart_are_a_tie(self):
        self.assertEqual([self.ratio(4000, held) for held in (4000, 3550, 3150)], ["~ 1.00", "~ 1.13", "1.27"])

    def test_knees_no_further_apart_than_a_style_from_itself_are_a_tie(self):
        self.assertEqual([self.ratio(4000, 2800, again) for again in (4000, 2800)], ["1.43", "~ 1.43"])

    def test_there_is_no_ratio_with_a_knee_that_is_not_known(self):
        knees = {"gin_short": [knee.Knee(4000, 4500)], "beego_short": [knee.Knee(4000, 4500, unknown=True)]}
        self.assertEqual(load_modes.ratio_row(load_modes.MODES[0], "gin", "beego", knees)[1], "unknown")


if __name__ == "__main__":
    unittest.main()
