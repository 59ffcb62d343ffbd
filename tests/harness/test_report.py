"""The parts of the report: printed texts, records, figures, plots, Markdown, and the command line."""

import contextlib
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import report_records
import stub_server
from harness import claims, stats, table
from harness.errors import HarnessError
from harness.report import charts, figures, flames, markdown, model, output, page, printed, sessions, svg

ROOT = pathlib.Path(__file__).parents[2]


class Printed(unittest.TestCase):
    def test_a_table_is_read_as_it_was_written(self):
        headers = [["", "of rounds"], ["Gin", "text"], ["article"]]
        rows = ["a text that is longer than the first column", ("  a label", "1,234", ""), ("b", "", "void"), "short"]
        found = printed.parse("title\n\n" + table.render(headers, rows)).parts[0]
        self.assertEqual(found.headers, [["of rounds"], ["Gin", "text"], ["article"]])
        self.assertEqual(found.rows, [rows[0], ["  a label", "1,234", ""], ["b", "", "void"], "short"])

    def test_headings_headlines_captions_and_notes_are_told_apart(self):
        found = printed.parse(report_records.printed())
        self.assertEqual(found.title, "Router style (S1), 2026-01-01 00:00 UTC: wrk -t1 -c512, 5 rounds, medians")
        self.assertEqual(found.facts, ["A CPU, Linux 6.1.0"])
        self.assertEqual([sentence[-14:] for sentence in found.headline], ["for two lines."])
        self.assertEqual([type(part).__name__ for part in found.parts], ["Table", "Listing", "Table", "Table", "Sentences"])
        self.assertEqual([part.caption for part in found.parts[:3:2]], ["", "the second table"])
        self.assertEqual(len(found.parts[4].sentences), 2)

    def test_listings_stay_as_they_are(self):
        for listing in ("Gin, leak: no warning\n  growth:\n      1.0 MB  main", "Gin, leak: no warning\n  no profile"):
            self.assertEqual(printed.parse(f"title\n\n{listing}").parts, [printed.Listing(listing)])

    def test_an_empty_text_is_no_error(self):
        self.assertEqual(printed.parse("").parts, [])


