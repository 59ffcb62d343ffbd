"""Tests of harness/pprof.py: profiles are read, and compared with each other."""

import unittest

import stub_server
from harness import pprof


class Profiles(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
