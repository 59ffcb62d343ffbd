"""The page of the report in headless Chromium, without a network. DUEL_SCREENSHOTS=FOLDER keeps pictures of it."""

import json
import os
import pathlib
import sys
import tempfile
import unittest

import report_records
from browser import PROGRAM, Browser
from harness import stats, table
from harness.report import figures, output, sessions

PHONE, PAPER, DESK = 360, 720, 1280
SCREENSHOTS = os.environ.get("DUEL_SCREENSHOTS")
# Returns the width of the page, and the elements that are wider than the window. The message of a failed test shows both.
WIDTH = """({page: document.documentElement.scrollWidth, wide: [...document.querySelectorAll("body *")].filter((one) =>
    one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .skip, svg, thead")).map((one) => one.outerHTML.slice(0, 80))})"""


def of_python(figure, first, second, cells):
    """What stats.py says of two cells: the text of their ratio."""
    def ratio(a, b):
        pairs = [(x, y) for x, y in zip(a["values"][figure.field], b["values"][figure.field]) if x is not None and y is not None]
        one, other = zip(*pairs)
        return stats.paired_ratio(one, other) if figure.more_is_better else stats.paired_ratio(other, one)

    found = ratio(first, second)
    if first["again_of"] == second["key"] or second["again_of"] == first["key"]:
        return table.interval(found)
    noises = [ratio(cells[cell["again_of"]], cell) for cell in cells.values() if cell["again_of"] and cell["mode"] in (first["mode"], second["mode"])]
    return ("~ " if any(stats.is_tie(found, noise) for noise in noises) else "") + table.interval(found)


