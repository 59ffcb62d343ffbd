"""The columns of the originals in each scenario but router_style, and the verdicts on the article's claims, with stubs."""

import json
import os
import re
import unittest
import unittest.mock

from compare_case import HERE, CompareCase
from harness import __main__ as compare, claims, conclusion, session, styles
from harness.scenarios import leak


class Columns(CompareCase):
    def measured(self, scenario, *routers, flags=("--rounds=1",)):
        status, text = self.run_to_end(f"--scenario={scenario}", *flags, f"--originals={self.stub_originals(*routers)}")
        self.assertEqual(status, 0, text)
        self.assertIn(", built with Go 1.21.13, GOMAXPROCS=", text)
        self.assertIn("; collector: of the stub\n", text)
        self.assert_plot(scenario)
        self.assertIn("\n\nClaims of the article, with the verdict of this session", text)
        return text

    def claims(self):
        """{id: (verdict on this program, verdict on the originals)} of the session."""
        kept = json.loads((self.session_folder() / "session.json").read_text())
        return {row["claim"]["id"]: (row["ours"]["verdict"], row["originals"]["verdict"]) for row in kept["claims"]}

    def test_wildcards(self):
        text = self.measured("wildcards", "gin", "beego")
        self.assertIn("go_gin /fixed/css/site.css, go_gin /wild/css/site.css: answered with the same bytes", text)
        self.assertRegex(text, r"(?m)^allocations/request +19\.00 +19\.00 +0\.00 +0\.00( +21\.00){4}$")
        self.assertRegex(text, r"(?m)^  purge passes/s( +0\.00){4}( +n/a){4}$")
        self.assertRegex(text, r"(?m)^  GC runs/s( +n/a){4}( +2\d\.\d\d){4}$")
        self.assertRegex(text, r"(?m)^  mean GC pause, ms( +n/a){4}( +0\.040){4}$")
        self.assertRegex(text, r"(?m)^    originals: not reproduced\. Counted: 21\.00 and 21\.00, which is the same\.")
        found = self.claims()
        self.assertEqual(found["s2-tree"], (claims.CONFIRMED, claims.NOT_REPRODUCED))
        self.assertEqual(found["s1-requests"], (claims.NOT_TESTABLE, claims.NOT_TESTABLE))

    def test_orm(self):
        text = self.measured("orm", "gin", "beego")
        self.assertIn("go_beego /sql/user/7, go_beego /orm/user/7, go_gin /sql/user/7: answered with the same bytes", text)
        self.assertRegex(text, r"(?m)^bytes allocated/request +1,216\.0 +1,216\.0 +0\.0 +1,216\.0( +[0-9,.]+){4} +128 +412$")
        self.assertEqual(self.claims()["s3-lifetime"], (claims.NOT_TESTABLE, claims.NOT_TESTABLE))

    def test_context_pool(self):
        text = self.measured("context_pool", "gin")
        self.assertIn("GET /ping and /json: Gin, Go Gin answer with the same bytes", text)
        for row in self.rows():
            if row["router"] == "go_gin":
                self.assertIn(f"--pool={'off' if row['cell'].endswith('_off') else 'on'}", row["cmd_server"].split())
        self.assertEqual(self.claims()["s7-bytes"], (claims.OTHER_SIZE, claims.OTHER_SIZE))

    def test_response_buffer(self):
        text = self.measured("response_buffer", "gin")
        self.assertRegex(text, r"(?m)^allocations/request( +0\.00){4}( +2\.00){4}( +21\.00){4}$")
        found = self.claims()
        self.assertEqual((found["s8-buffer"], found["s8-heap"]), ((claims.CONFIRMED, claims.NOT_REPRODUCED), (claims.NOT_REPRODUCED, claims.NOT_REPRODUCED)))

    def test_configuration_has_the_settings_of_beego(self):
        text = self.measured("configuration", "beego")
        self.assertRegex(text, r"(?m)^\+ AccessLogsAsync: off -> on( +[*0-9.,]+){15}$")
        flags = {row["cell"]: row["cmd_server"].split() for row in self.rows()}
        for cell, given in flags.items():
            if cell.startswith("go_beego_"):
                ours = flags[cell.removeprefix("go_")]
                self.assertEqual({flag for flag in given if flag.startswith(("--access-logs", "--copy", "--gzip", "--disable", "--threads"))},
                                 {flag for flag in ours if flag.startswith(("--access-logs", "--copy", "--gzip", "--disable", "--threads"))})
        self.assertIn("s4-processors", self.claims())

    def test_memory_at_rest(self):
        text = self.measured("memory", "gin", "beego", flags=("--rounds=2",))
        for name in ("Go Beego, sessions on", "  sessions off", "  without ORM", "  without both", "Go Gin"):
            self.assertRegex(text, rf"(?m)^{name} +\d+ \[\d+, \d+\] ")

    def test_router_latency_has_all_four(self):
        text = self.measured("router_latency", "gin", "beego", "echo", "nethttp")
        self.assertIn("originals: Gin 1.9.1, Beego 2.1.0, Echo 4.11.4, net/http 1.21.13, built with", text)
        self.assertRegex(text, rf"(?m)^latency P99, us( +100\.0){{{1 + len(styles.ALL) + 4}}} +42 +68 +156$")
        self.assertEqual(self.claims()["s6-echo"][1], claims.NOT_TESTABLE)  # from one round
        self.assertRegex(text, r"originals: cannot be tested here\. The ratio 1\.00 is from one round")

    def test_load_modes(self):
        # All lose the lowest step, so the ladders are short.
        status, text = self.run_to_end("--scenario=load_modes", "--seconds=1", f"--originals={self.stub_originals('gin', 'beego')}", STUB_CAPACITY="900")
        self.assertEqual(status, 0, text)
        self.assertEqual(len(re.findall(r"(?m)^  Go (?:Gin|Beego) +< 1,000 +1,000 +neither$", text)), 6)
        self.assertEqual(len(re.findall(r"(?m)^  Go Gin / Go Beego +unknown$", text)), 3)
        self.assertRegex(text, r"(?m)^Go Gin\n +1,000 .* n/a +n/a +[0-9.]+ .* lost$")
        self.assertIn("originals: cannot be tested here. A knee is not known.", text)
        self.assert_plot("load_modes")

    def test_leak(self):
        """In this process, with a shorter session than the options allow."""
        folder = self.stub_originals("gin", "beego")
        flags = ["--scenario=leak", "--rounds=3", "--seconds=1", "--connections=1", f"--port={self.port}", f"--originals={folder}",
                 f"--server={HERE / 'stub_server.py'}", f"--null-server={HERE / 'stub_server.py'}", f"--results={self.folder / 'results'}"]
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        with unittest.mock.patch.object(leak, "ROUNDS_MIN", 3), unittest.mock.patch.object(leak, "SCENARIOS", ["leak"]), \
                unittest.mock.patch.dict(os.environ, {"PATH": path}):
            call = compare.parse_arguments(flags)
            compare.prepare_originals(call, print)
            (options,) = call.scenarios
            text = conclusion.run(session.Session(options, unittest.mock.MagicMock()), leak.measure).text
        self.assertRegex(text, r"(?m)^ +Gin +Beego +Go Gin +Go Beego +article$")
        self.assertRegex(text, r"(?m)^background tasks at the end( +150){4} +> 5,000$")
        self.assertRegex(text, r"(?m)^live bytes of the route, MB +1\.2 +1\.2 +n/a +n/a$")
        self.assertRegex(text, r"(?m)^route named after, s.* +n/a +n/a$")
        self.assertIn("Go Gin, leak: it has no detector", text)
        found = self.claims()
        self.assertEqual((found["s5-line"], found["s5-tasks"]), ((claims.CONFIRMED,) * 2, (claims.NOT_REPRODUCED,) * 2))  # 150 tasks
        self.assertEqual(found["s5-profile"], (claims.CONFIRMED,) * 2)
        for row in self.rows():
            self.assertEqual("--leak-window=" in row["cmd_server"], row["router"] in styles.ALL)


if __name__ == "__main__":
    unittest.main()
