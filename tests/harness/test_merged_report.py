"""Tests of merging reports of duel-load: the result is that of one program that sent everything."""

import copy
import math
import random
import unittest

from harness import duel_load, hdr, merged_report
from harness.errors import HarnessError
from harness.merged_report import Part

QUANTILES = {"p50_ns": 0.5, "p90_ns": 0.9, "p99_ns": 0.99, "p99_9_ns": 0.999, "p99_99_ns": 0.9999}
START_NS = 1_795_864_491_500_000_000


def histogram(samples):
    """As duel-load writes it."""
    classes = {}
    for value in samples:
        highest = hdr._highest(hdr._index(value), hdr.HALF_BITS)
        classes[highest] = classes.get(highest, 0) + 1
    ranked = sorted(samples)
    quantiles = {name: 0 for name in QUANTILES}
    for name, part in QUANTILES.items():
        if ranked:
            exact = ranked[max(0, math.ceil(part * len(ranked) - 1e-9) - 1)]
            quantiles[name] = min(hdr._highest(hdr._index(exact), hdr.HALF_BITS), ranked[-1])
    return {"count": len(samples), "min_ns": min(samples, default=0), "mean_ns": sum(samples) / len(samples) if samples else 0, **quantiles,
            "max_ns": max(samples, default=0), "hdr": hdr.encode(classes)}


