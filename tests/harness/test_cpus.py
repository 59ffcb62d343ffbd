"""Tests of harness/cpus.py: the CPUs of the server and of the load generator."""

import unittest

from harness import cpus
from harness.errors import HarnessError


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


if __name__ == "__main__":
    unittest.main()
