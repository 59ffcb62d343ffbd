"""Tests of what is done with records that exist: --verify, --resume and --replay. The sessions are those of stubs."""

import json
import pathlib
import re
import shutil
import signal
import tempfile
import unittest
import unittest.mock
from collections import Counter

from compare_case import LIMIT_S, CompareCase
from harness import conclusion, records, tables, verify
from harness.errors import HarnessError

KINDS = (r".*-1\.run\.json", r".*-1\.wrk\.txt", r".*-1\.duel-load\.json", r".*warm-up\.wrk\.txt", r".*\.log", r".*\.stats\.jsonl", r"raw/session\.json",
         r"raw/facts\.json", r"runs\.csv", r"runs\.sqlite", r".*_allocs_\d+\.pb\.gz", r".*_cpu_\d+\.pb\.gz", r"profiles\.csv", r"session\.json", r"table\.txt", r".*\.svg", r".*\.png")


def another_rss(text):
    reading = json.loads(text)
    reading["after"]["rss_kib"] += 1
    return json.dumps(reading)


class RecordsCase(CompareCase):
    def command(self, *arguments):
        process = self.call(*arguments)
        text, _ = process.communicate(timeout=LIMIT_S)
        return process.returncode, text


class Verify(RecordsCase):
    made = None  # a session that the tests copy, because making it takes longest

    def setUp(self):
        super().setUp()
        if not Verify.made:
            status, text = self.run_to_end("--rounds=1")
            self.assertEqual(status, 0, text)
            Verify.made = pathlib.Path(self.enterClassContext(tempfile.TemporaryDirectory())) / self.session_folder().name
            self.session_folder().rename(Verify.made)
        self.session = self.folder / "results" / Verify.made.name
        shutil.copytree(Verify.made, self.session)

    def forged(self, name, change):
        """What --verify says about a text that was changed together with its hash."""
        path, sums = self.session / name, self.session / conclusion.SUMS
        content, digests = path.read_text(encoding="utf-8"), sums.read_text()
        before = conclusion.digest(path)
        path.write_text(change(content), encoding="utf-8")
        self.assertNotEqual(path.read_text(encoding="utf-8"), content)
        sums.write_text(digests.replace(before, conclusion.digest(path)))
        with self.assertRaises(HarnessError) as caught:
            verify.verify(self.session)
        path.write_text(content, encoding="utf-8")
        sums.write_text(digests)
        return str(caught.exception)

    def first(self, pattern):
        return next(name for name in conclusion.listed(self.session) if re.fullmatch(pattern, name))

    def test_one_changed_byte_in_each_kind_of_file_is_found(self):
        self.assert_every_change_is_found(self.session, [*map(self.first, KINDS), conclusion.SUMS])

    def test_what_was_changed_together_with_its_hash_does_not_follow_from_the_raw_files(self):
        self.assertRegex(self.forged("table.txt", lambda text: text.replace("41,765", "41,766")),
                         r"/table\.txt, line \d+, character \d+: it has '6 .*', and the raw files give '5 .*'$")
        self.assertRegex(self.forged("router_style.svg", lambda text: re.sub(r"(?m)^L (\d)", r"L 9\1", text, count=1)),
                         r"/router_style\.svg, line \d+, character \d+: it has '.*', and the raw files give '.*'$")
        self.assertRegex(self.forged("session.json", lambda text: text.replace('"dirty": ', '"dirty":  ', 1)),
                         r"/session\.json, line \d+, character \d+: it has ' (true|false),.*', and the raw files give '(true|false),")
        self.assertRegex(self.forged("runs.csv", lambda text: text.replace(",timed,", ",timid,", 1)),
                         r"/runs\.csv, row \d+, column purpose: it has 'timid', and the raw files give 'timed'$")
        run = self.first(r".*-1-gin_text-1\.run\.json")
        self.assertRegex(self.forged(run, another_rss), r"/runs\.csv, row \d+, column rss_kib: it has '\d+', and the raw files give '\d+'$")

    def test_the_command_prints_one_sentence(self):
        status, text = self.command(f"--verify={self.session}")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, r"\A\S+: \d+ runs, [0-9,]+ cells of the tables, the printed table, the plots and \d+ hashes follow from the raw files\n\Z")
        self.assertEqual(self.command("--check", f"--verify={self.session}"), (0, "\n"))  # nothing is built
        both = self.command(f"--verify={self.session.parent}")  # as that of a call with several scenarios
        self.assertEqual(both, (status, text))
        (self.session / "raw" / "added").touch()
        status, text = self.command(f"--verify={self.session}")
        self.assertEqual((status, len(text.splitlines())), (1, 1), text)
        self.assertIn("SHA256SUMS: raw/added has no line; ", text)

    def test_plots_of_another_matplotlib_are_told(self):
        with unittest.mock.patch.object(verify.importlib.metadata, "version", lambda _: "0.1"):
            self.assertRegex(verify.verify(self.session), r", the hashes of the plots \(matplotlib \S+ has drawn them, and this is 0\.1\) and \d+ hashes follow ")

    def test_a_plot_that_does_not_follow_is_found_though_its_hash_is_right(self):
        plot, sums = self.session / "router_style.png", self.session / conclusion.SUMS
        before, content = conclusion.digest(plot), plot.read_bytes()
        plot.write_bytes((self.session / "router_style_runs.png").read_bytes())
        sums.write_text(sums.read_text().replace(before, conclusion.digest(plot)))
        with self.assertRaisesRegex(HarnessError, r"/router_style\.png: it is not the plot that the raw files give$"):
            verify.verify(self.session)
        self.assertNotEqual(plot.read_bytes(), content)

    def test_a_damaged_run_is_one_sentence(self):
        run = self.session / self.first(r".*-1\.run\.json")
        (self.session / conclusion.SUMS).unlink()
        for content, cause in (("{", "cannot be read: "), ('{"run_id": "x"}', r"the record of the run x cannot be computed from .*; a file was changed")):
            run.write_text(content)
            status, text = self.command(f"--resume={self.session}")
            self.assertEqual((status, len(text.splitlines())), (2, 1), text)
            self.assertRegex(text, cause)

    def test_every_run_names_its_load_and_its_files(self):
        content = tables.read_database(self.session / "runs.sqlite")
        columns, rows = content["runs"]
        runs = [dict(zip(columns, row)) for row in rows]
        hashes = {(run["scenario"], run["cell"], run["load_profile"]): run["profile_hash"] for run in runs}
        self.assertEqual(len(set(hashes.values())), len(hashes))
        self.assertEqual({name for _, name, _ in content["files"][1]}, {name for run in runs for name in run["raw_files"].split()})
        ((name, want, _, state),) = [knob for knob in content["knobs"][1] if knob[0] == "noise.before"]
        self.assertEqual((name, want), ("noise.before", "at most 5%"))
        self.assertIn(state, ("ok", "differs"))
        self.assertTrue(all(re.match(r"\d{13}-", path.name) for path in (self.session / "raw").glob("*.wrk.txt")))


