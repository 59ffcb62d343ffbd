"""Histograms of duel-load are those of the HdrHistogram libraries. Usage: hdr_test.py PRINT_HDR"""

import bisect
import random
import subprocess
import sys
import unittest

from harness import hdr

PRINT_HDR = sys.argv.pop()
QUANTILES = (0.5, 0.9, 0.99, 0.999, 1.0)
HOUR_NS = 3600 * 10**9

try:
    from hdrh.histogram import HdrHistogram
except ImportError:
    HdrHistogram = None


def cases():
    """Lists of (duration, count)."""
    source = random.Random(7)
    yield []
    yield [(0, 1)]
    yield [(1, 1), (2, 1), (4, 1)]
    yield [(HOUR_NS, 1)]
    yield [(10**6, 63), (10**7, 64), (10**8, 2**14), (10**9, 2**40), (10**10, 2**61)]
    yield [(i, i + 1) for i in range(5000)]
    yield [(int(source.lognormvariate(13, 2)), source.randint(1, 9)) for _ in range(5000)]


def printed(values):
    text = "".join(f"{ns} {times}\n" for ns, times in values)
    output = subprocess.run([PRINT_HDR], input=text, capture_output=True, text=True, check=True).stdout.split()
    return output[0], [int(value) for value in output[1:]]


class Hdr(unittest.TestCase):
    def test_is_read_by_the_harness(self):
        for values in cases():
            text, quantiles = printed(values)
            histogram = hdr.decode(text)
            self.assertEqual(sum(histogram.values()), sum(times for _, times in values))
            for part, expected in zip(QUANTILES, quantiles):
                self.assertAlmostEqual(hdr.quantile(histogram, part), expected, delta=expected / 1000)
            classes = list(histogram)
            self.assertEqual(classes, sorted(classes))
            for ns, _ in values:
                highest = classes[bisect.bisect_left(classes, ns)]
                self.assertLessEqual(highest, ns * 1.001)

    def test_merging_adds(self):
        parts = [values for values in cases() if all(ns < HOUR_NS and times < 2**40 for ns, times in values)]
        whole = hdr.decode(printed([each for values in parts for each in values])[0])
        self.assertEqual(hdr.merge(hdr.decode(printed(values)[0]) for values in parts), whole)

    def test_other_texts_are_refused(self):
        good = printed([(5, 1)])[0]
        for text in ("", "HIST", good[:-8], good[:-4] + "AAAA", "A" + good[1:]):
            with self.assertRaises(ValueError, msg=text):
                hdr.decode(text)

    @unittest.skipIf(HdrHistogram is None, "the Python package hdrhistogram is missing")
    def test_is_read_by_the_package_hdrhistogram(self):
        for values in cases():
            text, quantiles = printed(values)
            package = HdrHistogram.decode(text.encode())
            self.assertEqual(package.get_total_count(), sum(times for _, times in values))
            counts = {each.value_iterated_to: each.count_at_value_iterated_to for each in package.get_recorded_iterator()}
            self.assertEqual(counts, hdr.decode(text))
            if values:
                self.assertAlmostEqual(package.get_max_value(), max(ns for ns, _ in values), delta=HOUR_NS / 1000)
                self.assertAlmostEqual(package.get_value_at_percentile(100), quantiles[-1], delta=quantiles[-1] / 1000)

    @unittest.skipIf(HdrHistogram is None, "the Python package hdrhistogram is missing")
    def test_is_merged_by_the_package_hdrhistogram(self):
        first, second = [(10**6, 5), (10**7, 1)], [(10**6, 7), (10**9, 2)]
        package = HdrHistogram.decode(printed(first)[0].encode())
        package.decode_and_add(printed(second)[0].encode())
        self.assertEqual(package.get_total_count(), 15)
        self.assertEqual({each.value_iterated_to: each.count_at_value_iterated_to for each in package.get_recorded_iterator()},
                         hdr.decode(printed(first + second)[0]))


if __name__ == "__main__":
    unittest.main()
