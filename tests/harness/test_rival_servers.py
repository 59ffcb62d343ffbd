"""Tests bench/rivals/servers with stubs for the servers and for duel-load."""

import argparse
import contextlib
import csv
import io
import json
import pathlib
import re
import sys
import tempfile
import unittest
import unittest.mock

import ports

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench"))
from harness import progress  # noqa: E402
from rivals.build import BuildError  # noqa: E402
from rivals.servers import __main__ as command  # noqa: E402
from rivals.servers import catalogue, loads, measuring, report  # noqa: E402

STUB = [sys.executable, str(HERE / "stub_rival.py")]


def stub(name, fault="", cannot=None):
    """A Rival whose program is the stub."""
    def prepare(_options, _say):
        return "stub 1", lambda port, _folder: [*STUB, str(port), fault]
    return catalogue.Rival(name, f"what {name} is", prepare, cannot or {})


def absent(name):
    def prepare(_options, _say):
        raise BuildError("its toolchain is not installed")
    return catalogue.Rival(name, "", prepare)


class WithStubs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.said = io.StringIO()

    def session(self, rivals, chosen=("ping-64", "echo-64"), rounds=2, idle=3):
        """A session that has checked its servers."""
        options = argparse.Namespace(
            rounds=rounds, seconds=0.1, warm_up=0.1, idle=idle, port=ports.free_ports(len(rivals)), cpus=([0], [0]), loads=[loads.ALL[name] for name in chosen],
            duel_load=HERE / "stub_duel_load.py", command_line="run --write", missing={})
        catalogue_of_stubs = unittest.mock.patch.dict(catalogue.ALL, {rival.name: rival for rival in rivals})
        catalogue_of_stubs.start()
        self.addCleanup(catalogue_of_stubs.stop)
        found, options.missing = catalogue.prepare([rival.name for rival in rivals], options, print)
        session = measuring.Session(found, options, progress.Progress(1, 1, out=self.said), self.folder)
        session.check()
        return session


class Runs(WithStubs):
    def test_every_server_has_a_run_of_every_load_in_every_round(self):
        session = self.session([stub("one"), stub("two", cannot={"echo": "it only reads"}), absent("three")])
        session.measure()
        session.measure_idle()
        made = {(run["round"], run["server"], run["load"]) for run in session.runs if not run["invalid"]}
        wanted = {(number, server, load.name) for number in (1, 2) for server in ("one", "two") for load in session.options.loads}
        self.assertEqual(made, {each for each in wanted if each[1:] != ("two", "echo-64")})
        self.assertEqual(set(session.idle_bytes), {"one", "two"})
        with (self.folder / "runs.csv").open(encoding="utf-8") as file:
            self.assertEqual(len(list(csv.DictReader(file))), len(made))
        text = report.text(report.Results(session), session.options)
        row = next(line for line in text.splitlines() if line.startswith("two"))
        self.assertIn("cannot", row)
        self.assertIn("two cannot echo: it only reads.", text)
        self.assertIn("three: not measured: its toolchain is not installed.", text)
        self.assertIn("| one | what one is | stub 1 | memory |", report.page(report.Results(session), session.options))
        report.plot(report.Results(session), session.options, self.folder / "rivals.svg")
        self.assertIn("ping-64", (self.folder / "rivals.svg").read_text(encoding="utf-8"))

    def test_a_server_with_a_wrong_answer_is_left_out_by_name(self):
        session = self.session([stub("good"), stub("wrong", "json"), stub("refusing", "refuses"), stub("dead", "dies")], chosen=("ping-64", "json-64"))
        self.assertEqual(session.names, ["good"])
        self.assertRegex(session.failed["wrong"], r"answers /json with 200 and 20 wrong bytes, which begin with b'\{.message.: .wrong.\}'")
        self.assertEqual(session.failed["refusing"], "it answers /ping with 503")
        self.assertIn("the stub cannot start", session.failed["dead"])
        self.assertIn("without wrong: it answers /json", self.said.getvalue())

    def test_a_load_that_the_server_need_not_serve_is_not_checked(self):
        self.assertEqual(self.session([stub("wrong", "json")], chosen=("ping-64",)).names, ["wrong"])

    def test_the_posted_body_is_no_form(self):
        self.assertEqual(self.session([stub("forms", "forms")], chosen=("echo-64",)).names, ["forms"])

    def test_a_server_that_ends_does_not_stop_the_session(self):
        session = self.session([stub("good"), stub("ending", "ends")], chosen=("ping-64",), rounds=1)
        self.assertEqual(session.names, ["good", "ending"])
        session.measure()
        self.assertEqual(session.names, ["good"])
        self.assertEqual([run["server"] for run in session.runs if not run["invalid"]], ["good"])
        self.assertIn("ending: not measured: ", report.text(report.Results(session), session.options))

    def test_invalid_runs_are_repeated_and_end_the_server(self):
        session = self.session([stub("one")], chosen=("ping-64",), rounds=1)
        with unittest.mock.patch.object(measuring.duel_load, "failures", return_value=["2 timeouts"]):
            session.measure()
        self.assertEqual([run["invalid"] for run in session.runs], ["2 timeouts"] * measuring.ATTEMPTS_MAX)
        self.assertEqual(session.failed["one"], "ping-64: 3 runs in a row were invalid: 2 timeouts")