class Resume(RecordsCase):
    def interrupt(self, *flags, after):
        process = self.start(*flags)
        next(line for line in process.stdout if re.search(after, line))
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130, text)

    def places(self):
        return Counter((row["cell"], row["purpose"], row["round"]) for row in self.rows())

    def test_an_interrupted_session_measures_only_what_is_missing(self):
        self.interrupt("--rounds=2", "--seed=5", after=r" round 2 batch ")
        kept, folder = self.rows(), self.session_folder()
        self.assertFalse((folder / conclusion.SUMS).exists())
        with self.assertRaisesRegex(HarnessError, f"the session was interrupted; continue it with --resume={folder}"):
            verify.verify(folder)
        status, text = self.command(f"--resume={folder}")
        self.assertEqual(status, 0, text)
        self.assertIn(f"{len(kept)} runs are there already", text)
        self.assertRegex(text, r"(?m)^Router style \(S1\), .*, 2 rounds, ")
        self.assertEqual([row["run_id"] for row in self.rows()[:len(kept)]], [row["run_id"] for row in kept])
        self.assertEqual(set(self.places().values()), {1})
        self.assertEqual(len(self.rows()), len({**self.places()}))
        verify.verify(folder)
        self.assertEqual(self.command(f"--resume={folder}")[0], 2)  # it is complete

    def test_a_session_that_was_killed_resumes(self):
        """SIGKILL leaves no time to stop servers, to write tables or to finish a file."""
        process = self.start("memory", "--rounds=3", "--seed=5")
        next(line for line in process.stdout if "round 1 of 3" in line)
        process.kill()
        process.wait(LIMIT_S)
        folder = self.session_folder()
        (folder / "raw" / "1-x.run.json.part").write_text('{"run')
        kept = len(list(folder.glob("raw/*.run.json")))
        self.assertFalse((folder / "runs.csv").exists())
        status, text = self.command(f"--resume={folder}")
        self.assertEqual(status, 0, text)
        self.assertIn(f"{kept} runs are there already", text)
        self.assertEqual(set(self.places().values()), {1})
        self.assertEqual(list(folder.rglob("*.part")), [])
        verify.verify(folder)

    def test_a_call_with_several_scenarios_continues_with_all_of_them(self):
        process = self.start("memory", "context_pool", "--rounds=2", "--seconds=1", "--seed=5")
        next(line for line in process.stdout if "round 1 of 2" in line)
        process.kill()
        process.wait(LIMIT_S)
        (call,) = (self.folder / "results").iterdir()
        (first,) = call.iterdir()
        status, text = self.command(f"--resume={call}")
        self.assertEqual(status, 0, text)
        self.assertEqual(text.splitlines()[-1], str(call / "report.html"))
        self.assertEqual(len(list(verify.verify_all(call))), 2)
        second = verify.sessions_in(call)[1]
        self.assertEqual((verify.sessions_in(call)[0], records.Records(second).session["scenario"]), (first, "context_pool"))

        sums = (first / conclusion.SUMS).stat().st_mtime_ns
        (second / conclusion.SUMS).unlink()  # as if the program had been killed at the end
        status, text = self.command(f"--resume={call}")
        self.assertEqual((status, text.count("runs are there already")), (0, 1), text)
        self.assertEqual((first / conclusion.SUMS).stat().st_mtime_ns, sums, "a complete session is not touched")
        status, text = self.command(f"--resume={call}")
        self.assertEqual((status, len(text.splitlines())), (2, 1), text)
        self.assertIn(f"all sessions in {call} are complete; --verify={call} checks them", text)

    def test_a_scenario_whose_servers_run_together_resumes_too(self):
        self.interrupt("overhead", "--rounds=2", after=r" round 1 of 2, Beego")
        status, text = self.command(f"--resume={self.session_folder()}")
        self.assertEqual(status, 0, text)
        self.assertEqual({count for (_, purpose, _), count in self.places().items() if purpose != "profiled"}, {4})  # passes
        verify.verify(self.session_folder())

    def test_a_session_with_another_program_is_not_continued(self):
        self.interrupt("memory", "--rounds=50", after=r"round 1 of 50")
        facts = self.session_folder() / "raw" / "session.json"
        recorded = json.loads(facts.read_text())
        recorded["environment"]["server_sha256"] = "0" * 64
        facts.write_text(json.dumps(recorded))
        status, text = self.command(f"--resume={self.session_folder()}")
        self.assertEqual((status, len(text.splitlines())), (1, 1), text)
        self.assertRegex(text, r"bench/compare: --resume: server_sha256 was 0{64} when the session began and is [0-9a-f]{64}, so ")


