"""Reads /metrics with Prometheus' own parser: format, names, units, and that counters count.

Usage: metrics_test.py SERVER
"""

import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families
from running_server import RunningServer

SERVER = sys.argv.pop() if len(sys.argv) > 1 else "server"


class Metrics(unittest.TestCase):
    def setUp(self):
        counts = "on" if self.counts_allocations() else "off"
        self.server = RunningServer(SERVER, "--threads=2", f"--count-allocations={counts}")

    def tearDown(self):
        self.assertEqual(self.server.stop(), 0)

    @staticmethod
    def counts_allocations():
        """A server with sanitizers cannot count allocations. It refuses to start and says so."""
        probe = subprocess.run([SERVER, "--count-allocations=on", "--host=127.0.0.1", "--port=0", "--static-dir=/dev/null/none"],
                               capture_output=True, text=True, check=False)
        return "--count-allocations needs" not in probe.stderr

    def families(self):
        with urllib.request.urlopen(self.server.admin + "metrics", timeout=30) as answer:
            self.assertIn("version=0.0.4", answer.headers["Content-Type"])
            return list(text_string_to_metric_families(answer.read().decode()))

    def samples(self):
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in self.families() for sample in family.samples}

    @staticmethod
    def allocator(families):
        info = next(family for family in families if family.name == "duel_info")
        return info.samples[0].labels["allocator"]

    def get(self, path):
        try:
            with urllib.request.urlopen(self.server.url + path, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def test_names_follow_the_conventions(self):
        self.get("/ping")  # opens the account of a route
        families = self.families()
        names = [family.name for family in families]
        self.assertEqual(len(names), len(set(names)), "each family once")
        self.assertGreater(len(families), 25)
        for family in families:
            self.assertIn(family.type, ("counter", "gauge", "histogram"), family.name)
            self.assertTrue(family.documentation, family.name)
            # With sanitizers, the system calls of the allocator are not counted.
            if not (family.name.startswith("duel_memory_call") and self.allocator(families) == "libc"):
                self.assertTrue(family.samples, family.name)
            self.assertRegex(family.name, r"^(duel|process)_[a-z0-9_]+$")
            self.assertNotRegex(family.name, r"(_ms|_us|_ns|_kb|_kib|_mb|milliseconds|kilobytes)(_|$)")
            if family.type == "counter":
                for sample in family.samples:
                    self.assertTrue(sample.name.endswith("_total"), sample.name)

    def test_the_histogram_is_complete(self):
        for _ in range(20):
            self.assertEqual(self.get("/ping"), 200)
        family = next(one for one in self.families() if one.name == "duel_request_duration_seconds")
        buckets = [(float(sample.labels["le"]), sample.value) for sample in family.samples if sample.name.endswith("_bucket")]
        self.assertEqual(buckets, sorted(buckets), "bounds and counts rise")
        self.assertEqual(buckets[-1], (float("inf"), 20))
        values = {sample.name: sample.value for sample in family.samples if not sample.labels}
        self.assertEqual(values["duel_request_duration_seconds_count"], 20)
        self.assertGreater(values["duel_request_duration_seconds_sum"], 0)

    def test_classes_are_counted(self):
        for path in ("/ping", "/json", "/nowhere"):
            self.get(path)
        samples = self.samples()
        by_class = {}
        for (name, labels), value in samples.items():
            if name == "duel_responses_total":
                labels = dict(labels)
                by_class[labels["class"]] = by_class.get(labels["class"], 0) + value
        self.assertEqual(by_class, {"2xx": 2, "3xx": 0, "4xx": 1, "5xx": 0})

    def test_no_counter_falls(self):
        before = self.samples()
        for _ in range(50):
            self.get("/list/100")
        after = self.samples()
        counters = {sample.name for family in self.families() if family.type != "gauge" for sample in family.samples}
        for key, value in before.items():
            if key[0] in counters:
                self.assertGreaterEqual(after[key], value, key)


if __name__ == "__main__":
    unittest.main()
