"""Tests of the scenarios that duel-load loads on a schedule, with stubs."""

import json
import unittest

from compare_case import CompareCase


class RouterLatency(CompareCase):
    def test_prints_latencies_of_every_style_beside_the_articles(self):
        status, text = self.run_to_end("--scenario=s6", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertIn("null /ping, gin /ping, beego /ping: answered with the same bytes", text)
        self.assertIn("duel-load --rate=10000 --connections=1 --duration=3s, 2 rounds, histograms of all rounds merged", text)
        self.assertRegex(text, r"(?m)^requests/s( +10,000){3}$")
        self.assertRegex(text, r"(?m)^  the limit was( +neither){3}$")
        self.assertRegex(text, r"(?m)^latency P50, us( +100\.0 \[100\.0, 100\.0\]){3}$")
        self.assertRegex(text, r"(?m)^latency P99, us( +100\.0 \[100\.0, 100\.0\]){3} +42 +68 +156$")
        self.assertRegex(text, r"(?m)^lateness of duel-load, P99 of the worst run, us( +10\.0){3}$")
        self.assertRegex(text, r"(?m)^allocations/request +0\.00 +0\.00 +19\.00$")
        self.assertRegex(text, r"(?m)^  GC runs/s( +n/a){3} +0\.3 +1\.7 +12\.4$")
        self.assertRegex(text, r"(?m)^P99, style / Gin +~ 1\.00 \[1\.00, 1\.00\] +1\.00 \[1\.00, 1\.00\]$")
        self.assertRegex(text, r"(?m)^P99, us, style - no router( +0\.0 \[0\.0, 0\.0\]){3}$")
        self.assertRegex(text, r"whose P99 was at most\s+10 us")
        self.assertNotIn("in a closed loop", text)
        rows = self.rows()
        timed = [row for row in rows if row["purpose"] == "timed"]
        self.assertEqual(len(timed), 2 * 4)
        self.assertEqual({row["purpose"] for row in rows}, {"timed", "counted"})  # a schedule has no ceiling
        for row in rows:
            self.assertIn(f"--trace-id={row['run_id']}-", row["cmd_client"])
            report = json.loads((self.session_folder() / "raw" / row["raw_report"]).read_text())
            self.assertEqual(report["total"]["answered"], 20)
        self.assert_plot("router_latency")
        self.assert_nobody_listens()

    def test_a_late_generator_ends_the_comparison_with_a_cure(self):
        status, text = self.run_to_end("--scenario=s6", "--rounds=1", STUB_LATE_ABOVE="9000")
        self.assertEqual(status, 1, text)
        self.assertEqual(text.count("invalid run: duel-load itself was late"), 3)
        self.assertRegex(text, r"(?m)^bench/compare: .* 3 times in a row, at last because duel-load itself was late: .*--client-cpus")

    def test_a_missing_duel_load_is_refused_before_anything_is_started(self):
        status, text = self.run_to_end("--scenario=s6", "--duel-load=/nowhere")
        self.assertEqual(status, 2)
        self.assertRegex(text, r"^bench/compare: --duel-load: '/nowhere' does not exist; .*\n$")


if __name__ == "__main__":
    unittest.main()