class Replay(RecordsCase):
    def test_a_run_is_made_again_and_printed_beside_its_record(self):
        self.assertEqual(self.run_to_end("--rounds=1")[0], 0)
        first = self.session_folder()
        rows = {row["cell"]: row for row in self.rows() if row["purpose"] == "timed"}
        for cell in ("beego_text", "beego_text_batch"):
            with self.subTest(cell):
                old = rows[cell]
                status, text = self.command(f"--replay={old['run_id']}", f"--results={self.folder / 'results'}")
                self.assertEqual(status, 0, text)
                self.assertRegex(text, r"(?m)^requests/s +(\d+) +\1 +1\.00$")
                self.assertIn(f"Both runs have the load profile {old['profile_hash']}.", text)
                (second,) = (path for path in (self.folder / "results").iterdir() if path != first)
                _, (new,) = tables.read_csv(second / "runs.csv")
                new = dict(zip(tables.read_csv(second / "runs.csv")[0], new))
                self.assertEqual(new["cmd_client"].replace(new["run_id"], "ID"), old["cmd_client"].replace(old["run_id"], "ID"))
                self.assertEqual(new["cmd_server"].partition(" --stats-file=")[0], old["cmd_server"].partition(" --stats-file=")[0])
                verify.verify(second)
                verify.verify(first)  # nothing was added to it
                second.rename(self.folder / cell)

    def test_a_run_that_is_not_one_load_is_refused(self):
        self.assertEqual(self.run_to_end("memory", "--rounds=1")[0], 0)
        status, text = self.command(f"--replay={self.rows()[0]['run_id']}", f"--results={self.folder / 'results'}")
        self.assertEqual((status, len(text.splitlines())), (2, 1), text)
        self.assertIn("of the scenario memory is not one load of one server of this machine; repeat its scenario", text)


if __name__ == "__main__":
    unittest.main()
