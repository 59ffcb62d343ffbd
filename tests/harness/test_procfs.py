"""Tests of harness/procfs.py: the time for which a quota stopped a process."""

import os
import pathlib
import tempfile
import unittest

from harness import procfs, stats


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


if __name__ == "__main__":
    unittest.main()