class Judging(WithStubs):
    def test_the_scores_of_the_judge_are_kept_with_the_cases_that_they_count(self):
        session = self.session([stub("one")], chosen=("ping-64",))
        judge = self.folder / "judge"
        judge.write_text('#!/bin/sh\necho "a case: a fault"; echo "all for $1: MUST 3 of 4, SHOULD 1 of 2"\n')
        judge.chmod(0o755)
        with unittest.mock.patch.object(measuring, "JUDGE", judge):
            scores = measuring.judge(session)
        self.assertEqual((scores["one"]["must"], scores["one"]["should"], scores["one"]["version"]), ([3, 4], [1, 2], "stub 1"))
        counts = self.folder / "conformance.json"
        counts.write_text(json.dumps({**scores, "old": {**scores["one"], "judge_sha256": "of other cases"}}))
        with unittest.mock.patch.object(measuring, "COUNTS", counts):
            self.assertEqual(set(measuring.known_scores()), {"one"})


class Originals(unittest.TestCase):
    def prepared(self, **settings):
        facts = {"originals_go": "go1.21.13", "originals_gin": "gin 1.9.1", "originals_echo": "echo 4"}
        with unittest.mock.patch.object(catalogue.originals, "build", autospec=True, **settings) as build, \
             unittest.mock.patch.object(catalogue.originals, "facts", autospec=True, return_value=facts):
            return *catalogue.prepare(["gin"], argparse.Namespace(go="/usr/bin/go"), print), build

    def test_they_are_the_programs_of_bench_originals(self):
        found, missing, build = self.prepared()
        self.assertEqual(missing, {})
        version, command_of = found["gin"]
        self.assertEqual(build.call_args.args[:2], ("/usr/bin/go", ["gin"]))
        self.assertEqual(version, "go1.21.13, gin 1.9.1")
        self.assertIn("--static-dir=/records/files/static", command_of(9300, pathlib.Path("/records")))

    def test_what_cannot_be_built_is_missing_with_the_reason(self):
        found, missing, _ = self.prepared(side_effect=catalogue.originals.Missing("its modules could not be fetched"))
        self.assertEqual((found, missing), ({}, {"gin": "its modules could not be fetched"}))


class Command(unittest.TestCase):
    def printed(self, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.assertEqual(command.main(list(arguments)), 0)
        return out.getvalue()

    def test_the_list_has_every_server_and_load(self):
        text = self.printed("--list")
        for name in [*catalogue.ALL, *loads.ALL]:
            self.assertRegex(text, rf"(?m)^{re.escape(name)} ")

    def test_the_plan_has_each_command_and_starts_nothing(self):
        text = self.printed("--plan", "--servers=hyper,nginx", "--loads=echo-64,ping-64x16", "--rounds=1", "--idle=0")
        self.assertRegex(text, r"(?s)\A# about \d+ s, .*start hyper .*start nginx .*--pipeline=16 .*:9300/ping\n.*:9301/ping\n.*'--mix=1 POST /echo body=size:64' ")
        self.assertIn("# not nginx: it serves files", text)
        self.assertNotIn("idle", text)
        self.assertIn("echo-64: 1 round, ", text)

    def test_the_default_set_takes_ten_minutes(self):
        options = command.parse_arguments([])
        self.assertLessEqual(measuring.planned_s(options.servers, options.loads, options), 10 * 60)

    def test_versions_are_pinned(self):
        for file in ("rust/Cargo.lock", "go/go.sum", "js/package-lock.json"):
            self.assertTrue((catalogue.HERE / file).is_file(), file)
        for manifest in (catalogue.HERE / "rust").glob("*/Cargo.toml"):
            text = manifest.read_text(encoding="utf-8")
            self.assertRegex(text, r'(= |version = )"=\d', f"{manifest}: the crate of the server has an exact version")


if __name__ == "__main__":
    unittest.main()