class OfRecords(unittest.TestCase):
    """Tests with the records of report_records.py."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "records"

    def read(self, **settings):
        report_records.write(self.folder, **settings)
        return sessions.read(self.folder)


class Cells(OfRecords):
    def test_each_load_of_each_server_is_a_cell(self):
        cells = {cell.key: cell for cell in self.read().cells}
        self.assertEqual(list(cells), [key + mode for mode in ("", "_low") for key in report_records.ROUTERS])
        self.assertEqual({cell.mode for cell in cells.values()}, {"", "_low"})
        self.assertEqual(cells["gin_text_again_low"].again_of, "gin_text_low")
        self.assertEqual(cells["beego_text_low"].counted["allocations_per_request"], 11)

    def test_a_late_run_that_was_repeated_does_not_count(self):
        cell = next(cell for cell in self.read().cells if cell.key == "gin_text_low")
        self.assertEqual((len(cell.attempts), len(cell.runs), len(cell.in_time)), (7, 6, 6))
        self.assertEqual(cell.by_round[2]["attempt"], 2)

    def test_a_run_that_stayed_late_counts_without_its_latencies(self):
        def all_late(content, _):
            content["runs"] = [{**run, "used": True} for run in content["runs"] if run["attempt"] == 1]

        session = self.read(change=all_late)
        cell = next(cell for cell in session.cells if cell.key == "gin_text_low")
        self.assertEqual((len(cell.runs), len(cell.in_time)), (6, 5))
        pair = next(one for one in figures.of_session(session)["cells"] if one["key"] == "gin_text_low")
        without = {figure: [value is None for value in pair["values"][figure]] for figure in ("latency_p99_us", "cpu_us_per_request")}
        self.assertEqual(without, {"latency_p99_us": [False, True, False, False, False, False], "cpu_us_per_request": [False] * 6})

    def test_void_runs_are_listed_with_what_happened_then(self):
        (void,) = model.of_sessions([self.read()])["sessions"][0]["void"]
        self.assertEqual((void["server"], void["round"], void["why"], void["then"]),
                         ("gin text, low", 2, "duel-load itself was late", model.MEASURED_AGAIN))

    def test_the_figures_are_those_of_the_statistics(self):
        session = self.read()
        cell = session.cells[0]
        figure = next(one for one in figures.FIGURES if one.field == "cpu_us_per_request")
        values = [run["cpu_us_per_request"] for run in cell.runs]
        self.assertEqual(figures.estimate(cell, figure), stats.estimate(values))
        self.assertEqual(figures.text_of(cell, figure), table.number(stats.estimate(values).median, 2))

    def test_a_rate_that_the_client_limited_is_starred_and_a_wrong_latency_is_void(self):
        def client_bound(content, _):
            for run in content["runs"]:
                run.update(limit="client", in_flight_share=0.5)

        cells = figures.of_session(self.read(change=client_bound))["cells"]
        self.assertTrue(cells[0]["texts"]["requests_per_s"].startswith("*"))
        self.assertEqual(cells[0]["texts"]["latency_p99_us"], "void")
        self.assertFalse(cells[4]["texts"]["requests_per_s"].startswith("*"), "a schedule sets the rate")

    def test_resamples_are_those_of_the_statistics(self):
        drawn = figures.resamples([figures.of_session(self.read())])["drawn"]
        self.assertEqual(sum(times for _, _, times in drawn["6"]), stats.RESAMPLES)

    def test_folders_that_are_no_records_are_refused(self):
        (self.folder / "raw").mkdir(parents=True)
        (self.folder / "table.txt").write_text("")
        sqlite3.connect(self.folder / "runs.sqlite").close()
        for text, began, cause in ((None, "{}", "session.json: No such file"), ("{}", None, "raw/session.json: No such file"), ("{", "{}", "cannot be read"),
                                   ("[]", "{}", "has no runs"), ('{"environment": {"x": 1}, "runs": []}', "{}", "has no runs"),
                                   ('{"environment": {"x": 1}, "runs": [{}]}', '{"scenario": "../x"}', "unknown scenario")):
            for name, content in (("session.json", text), ("raw/session.json", began)):
                (self.folder / name).unlink(missing_ok=True)
                if content is not None:
                    (self.folder / name).write_text(content)
            with self.subTest(text), self.assertRaisesRegex(HarnessError, f"{cause}.*; [^;]+$"):
                sessions.read(self.folder)
        (self.folder / "runs.sqlite").write_bytes(b"no database")
        (self.folder / "session.json").write_text("{}")
        (self.folder / "raw/session.json").write_text("{}")
        with self.assertRaisesRegex(HarnessError, "cannot be read .*; name another folder$"):
            sessions.read(self.folder)


class Plots(OfRecords):
    def test_there_is_a_plot_of_each_kind_with_its_figures(self):
        found = {chart["name"]: chart for chart in charts.of_session(self.read())}
        self.assertEqual(list(found), ["requests_per_s", "cpu_us_per_request", "peak_rss_kib", "allocations_per_request",
                                       "allocated_bytes_per_request", "latency_low", "memory", "series", "flames"])
        for chart in found.values():
            with self.subTest(chart["name"]):
                self.assertTrue(chart["table"]["rows"])
                self.assertEqual({len(row) for row in chart["table"]["rows"]}, {len(chart["table"]["headers"])})
        self.assertEqual([panel["title"] for panel in found["requests_per_s"]["panels"]], [""], "the fixed rate is no result")
        self.assertEqual([panel["title"] for panel in found["cpu_us_per_request"]["panels"]], ["alone", "10,000 requests/s"])

    def test_the_articles_latencies_are_marks(self):
        session = self.read(change=lambda _, began: began.update(scenario="router_latency"))
        chart = next(chart for chart in charts.of_session(session) if chart["kind"] == "percentiles")
        self.assertEqual([mark["at"] for mark in chart["panels"][0]["marks"]], [[100, 42], [100, 68], [100, 156]])
        self.assertIn("article: P99 of Echo (Go)", [mark["label"] for mark in chart["panels"][0]["marks"]])
        self.assertTrue(svg.write(chart, self.folder).is_file())

    def test_servers_without_a_load_have_the_memory_at_rest(self):
        def at_rest(content, _):
            content["runs"] = [{**{name: run[name] for name in ("cell", "title", "router", "purpose", "round", "run_id", "invalid", "used")},
                                "rss_kib": 8000, "anonymous_kib": 2000} for run in content["runs"][:6]]

        found = charts.of_session(self.read(change=at_rest))
        self.assertEqual([chart["name"] for chart in found][:2], ["rss_kib", "anonymous_kib"])

    def test_percentiles_come_from_the_merged_histograms(self):
        histogram = {1000: 900, 2000: 90, 5000: 10}
        points = dict(map(tuple, charts.percentile_points(histogram)))
        self.assertEqual((points[1], points[10], points[100], points[1000]), (1.0, 1.0, 2.0, 5.0))

    def test_a_flame_graph_has_callers_below_callees(self):
        found = flames.graph("gin", {("keep", "main"): 3000, ("main",): 1000})
        self.assertEqual([box[:4] for box in found["boxes"]], [[0, 0.0, 1.0, "main"], [1, 0.0, 0.75, "keep"]])
        self.assertEqual(found["table"]["rows"][0], ["keep", "0.00", "0.00", "75.0"])

    def test_a_flame_graph_of_two_profiles_is_the_growth(self):
        first, second = flames.of_session(self.read())
        self.assertEqual(first["title"], "gin text: growth of the bytes in use")
        self.assertEqual([box[3:] for box in first["boxes"]], [["main", 8000], ["keep_item(gin::Context&)", 8000]])
        self.assertEqual(second["title"], "beego text: bytes in use")
        self.assertEqual([box[3:] for box in second["boxes"]], [["main", 10_000], ["keep_item(gin::Context&)", 9000]])

    def test_cpu_time_has_a_graph_of_its_own(self):
        session = self.read()
        with contextlib.closing(sqlite3.connect(session.folder / "runs.sqlite")) as base:
            (session.raw / "c.pb.gz").write_bytes(stub_server.profile("cpu", 9_000_000))
            base.execute("INSERT INTO profiles VALUES (?, 'cpu', 0, 0, 0, 'c.pb.gz')", (session.runs[0]["run_id"],))
            base.commit()
        session = sessions.read(self.folder)
        self.assertEqual(len(flames.of_session(session)), 2)
        (found,) = flames.of_session(session, flames.CPU)
        self.assertEqual((found["title"], found["total"]), ("gin text: CPU time of the same load", "9.00 ms"))
        self.assertEqual(found["table"]["rows"][0][:2], ["keep_item(gin::Context&)", "9.00"])
        chart = charts.of_session(session)[-1]
        self.assertEqual((chart["name"], chart["title"]), ("flames_cpu", "Where CPU time is spent"))
        self.assertTrue(svg.write(chart, self.folder).is_file())

    def test_nothing_allocated_and_a_broken_profile_are_told_apart(self):
        self.assertEqual(flames.graph("gin", {})["total"], "no allocation was sampled")
        session = self.read()
        for path in session.raw.glob("*.pb.gz"):
            path.write_bytes(b"x")
        self.assertEqual([(one["total"], one["boxes"]) for one in flames.of_session(session)], [("the profile cannot be read", [])] * 2)

    def test_knees_are_those_of_the_scenario(self):
        def ladders(content, _):
            runs = []
            for key, rates in (("gin_long", (1000, 2000)), ("beego_long", (1000, 2000))):
                for place, rate in enumerate(rates):
                    run = dict(content["runs"][-10], cell=f"{key}_{rate}_{place}", scenario="load_modes", router=key.partition("_")[0], round=1,
                               purpose="timed", intended_rate=rate, achieved_rate=rate, timestamp=rate, latency_p99_us=100,
                               **{f"errors_{name}": 0 for name in charts.duel_load.ERRORS})
                    runs.append(run)
            content["runs"] = runs
            content["knees"] = {key: [{"held": 2000, "lost": 2240, "unknown": False}] for key in ("gin_long", "beego_long")}

        session = self.read(change=ladders)
        chart = charts.of_session(session)[0]
        self.assertEqual((chart["name"], len(chart["panels"]), len(chart["table"]["rows"])), ("knees", 2, 4))
        self.assertEqual(chart["panels"][0]["curves"][0]["star"], 2000)
        self.assertEqual([cell["values"] for cell in figures.of_session(session)["cells"]], [{"knee": [2000]}] * 2)

    def test_every_kind_can_be_drawn_into_a_file(self):
        for chart in charts.of_session(self.read()):
            with self.subTest(chart["name"]):
                text = svg.write(chart, self.folder).read_text(encoding="utf-8")
                self.assertIn("<svg ", text)
                self.assertEqual(text, svg.write(chart, self.folder).read_text(encoding="utf-8"), "the same records give the same file")


class Truths(unittest.TestCase):
    def test_the_columns_are_grouped_by_who_was_measured(self):
        self.assertEqual(model.truths([[""], ["Gin", "text"], ["Go", "Gin"], ["article", "Gin"], ["article", "Beego"]]),
                         [("this program", 1), ("originals here", 1), ("article", 2)])
        self.assertEqual(model.truths([[""], ["Gin"]]), [])


class Verdicts(OfRecords):
    def test_a_claim_has_the_verdict_of_the_session_that_measured_it(self):
        def of_wildcards(content, began):
            began["scenario"] = "wildcards"
            for row in content["claims"]:
                row["ours"] = {"verdict": claims.REVERSED, "sentence": row["claim"]["scenario"]}

        other = self.folder.parent / "other"
        report_records.write(other, change=of_wildcards)
        for order in ([self.folder, other], [other, self.folder]):
            with self.subTest(order):
                if not self.folder.exists():
                    self.read()
                found = model.of_sessions([sessions.read(folder) for folder in order])
                self.assertEqual({row["section"] for row in found["verdicts"]}, {"1", "2.2"})
                self.assertEqual(found["not_judged"] + len(found["verdicts"]), len(claims.load()))
                by_section = {}
                for row in found["verdicts"]:
                    by_section.setdefault(row["section"], row)
                self.assertEqual((by_section["1"]["ours"]["verdict"], by_section["1"]["originals"]["kind"]), (claims.CONFIRMED, "bad"))
                self.assertEqual((by_section["2.2"]["ours"]["verdict"], by_section["2.2"]["ours"]["sentence"]), (claims.REVERSED, "wildcards"))
        self.assertIn((claims.CONFIRMED, 1), found["verdict_counts"])

    def test_the_printed_verdicts_are_not_shown_beside_their_table(self):
        text = report_records.printed() + "\nClaims of the article, with the verdict of this session:\n1  A claim.\n    this program: confirmed.\n"
        for change, shown in ((lambda content, _: None, False), (lambda content, _: content.pop("claims"), True)):
            folder = self.folder / str(shown)
            report_records.write(folder, change=change, text=text)
            known = model.of_sessions([sessions.read(folder)])
            with self.subTest(shown):
                self.assertEqual("A claim." in page.html(known), shown)

    def test_without_verdicts_there_is_no_table_of_claims(self):
        session = self.read(change=lambda content, _: content.pop("claims"))
        self.assertNotIn("What the article claims", page.html(model.of_sessions([session])) + markdown.text(model.of_sessions([session])))


class Texts(OfRecords):
    HOSTILE = "</script><script>x</script><img src=x onerror=x>`|*[a](javascript:x)"

    def hostile(self):
        def everywhere(content, _):
            for run in content["runs"]:
                run.update(path=self.HOSTILE, cmd_server=f"server --stats-file='{self.HOSTILE}'", title=self.HOSTILE, invalid=self.HOSTILE,
                           used=True)
            content["environment"]["cpu_model"] = self.HOSTILE

        text = report_records.printed().replace("A CPU", self.HOSTILE).replace("41,765", "<b>765")
        return model.of_sessions([self.read(change=everywhere, text=text)])

    def test_a_record_cannot_put_markup_into_the_page(self):
        html = page.html(self.hostile())
        self.assertEqual(html.count("<script"), 3)
        self.assertEqual(html.count("</script>"), 3)
        self.assertNotIn("<img", html)
        self.assertNotIn("<b>765", html)
        self.assertIn("&lt;img src=x", html)

    def test_a_record_cannot_put_markup_into_the_markdown(self):
        text = markdown.text(self.hostile())
        for line in text.splitlines():
            if not line.startswith("    "):
                self.assertNotRegex(line, r"(?<!\\)<|(?<!\\)`|(?<!\\)\]\(")
        widths = {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("| ") and "Gin text" in line}
        self.assertEqual(widths, {6})

    def test_the_markdown_has_every_table(self):
        text = markdown.text(model.of_sessions([self.read()]))
        self.assertIn("|  | Gin text | Beego text | Go Gin text | article Gin |\n| :-- | --: | --: | --: | --: |", text)
        self.assertIn(r"| &nbsp;&nbsp;requests/s | \*200,000 | 166,667 | 71,429 | 41,765 |", text)
        self.assertIn("| Gin answers 47 % more requests/s than Beego: 41,765 and 28,412. | 1 | confirmed. The ratio is 1.45", text)
        self.assertIn("1 of 52 runs were invalid", text)
        self.assertIn("Measured by:\n\n    bench/compare --rounds=6\n", text)


class CommandLine(OfRecords):
    def run_report(self, *arguments):
        return subprocess.run([ROOT / "bench/report", *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120)

    def test_the_report_of_a_folder_is_made_again(self):
        self.read()
        done = self.run_report(self.folder, f"--markdown={self.folder / 'results.md'}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"{self.folder / 'report.html'}\n")
        self.assertEqual((self.folder / "results.md").read_text(), (self.folder / "report.md").read_text())
        self.assertTrue((self.folder / "svg" / "router_style" / "latency_low.svg").is_file())

    def test_several_sessions_are_merged(self):
        self.read()
        other, both = self.folder.parent / "other", self.folder.parent / "both"
        report_records.write(other)
        done = self.run_report(self.folder, other, f"--output={both}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual((both / "report.html").read_text().count('class="session"'), 2)
        refused = self.run_report(self.folder, other)
        self.assertEqual(refused.returncode, 2)
        self.assertRegex(refused.stderr, r"\Abench/report: --output: 2 folders [^\n]+; name a folder\n\Z")

    def test_the_folder_of_a_call_has_all_its_sessions_that_ended(self):
        for name in ("1", "2"):
            report_records.write(self.folder / name)
        (self.folder / "3" / "raw").mkdir(parents=True)
        done = self.run_report(self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f"{self.folder / 'report.html'}\n", ""))
        self.assertEqual((self.folder / "report.html").read_text().count('class="session"'), 2)

    def test_without_the_library_nothing_is_made(self):
        self.read()
        with unittest.mock.patch.object(page, "D3", self.folder / "nowhere.js"), self.assertRaisesRegex(HarnessError, "libjs-d3.*; install it with"):
            output.write([self.folder], self.folder)
        self.assertFalse((self.folder / "report.html").exists())


if __name__ == "__main__":
    sys.exit(unittest.main())