def step(samples, lateness, rate=None, errors=0, duration_s=10.0):
    answered = len(samples)
    found = {"start_s": 0.0, "duration_s": duration_s, "achieved_rate": answered / duration_s, "requests": answered + errors,
             "sent_in_time": answered + errors, "answered": answered, "bytes_received": 100 * answered,
             "statuses": {"200": answered - 1, "503": 1} if answered else {}, "errors": {**dict.fromkeys(duel_load.ERRORS, 0), "timeout": errors, "status": min(answered, 1)},
             "latency_from_actual": histogram([value // 2 for value in samples])}
    if rate:
        found |= {"rate": rate, "latency_from_intended": histogram(samples), "lateness": histogram(lateness)}
    return found


def report(samples, lateness=(1000,), rate=10_000, errors=0, start_ns=START_NS, connections=8, threads=1, void=()):
    total = step(samples, list(lateness), rate, errors)
    return {"program": "duel-load 1", "format": 1, "valid": not void, "void": list(void),
            "settings": {"loop": "open" if rate else "closed", "authority": "10.0.0.1:8080", "connections": connections, "pipeline": 1,
                         "requests_per_connection": 0, "threads": threads, "share": "1/2", "warmup_s": 0, "max_lateness_ns": 100_000, "requests": []},
            "start_unix_ns": start_ns, "steps": [copy.deepcopy(total)], "total": {key: value for key, value in total.items() if key != "rate"},
            "cpu": {"user_s": 1.0, "system_s": 2.0, "spin_s": 0.5, "us_per_request": 9.9, "preemptions": 3}}


def parts(*reports):
    return [Part(f"worker {number}", each) for number, each in enumerate(reports, start=1)]


class Merging(unittest.TestCase):
    def setUp(self):
        source = random.Random(5)
        # Very different workers: the average of their quantiles would be far from the truth.
        self.samples = [[int(source.lognormvariate(mean, 0.5)) for _ in range(count)] for mean, count in ((11, 9000), (14, 500), (16, 30))]

    def test_percentiles_are_those_of_all_samples_together(self):
        merged = merged_report.merge(parts(*(report(samples) for samples in self.samples)))
        together = histogram([value for samples in self.samples for value in samples])
        for place in (merged["total"], merged["steps"][0]):
            found = place["latency_from_intended"]
            self.assertAlmostEqual(found["mean_ns"], together["mean_ns"], places=3)
            self.assertEqual({key: found[key] for key in found if key not in ("mean_ns", "hdr")},
                             {key: together[key] for key in together if key not in ("mean_ns", "hdr")})
            self.assertEqual(hdr.decode(found["hdr"]), hdr.decode(together["hdr"]))
        averaged = sum(histogram(samples)["p99_ns"] for samples in self.samples) / 3
        self.assertGreater(abs(averaged / merged["total"]["latency_from_intended"]["p99_ns"] - 1), 0.5, "the samples must tell the two apart")

    def test_counts_rates_and_cpu_times_are_added(self):
        merged = merged_report.merge(parts(report([5000] * 300, errors=2, connections=8), report([7000] * 100, errors=1, connections=4, threads=2)))
        total = merged["total"]
        self.assertEqual((total["answered"], total["requests"], total["sent_in_time"], total["bytes_received"]), (400, 403, 403, 40_000))
        self.assertEqual(total["statuses"], {"200": 398, "503": 2})
        self.assertEqual({name: count for name, count in total["errors"].items() if count}, {"timeout": 3, "status": 2})
        self.assertAlmostEqual(total["achieved_rate"], 40)
        self.assertEqual(total["duration_s"], 10)
        self.assertEqual(merged["steps"][0]["rate"], 10_000)
        self.assertEqual({key: merged["settings"][key] for key in ("connections", "threads", "share")},
                         {"connections": 12, "threads": 3, "share": "1/1"})
        self.assertEqual(merged["cpu"], {"user_s": 2, "system_s": 4, "spin_s": 1, "preemptions": 6, "us_per_request": 5e6 / 400})

    def test_the_harness_reads_it_like_a_report(self):
        merged = merged_report.merge(parts(report([5000] * 300), report([7000] * 100, lateness=[500_000] * 90)))
        figures = duel_load.figures(merged)
        self.assertEqual((figures["requests"], figures["errors_status"], figures["latency_max_us"]), (400, 2, 7))
        self.assertIn("duel-load itself was late", figures["late"])

    def test_a_closed_loop_has_only_actual_latencies(self):
        total = merged_report.merge(parts(report([5000], rate=None), report([7000], rate=None)))["total"]
        self.assertEqual(total["latency_from_actual"]["count"], 2)
        self.assertNotIn("latency_from_intended", total)

    def test_a_worker_without_answers_changes_no_latency(self):
        found = merged_report.merge(parts(report([5000, 6000]), report([])))["total"]["latency_from_intended"]
        self.assertEqual((found["count"], found["min_ns"], found["mean_ns"]), (2, 5000, 5500))
        nothing = merged_report.merge(parts(report([]), report([])))["total"]["latency_from_intended"]
        self.assertEqual((nothing["count"], nothing["min_ns"], nothing["mean_ns"], nothing["p99_ns"], nothing["max_ns"]), (0, 0, 0, 0, 0))

    def test_one_void_part_makes_the_whole_void_and_is_named(self):
        merged = merged_report.merge(parts(report([5000]), report([7000], void=["it was late"])))
        self.assertFalse(merged["valid"])
        self.assertEqual(merged["void"], ["worker 2: it was late"])

    def test_different_loads_are_refused(self):
        for change in ({"loop": "closed"}, {"pipeline": 2}, {"authority": "10.0.0.2:8080"}):
            other = report([5000])
            other["settings"] |= change
            with self.subTest(change), self.assertRaisesRegex(HarnessError, "worker 1 and worker 2 sent different loads"):
                merged_report.merge(parts(report([5000]), other))
        other = report([5000])
        other["steps"][0]["duration_s"] = 9
        with self.assertRaisesRegex(HarnessError, "had different schedules"):
            merged_report.merge(parts(report([5000]), other))


class Windows(unittest.TestCase):
    """The windows have 10 s."""

    def merge(self, shift_s, offset_s=0.0):
        shifted = report([7000], start_ns=START_NS + round(shift_s * 1e9))
        return merged_report.merge([Part("first", report([5000])), Part("second", shifted, round(offset_s * 1e9))])

    def test_windows_that_do_not_overlap_are_refused(self):
        for shift_s, share in ((0.6, "94%"), (-0.6, "94%"), (9, "10%"), (10, "0%"), (3600, "0%"), (-3600, "0%")):
            with self.subTest(shift_s), self.assertRaisesRegex(HarnessError, rf"share only {share} of their time: \w+ began {abs(shift_s):.2f} s after"):
                self.merge(shift_s)

    def test_windows_that_nearly_agree_are_merged(self):
        self.assertEqual(self.merge(0.4)["start_unix_ns"], START_NS)
        self.assertEqual(self.merge(-0.4)["start_unix_ns"], START_NS - 400_000_000)

    def test_a_clock_that_is_known_to_be_wrong_is_taken_into_account(self):
        self.assertEqual(self.merge(5, offset_s=5)["start_unix_ns"], START_NS)
        with self.assertRaises(HarnessError):
            self.merge(0, offset_s=5)


class Encoding(unittest.TestCase):
    def test_a_text_has_the_same_histogram(self):
        for classes in ({}, {0: 1}, {1: 1, 2: 1, 4: 1}, {hdr._highest(hdr._index(3_600_000_000_000), hdr.HALF_BITS): 2**61},
                        {value: value + 1 for value in range(2048)}):
            self.assertEqual(hdr.decode(hdr.encode(classes)), classes)

    def test_every_class_is_found_by_its_highest_value(self):
        for index in [*range(5000), 33_000]:
            self.assertEqual(hdr._index(hdr._highest(index, hdr.HALF_BITS)), index)


if __name__ == "__main__":
    unittest.main()
