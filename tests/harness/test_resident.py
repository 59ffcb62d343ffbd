"""Tests of harness/resident.py: the text of smaps becomes pages per kind of mapping, and a table."""

import itertools
import unittest
from unittest import mock

from harness import resident
from harness.errors import HarnessError


def mapping(addresses, permissions, name, rss, anonymous):
    return f"{addresses} {permissions} 00000000 fe:00 12  {name}\nSize: 999 kB\nRss: {rss} kB\nShared_Clean: 0 kB\nAnonymous: {anonymous} kB\n"


SMAPS = "".join((
    mapping("1000-2000", "r--p", "/bin/a server", 8, 0), mapping("2000-3000", "r-xp", "/bin/a server", 1400, 4),
    mapping("3000-4000", "r--p", "/bin/a server", 500, 0), mapping("4000-5000", "r--p", "/bin/a server", 136, 132),
    mapping("5000-6000", "rw-p", "/bin/a server", 32, 32), mapping("6000-7000", "rw-p", "", 72, 72),
    mapping("10000-11000", "---p", "", 0, 0), mapping("11000-12000", "rw-p", "", 12, 12), mapping("12000-13000", "rw-p", "", 100, 100),
    mapping("20000-21000", "rw-s", "anon_inode:[io_uring]", 64, 0), mapping("30000-31000", "r-xp", "[vdso]", 4, 0),
    mapping("40000-41000", "rw-p", "[stack]", 16, 16)))


class Resident(unittest.TestCase):
    def test_pages_per_kind(self):
        found = {kind: (pages.file_kib, pages.anonymous_kib) for kind, pages in resident.by_kind(SMAPS).items()}
        self.assertEqual(found, {"code": (1400, 4), "constants": (508, 0), "relocated": (4, 164), "rings": (64, 0), "stacks": (0, 28),
                                 "heap and pools": (0, 172)})

    def test_table_has_the_sums(self):
        text = resident.table({"at rest": resident.by_kind(SMAPS)})
        self.assertIn("| KiB | at rest: file | at rest: anonymous |", text)
        self.assertIn("| **all** | 1,976 | 368 |", text)
        self.assertIn("| **resident** | **2,344** |  |", text)

    def test_page_names_each_kind_of_mapping(self):
        text = resident.page({"Gin": "| table |"})
        self.assertIn("## Gin\n\n| table |\n", text)
        for kind in resident.KINDS:
            self.assertIn(f"- **{kind}**: ", text)

    def test_rest_begins_when_two_readings_are_the_same(self):
        readings = iter([3000, 2500, 2000, 2000])
        with mock.patch.object(resident, "BETWEEN_S", 0.001):
            self.assertEqual(resident.settled(lambda: next(readings)), 2000)

    def test_memory_that_never_rests_is_an_error(self):
        readings = itertools.count()
        with mock.patch.object(resident, "BETWEEN_S", 0.001), mock.patch.object(resident, "WAIT_S", 0.01), \
                self.assertRaisesRegex(HarnessError, "still changes 0.01 seconds after its start"):
            resident.settled(lambda: next(readings))


if __name__ == "__main__":
    unittest.main()