@unittest.skipIf(PROGRAM is None, "chromium is missing: tools/install installs it")
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        report_records.write(folder / "records")
        cls.session = sessions.read(folder / "records")
        cls.path, _ = output.write([folder / "records"], folder)
        cls.browser = cls.enterClassContext(Browser())

    def setUp(self):
        self.browser.screen(DESK)
        self.browser.open(self.path)
        self.value = self.browser.value

    def picture(self, name):
        if SCREENSHOTS and name:
            pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.browser.screenshot(pathlib.Path(SCREENSHOTS) / f"{name}.png")

    def choose(self, first, second):
        self.value("""(() => { const form = document.querySelector("form.pair"); form.elements.first.value = %s; form.elements.second.value = %s;
                      form.dispatchEvent(new Event("change")); })()""" % (json.dumps(first), json.dumps(second)))
        return self.value("""Object.fromEntries([...document.querySelectorAll("form.pair tbody tr")].map((row) =>
                             [row.dataset.field, [...row.cells].slice(1).map((cell) => cell.textContent)]))""")

    def test_nothing_is_requested_and_nothing_fails(self):
        self.assertEqual(self.browser.requests, [])
        self.assertEqual(self.browser.problems, [])
        self.picture("light")

    def test_tables_and_plots_are_there(self):
        self.assertEqual(self.value("""document.querySelectorAll("main > .session > .scroll > table").length"""), 3)
        self.assertEqual(self.value("""[...document.querySelectorAll(".verdicts tbody tr:first-child strong")].map((one) => one.className)"""),
                         ["good", "bad"])
        names = [chart.split(":")[1] for chart in self.value("""[...document.querySelectorAll("[data-chart]")].map((place) => place.dataset.chart)""")]
        self.assertEqual(names[:2] + names[-3:], ["requests_per_s", "cpu_us_per_request", "memory", "series", "flames"])
        for name in names:
            with self.subTest(name):
                drawn = self.value(f"""(() => {{ const place = document.querySelector('[data-chart$=":{name}"]');
                    return {{marks: place.querySelectorAll("svg[role=img] :is(rect, path.curve)").length,
                             names: [...place.querySelectorAll("svg[role=img]")].map((one) => one.getAttribute("aria-label")),
                             broken: place.innerHTML.match(/NaN|undefined|Infinity/), rows: place.parentNode.querySelectorAll("details tbody tr").length}}; }})()""")
                self.assertGreater(drawn["marks"], 0)
                self.assertGreater(drawn["rows"], 0)
                self.assertIsNone(drawn["broken"])
                self.assertTrue(all(drawn["names"]))

    def test_the_ratio_of_two_servers_is_that_of_the_statistics(self):
        cells = {cell["key"]: cell for cell in figures.of_session(self.session)["cells"]}
        timed = {figure.field: figure for figure in figures.FIGURES if figure.field in ("cpu_us_per_request", "peak_rss_kib", "latency_p99_us")}
        kinds = set()
        for first in cells.values():
            for second in cells.values():
                if first is second:
                    continue
                shown = self.choose(first["key"], second["key"])
                for field, figure in timed.items():
                    with self.subTest(first=first["key"], second=second["key"], figure=field):
                        self.assertEqual(shown[field][2], of_python(figure, first, second, cells))
                        kinds.add(shown[field][2][:1])
        self.assertIn("~", kinds)
        self.assertGreater(len(kinds), 1, "some pairs are ties, and some are not")

    def test_what_is_no_result_has_no_ratio(self):
        self.assertEqual(self.choose("gin_text", "gin_text_low")["requests_per_s"][2:], ["-", "the schedule sets the rate"])
        self.assertEqual(self.choose("gin_text", "beego_text")["allocations_per_request"], ["0.00", "11.00", "-", "gin text is better: it needs none"])
        self.assertEqual(self.choose("beego_text", "go_gin_text")["allocations_per_request"], ["11.00", "9.00", "0.82", "go gin text is better"])
        for change, text in (('{...a, limit: "client"}', "client-bound"), ('{...a, limit: "server"}', None)):
            found = self.value(f"""(() => {{ const [a, b] = data.sessions[0].pairs.cells; const figure = data.sessions[0].pairs.figures[0];
                return compare(figure, {change}, {{...b, limit: "client"}}, [a, b], data.resamples).ratio; }})()""")
            self.assertEqual(found == "client-bound", text is not None)
        self.assertEqual(self.value("""(() => { const [a, b] = data.sessions[0].pairs.cells; return compare({field: "latency_p99_us"}, {...a, void: true}, b, [a, b],
            data.resamples).ratio; })()"""), "void")
        self.assertIn("a value is 0", self.value("""ratioOf({field: "x"}, {values: {x: [0]}}, {values: {x: [1]}}, data.resamples).why"""))

    def test_numbers_are_rounded_as_python_does_it(self):
        for value, digits in ((1.125, 2), (1.375, 2), (0.5, 0), (1.5, 0), (2.5, 0), (1.005, 2), (1234567.891, 1), (999.995, 2), (0.0, 2)):
            with self.subTest(value=value, digits=digits):
                self.assertEqual(self.value(f"fixed({value!r}, {digits})"), f"{value:,.{digits}f}")

    def test_swapping_turns_the_ratio(self):
        before = self.choose("gin_text", "go_gin_text")["cpu_us_per_request"][:2]
        self.value("""document.querySelector("form.pair button").click()""")
        self.assertEqual(self.value("""[...document.querySelector('tr[data-field="cpu_us_per_request"]').cells].slice(1, 3).map((cell) => cell.textContent)"""),
                         before[::-1])
        self.assertIn("go gin text and gin text", self.value("""document.querySelector("form.pair [role=status]").textContent"""))

    def test_a_phone_needs_no_horizontal_scrolling(self):
        for width, media in ((PHONE, ""), (PAPER, "print")):
            self.browser.screen(width, media=media)
            found = self.value(WIDTH)
            self.assertLessEqual(found["page"], width, found["wide"])
            self.picture(media)
        self.browser.screen(PHONE)
        self.picture("phone")

    def test_the_theme_follows_the_system_until_a_reader_chooses(self):
        colour = "getComputedStyle(document.body).backgroundColor"
        light = self.value(colour)
        self.browser.screen(DESK, dark=True)
        dark = self.value(colour)
        self.assertNotEqual(light, dark)
        self.picture("dark")
        for theme, wanted in (("light", light), ("dark", dark), ("", dark)):
            self.value(f"""(() => {{ const theme = document.getElementById("theme"); theme.value = "{theme}"; theme.dispatchEvent(new Event("change")); }})()""")
            self.assertEqual(self.value(colour), wanted, theme)
        self.browser.screen(DESK, dark=True, media="print")
        self.assertEqual(self.value(colour), "rgb(255, 255, 255)")

    def test_paper_shows_the_commands(self):
        self.assertEqual(self.value("""document.querySelectorAll("details.on-paper[open]").length"""), 0)
        with tempfile.TemporaryDirectory() as folder:
            paper = pathlib.Path(SCREENSHOTS or folder) / "paper.pdf"
            self.browser.pdf(paper)
            self.assertTrue(paper.read_bytes().startswith(b"%PDF"))
        self.assertEqual(self.value("""document.querySelectorAll("details.on-paper:not([open])").length"""), 0)

    def test_a_keyboard_reaches_everything_and_sees_where_it_is(self):
        reached = set()
        for _ in range(60):
            for kind in ("keyDown", "keyUp"):
                self.browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
            found = self.value("""(() => { const one = document.activeElement; return [one.className || one.id || one.name || one.tagName,
                getComputedStyle(one).outlineStyle]; })()""")
            reached.add(found[0])
            if found[0] != "BODY":
                self.assertNotEqual(found[1], "none", found)
        self.assertLessEqual({"skip", "scroll", "first", "second", "SUMMARY", "BUTTON", "json"}, reached)

    def test_a_screen_reader_finds_a_name_for_everything_and_no_gap_between_headings(self):
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        named = {}
        for node in nodes:
            if not node["ignored"]:
                named.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        for role in ("image", "combobox", "button", "link", "region", "DisclosureTriangle"):
            with self.subTest(role):
                self.assertTrue(named[role])
                self.assertNotIn("", named[role])
        levels = self.value("""[...document.querySelectorAll("h1, h2, h3, h4")].map((one) => Number(one.tagName[1]))""")
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)

    def test_the_page_carries_every_run(self):
        kept = self.value("data.sessions[0].rows.length")
        self.assertEqual(kept, len(self.session.runs))
        lines = self.value("csv(data.sessions[0])").splitlines()
        self.assertEqual(len(lines), kept + 1)
        self.assertIn("cpu_us_per_request", lines[0])

    def test_a_click_shows_a_box_of_a_flame_graph_in_full_width(self):
        place = """document.querySelectorAll('[data-chart$=":flames"] .panel')[1]"""
        boxes = f"""{place}.querySelectorAll("g").length"""
        self.assertEqual(self.value(boxes), 2)
        self.value(f"""{place}.querySelectorAll("g")[1].dispatchEvent(new MouseEvent("click"))""")
        widths = self.value(f"""[...{place}.querySelectorAll("rect")].map((one) => Math.round(one.getAttribute("width")))""")
        self.assertEqual(len(set(widths)), 1)
        self.assertFalse(self.value(f"""{place}.querySelector("button").hidden"""))


