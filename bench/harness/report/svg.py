"""The charts of a report (charts.py) as SVG files, for a README."""

import os
import re

from harness import drawing

WIDTH = 7  # inches of a panel
PERCENTILES = ["0", "90", "99", "99.9", "99.99", "99.999", "99.9999", "99.99999"]
LETTERS_PER_WIDTH = 105  # of a box that is as wide as the panel


def write(chart, folder):
    """Writes FOLDER/NAME.svg and returns its path."""
    panels = chart["panels"]
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    heights = [HEIGHT[chart["kind"]](panel) for panel in panels]
    figure, axes = drawing.plt.subplots(rows, columns, figsize=(WIDTH * columns, max(heights) * rows), squeeze=False)
    for axis in axes.flat[len(panels):]:
        axis.set_visible(False)
    for axis, panel in zip(axes.flat, panels):
        axis.set_title(panel["title"], fontsize=11)
        DRAW[chart["kind"]](axis, panel)
    figure.suptitle(chart["title"])
    figure.text(0.5, 0.005, chart["note"], ha="center", va="bottom", fontsize=8, color="#555555", wrap=True)
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    path = folder / f"{chart['name']}.svg"
    part = path.with_suffix(".svg.part")
    # The background is white and opaque, so the plot is readable on dark pages too.
    figure.savefig(part, format="svg", facecolor="white", metadata={"Date": None})
    drawing.plt.close(figure)
    os.replace(part, path)
    return path


def _bars(axis, panel):
    rows = panel["rows"][::-1]  # the first one is drawn at the top
    for place, row in enumerate(rows):
        axis.barh(place, row["median"], 0.55, color=row["colour"], alpha=0.8)
        axis.plot(row["runs"], [place] * len(row["runs"]), "o", color="#333333", alpha=0.5, markersize=3)
        if row["low"] is not None:
            axis.errorbar([row["median"]], [place], xerr=[[row["median"] - row["low"]], [row["high"] - row["median"]]], color="black", capsize=4)
        end = max(row["median"], row["high"] or 0, *row["runs"], 0)
        axis.annotate(row["text"], (end, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9, fontweight="bold")
    axis.set_yticks(range(len(rows)), [row["label"] for row in rows])
    axis.set_xlim(0, 1.18 * max([row["high"] or row["median"] for row in rows] + [run for row in rows for run in row["runs"]]) or 1)
    axis.xaxis.set_major_formatter("{x:,g}")
    axis.grid(axis="x", alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)


def _percentiles(axis, panel):
    for curve in panel["curves"]:
        _curve(axis, curve)
    for marker, mark in zip("osD^v", panel["marks"]):
        axis.plot(*mark["at"], marker, color="#444444", markersize=6, label=mark["label"])
    last = max(x for curve in panel["curves"] for x, _ in curve["points"])
    decades = [10**power for power in range(len(PERCENTILES)) if 10**power <= last]
    axis.set(xscale="log", yscale="log", xlabel="percentile", ylabel="us")
    axis.set_xticks(decades, PERCENTILES[:len(decades)])
    axis.xaxis.set_minor_locator(drawing.ticker.NullLocator())
    _plain_log(axis.yaxis)
    axis.grid(alpha=0.3)
    axis.legend(loc="upper left", fontsize=8)


def _lines(axis, panel):
    for curve in panel["curves"]:
        _curve(axis, curve, marker="o", markersize=3)
        axis.plot(*zip(*[point for point in curve["points"] if point[0] == curve["star"]] or [(None, None)]), "*", color=curve["colour"],
                  markersize=15, markeredgecolor="black")
    if panel["log"]:
        axis.set(xscale="log", yscale="log")
        _plain_log(axis.xaxis)
        _plain_log(axis.yaxis)
    else:
        axis.set(xlim=(0, None), ylim=(0, None))
    if panel["guide"]:
        axis.axvline(panel["guide"]["x"], color="#444444", linestyle="--", linewidth=1, label=panel["guide"]["label"])
    axis.set_xlabel(panel["x"])
    axis.grid(alpha=0.3)
    axis.legend(fontsize=8)


def _flames(axis, panel):
    for level, left, width, name, _ in panel["boxes"]:
        axis.barh(level, width, 0.95, left=left, color="#f0a35e" if name.startswith(tuple(panel["own"])) else "#c9ced6", edgecolor="white", linewidth=0.5)
        letters = int(width * LETTERS_PER_WIDTH)
        shown = re.sub(r"^(duel::|github\.com/.*/)", "", name).replace("(anonymous namespace)::", "")
        if letters > 3:
            axis.text(left + 0.003, level, shown if len(shown) <= letters else shown[:letters - 1] + "…", va="center", fontsize=7, clip_on=True)
    axis.set(xlim=(0, 1), ylim=(-0.6, _levels(panel) - 0.4), yticks=[], xticks=[])
    axis.set_xlabel(panel["total"])
    axis.spines[:].set_visible(False)


def _levels(panel):
    return 1 + max((box[0] for box in panel["boxes"]), default=0)


def _curve(axis, curve, **look):
    dashes = [float(part) / 2 for part in curve["dash"].split()] or (None, None)
    axis.plot(*zip(*curve["points"]), color=curve["colour"], label=curve["label"], dashes=dashes, **look)


def _plain_log(axis):
    """Labels 1, 2, 5, 10, ... on a logarithmic axis, as plain numbers."""
    axis.set_major_locator(drawing.ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(drawing.ticker.StrMethodFormatter("{x:,g}"))
    axis.set_minor_locator(drawing.ticker.NullLocator())


DRAW = {"bars": _bars, "percentiles": _percentiles, "lines": _lines, "flames": _flames}
HEIGHT = {"bars": lambda panel: 1.3 + 0.4 * len(panel["rows"]), "percentiles": lambda _: 5, "lines": lambda _: 4,
          "flames": lambda panel: 1.2 + 0.22 * _levels(panel)}
