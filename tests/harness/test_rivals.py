"""Tests bench/rivals: its tables, its verdict about the styles and their originals, its plot, and the page that it writes."""

import pathlib
import sys
import tempfile
import types
import unittest
import unittest.mock

import matplotlib

matplotlib.use("Agg")  # no display is needed
import matplotlib.pyplot as plt  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from rivals import __main__ as command  # noqa: E402
from rivals import build, report  # noqa: E402

OPTIONS = types.SimpleNamespace(cpu=0, rounds=2, slice_ms=20)
RIVALS = [build.Rival(name, f"what {name} is", None) for name in ("duel-echo", "echo", "duel-nethttp121", "nethttp121")]


def runs_of(ns_of):
    """Two rounds of each set and order; ns_of(rival, set) are the ns of the first. The second is twice as slow for all: a busy machine."""
    found = []
    for number in range(2):
        for rival in RIVALS:
            for name in ("static",) if "121" in rival.name else ("github", "static"):
                found += [(number, rival.name, name, order, ns_of(rival.name, name) * (number + 1)) for order in report.ORDERS]
    return found


def text_of(ns_of):
    return "\n".join(report.lines(report.Results(runs_of(ns_of)), RIVALS, {"gin": "go is not installed"}, ("github", "static"), (), OPTIONS))


class Tables(unittest.TestCase):
    def test_a_style_is_compared_with_its_original(self):
        text = text_of(lambda rival, _: 30 if rival.startswith("duel") else 40)
        self.assertIn("No style is slower than its original: the highest ratio is 0.75 [0.75, 0.75], of duel-echo", text)
        row = next(line for line in text.split("Each style")[1].splitlines() if line.startswith("GitHub"))
        self.assertEqual(row.split()[-6:], ["30.0", "40.0", "0.75", "-", "-", "-"], "the mux of Go 1.21 has no such set")
        self.assertIn("gin: not measured: go is not installed", text)

    def test_a_slower_style_is_named(self):
        text = text_of(lambda rival, name: 50 if (rival, name) == ("duel-nethttp121", "static") else 40)
        self.assertIn("A style is slower than its original in 2 rows: the highest ratio is 1.25 [1.25, 1.25], of duel-nethttp121 (static, 157, ", text)

    def test_a_router_with_one_set_has_no_column_of_dashes(self):
        everybody = text_of(lambda *_: 40).split("ns per lookup")[1].split("Each style")[0]
        self.assertNotIn("nethttp121", everybody)


class Plot(unittest.TestCase):
    def draw(self, names):
        runs = [(0, name, which, order, 10.0 + i) for i, name in enumerate(names) for which in command.SETS + command.GROWN for order in report.ORDERS]
        figure = report.draw(report.Results(runs), [build.Rival(name, "", None) for name in names], command.GROWN, plt)
        self.addCleanup(plt.close, figure)
        return figure

    def names_in_the_legend(self, figure):
        return [text.get_text() for text in figure.legends[0].get_texts()]

    def test_the_legend_covers_no_panel_and_names_all(self):
        figure = self.draw(build.NAMES)
        renderer = figure.canvas.get_renderer()
        legend = figure.legends[0].get_window_extent(renderer)
        for panel in figure.axes:
            self.assertIsNone(panel.get_legend())
            self.assertFalse(legend.overlaps(panel.get_tightbbox(renderer)), panel.get_title())
        self.assertTrue(figure.bbox.contains(*legend.min) and figure.bbox.contains(*legend.max), "the legend is cut")
        self.assertCountEqual(self.names_in_the_legend(figure), build.NAMES)

    def test_an_original_follows_its_style_and_each_router_has_a_colour(self):
        figure = self.draw(build.NAMES)
        names = self.names_in_the_legend(figure)
        for ours, original in report.PAIRS.items():
            self.assertEqual(names.index(original), names.index(ours) + 1)
        self.assertEqual(len({bars[0].get_facecolor() for bars in figure.axes[0].containers}), len(build.NAMES))

    def test_some_of_the_routers_are_drawn(self):
        names = ["gin", "duel-beego", "r3"]
        self.assertCountEqual(self.names_in_the_legend(self.draw(names)), names)


class Page(unittest.TestCase):
    def test_the_tables_are_replaced_and_the_rest_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "README.md"
            page.write_text("before\n<!-- table.txt: written by bench/rivals/run --write -->\nold \\1\n<!-- end of table.txt -->\nafter\n")
            report.write_page("new \\1", page)
            report.write_page("newest \\1", page)
            self.assertRegex(page.read_text(), r"\Abefore\n<!-- .* -->\n```\n\$ bench/rivals/run --write .*\nnewest \\1\n```\n<!-- end .* -->\nafter\n\Z")
            page.write_text("no place")
            self.assertRaisesRegex(build.BuildError, "has no place for the tables", report.write_page, "new", page)

    def test_the_readme_has_the_place(self):
        self.assertEqual(len(report.BLOCK.findall(report.PAGE.read_text(encoding="utf-8"))), 1)

    def test_every_pair_is_built(self):
        self.assertLessEqual({name for pair in report.PAIRS.items() for name in pair}, set(build.NAMES))
        self.assertTrue(command.parse_options(["--write"]).write)


if __name__ == "__main__":
    unittest.main()