@unittest.skipIf(PROGRAM is None, "chromium is missing: tools/install installs it")
class SeveralSessions(unittest.TestCase):
    def test_each_has_its_plots_and_its_comparison(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        report_records.write(folder / "1", lambda _, began: began.update(scenario="router_latency"))
        report_records.write(folder / "2")
        path, _ = output.write([folder / "1", folder / "2"], folder)
        with Browser() as browser:
            browser.open(path)
            self.assertEqual((browser.requests, browser.problems), ([], []))
            self.assertEqual(browser.value("""document.querySelectorAll("nav a").length"""), 2)
            self.assertEqual(browser.value("""document.querySelectorAll(".percentiles .mark").length"""), 3)
            self.assertEqual(browser.value("""[...document.querySelectorAll("form.pair")].map((form) => form.querySelectorAll("tbody tr").length > 5)"""),
                             [True, True])


@unittest.skipIf(PROGRAM is None, "chromium is missing: tools/install installs it")
class HostilePage(unittest.TestCase):
    def test_texts_of_records_cannot_run(self):
        attack = "</script><script>hacked = 1</script><img src=x onerror='hacked = 1'><svg onload='hacked = 1'>"

        def everywhere(content, began):
            for run in content["runs"]:
                run.update(path=attack, cmd_client=attack, title=attack + run["cell"], invalid=attack, used=True)
            content["environment"][attack] = attack
            began.update(command=["x", attack], knobs=[dict.fromkeys(("name", "want", "got", "state"), attack)])

        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        report_records.write(folder / "records", everywhere, report_records.printed().replace("A CPU", attack))
        path, _ = output.write([folder / "records"], folder)
        with Browser() as browser:
            browser.open(path)
            self.assertEqual(browser.value("typeof hacked"), "undefined")
            self.assertEqual(browser.value("""document.querySelectorAll("img, script:not([type])").length"""), 2)
            self.assertIn("<img", browser.value("""document.querySelector(".facts").textContent + document.querySelector("form.pair option").textContent"""))
            self.assertEqual((browser.requests, browser.problems), ([], []))
            # Even a script that got into the page could not run: the policy of the page names the two that may.
            browser.value("""document.body.append(Object.assign(document.createElement("script"), {textContent: "hacked = 1"}))""")
            self.assertEqual(browser.value("typeof hacked"), "undefined")
            self.assertIn("Content Security Policy", " ".join(browser.problems))


if __name__ == "__main__":
    sys.exit(unittest.main())
