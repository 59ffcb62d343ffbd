"""The plots of a session. Every function writes its plot twice: STEM.png and STEM.svg."""

from harness import drawing, styles as router_styles


def runs_and_costs(stem, title, groups, run_metrics, cost_metrics, width=11):
    """Draws panels in two columns. A run metric shows every run as a dot, and the median with its interval. A cost metric shows bars.

    groups: (label, colour) per column. run_metrics: (panel title, [values per group], [Estimate per group]).
    cost_metrics: (panel title, [value per group]). `width` is in inches.
    """
    rows = -(-(len(run_metrics) + len(cost_metrics)) // 2)
    figure, axes = drawing.plt.subplots(rows, 2, figsize=(width, 4 * rows), squeeze=False)
    panels = axes.ravel()
    labels = [label for label, _ in groups]
    for panel, (name, values, estimates) in zip(panels, run_metrics):
        for x, ((_, colour), ys, estimate) in enumerate(zip(groups, values, estimates)):
            _dots(panel, x, ys, colour)
            _interval(panel, x, estimate, markersize=22)
        panel.set_ylim(bottom=0)
        _label_columns(panel, name, labels)
    for panel, (name, values) in zip(panels[len(run_metrics):], cost_metrics):
        known = [0 if value is None else value for value in values]
        bars = panel.bar(range(len(known)), known, color=[colour for _, colour in groups], width=0.6)
        panel.bar_label(bars, ["not counted" if value is None else f"{value:,.1f}" for value in values])
        panel.margins(y=0.15)
        if not any(known):
            panel.set_ylim(0, 1)
        _label_columns(panel, name, labels)
    figure.suptitle(title)
    _write(figure, stem)


def styles(stem, title, subtitle, panels):
    """Draws the picture of the README: one panel per metric, in it a pair of bars (Gin, Beego) per kind of answer.

    panels: (panel title, y label, digits, {kind: {router: (Estimate or None, value or None, [value per run])}}). An Estimate
    draws the interval and the runs; a None value draws "not counted".
    """
    figure, axes = drawing.plt.subplots(1, len(panels), figsize=(4.8 * len(panels), 4.6))
    width = 0.36
    for panel, (name, y_label, digits, kinds) in zip(axes, panels):
        top = 0
        for place, by_router in enumerate(kinds.values()):
            for side, (router, (estimate, value, runs)) in zip((-1, 1), by_router.items()):
                x = place + side * (width / 2 + 0.02)
                height = value or 0
                top = max(top, height, *runs, 0)
                panel.bar(x, height, width, color=router_styles.COLOURS[router], alpha=0.85,
                          label=f"{router_styles.NAMES[router]} style" if place == 0 else None)
                label_at = height
                if estimate:
                    _dots(panel, x, runs, "#333333", spread=width * 0.6, markersize=3)
                    _interval(panel, x, estimate, markersize=0)
                    label_at = max(height, *runs, estimate.high or 0)
                panel.annotate("not counted" if value is None else f"{value:,.{digits}f}", (x, label_at), xytext=(0, 3),
                               textcoords="offset points", ha="center", va="bottom", fontsize=11, fontweight="bold")
        panel.set_ylim(0, top * 1.18 or 1)
        panel.set_title(name, fontsize=11)
        panel.set_ylabel(y_label)
        panel.yaxis.get_major_locator().set_params(integer=True)
        panel.set_xticks(range(len(kinds)), list(kinds))
        panel.set_xlim(-0.6, len(kinds) - 0.4)
        panel.grid(axis="y", alpha=0.3)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.93), ncols=len(labels), frameon=False)
    figure.suptitle(title, fontsize=13)
    figure.text(0.5, 0.01, subtitle, ha="center", va="bottom", fontsize=8, color="#555555")
    _write(figure, stem, rect=(0, 0.07, 1, 0.93))


def brackets(stem, title, subtitle, panels):
    """Draws a bar per value, with its bisection.Bracket as error bar. panels: (title, y label, digits, [(label, colour, Bracket)])."""
    figure, axes = drawing.plt.subplots(1, len(panels), figsize=(4.8 * len(panels), 4.6), squeeze=False)
    for panel, (name, y_label, digits, bars) in zip(axes[0], panels):
        for x, (_, colour, bracket) in enumerate(bars):
            height = bracket.holds or bracket.fails
            panel.bar(x, height, 0.6, color=colour, alpha=0.85 if bracket.holds else 0.3)
            if bracket.holds and bracket.fails:
                panel.errorbar([x], [bracket.holds], yerr=[[bracket.holds - bracket.fails], [0]], color="black", capsize=8)
            text = f"{height:,.{digits}f}" if bracket.holds else f"> {height:,.{digits}f}"
            panel.annotate(text, (x, height), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=11, fontweight="bold")
        panel.set_ylabel(y_label)
        _label_columns(panel, name, [label for label, _, _ in bars])
        panel.margins(y=0.15)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title, fontsize=13)
    figure.text(0.5, 0.01, subtitle, ha="center", va="bottom", fontsize=8, color="#555555")
    _write(figure, stem, rect=(0, 0.09, 1, 1))


def curves(stem, title, panels):
    """Draws the panels side by side. panels: (title, y label, [(label, colour, style, xs, ys)]); x is in seconds."""
    figure, axes = drawing.plt.subplots(1, len(panels), figsize=(6.5 * len(panels), 5), squeeze=False)
    for panel, (name, y_label, curves) in zip(axes[0], panels):
        for label, colour, style, xs, ys in curves:
            panel.plot(xs, ys, style, color=colour, label=label, markersize=3)
        panel.set(title=name, xlabel="seconds", ylabel=y_label, xlim=(0, None), ylim=(0, None))
        panel.grid(alpha=0.3)
        panel.legend()
    figure.suptitle(title)
    _write(figure, stem)


def against_threads(stem, title, threads, panels):
    """Draws one panel per metric side by side, with the number of server threads as x. A panel is (title, curves), and a curve is
    (label, colour, [values per x], [Estimate per x], [whether the point is filled, per x], ideal values or None)."""
    figure, axes = drawing.plt.subplots(1, len(panels), figsize=(6.5 * len(panels), 5.4))
    for panel, (name, curves) in zip(axes, panels):
        for label, colour, runs, found, filled, ideal in curves:
            panel.plot(threads, [estimate.median for estimate in found], "-", color=colour, label=label)
            if ideal:
                panel.plot([0, *threads], [0, *ideal], "--", color=colour, alpha=0.6, label=f"{label}, ideal")
            for x, ys, estimate, is_filled in zip(threads, runs, found, filled):
                _dots(panel, x, ys, colour, spread=0.04 * threads[-1], markersize=3)
                _interval(panel, x, estimate, markersize=0)
                panel.plot([x], [estimate.median], "o", color=colour, markerfacecolor=colour if is_filled else "white", markersize=9)
        top = max(value for _, _, runs, _, _, ideal in curves for values in [*runs, ideal or [0]] for value in values)
        panel.set(title=name, xlabel="threads of the server", xlim=(0, 1.1 * threads[-1]), ylim=(0, 1.08 * top))
        panel.set_xticks(threads)
        panel.yaxis.set_major_formatter("{x:,.0f}" if panel.get_ylim()[1] > 100 else "{x:,.2f}")
        panel.grid(alpha=0.3)
    handles, labels = axes[0].get_legend_handles_labels()
    if not all(is_filled for _, curves in panels for curve in curves for is_filled in curve[4]):
        handles.append(axes[0].plot([], [], "o", color="#555555", markerfacecolor="white", markersize=9)[0])
        labels.append("the server was not the limit")
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.93), ncols=len(labels), frameon=False, fontsize=9)
    figure.suptitle(title, fontsize=10)
    _write(figure, stem, rect=(0, 0, 1, 0.89))


def over_connections(stem, title, steps, maximum, panels):
    """Draws the panels side by side, over the number of connections. panels: (title, [(label, colour, [Estimate per step])]). A line marks
    `maximum`, the connections that a server accepts."""
    figure, axes = drawing.plt.subplots(1, len(panels), figsize=(6.5 * len(panels), 5), squeeze=False)
    for panel, (name, curves) in zip(axes[0], panels):
        for label, colour, found in curves:
            panel.plot(steps, [estimate.median for estimate in found], "o-", color=colour, label=label, markersize=4)
            known = [estimate for estimate in found if estimate.known]
            if known:
                panel.fill_between(steps, [estimate.low for estimate in known], [estimate.high for estimate in known], color=colour, alpha=0.15)
        panel.axvline(maximum, color="#444444", linestyle="--", linewidth=1, label="--max-connections")
        panel.set(title=name, xlabel="connections", xlim=(0, None), ylim=(0, None))
        panel.yaxis.set_major_formatter("{x:,g}")
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.grid(alpha=0.3)
    axes[0][0].legend(loc="lower left")
    figure.suptitle(title, fontsize=9)
    _write(figure, stem)


def soak(stem, title, samples):
    """Draws memory, descriptors and requests over time; `samples` as soak.load() returns them."""
    seconds, rss, descriptors, requests, _errors = zip(*samples)
    lines(stem, title, "minutes", [second / 60 for second in seconds],
          [("RSS, MB", rss), ("open descriptors", descriptors), ("requests sent", requests)], marker=None)


def latency_percentiles(stem, title, curves, points, subtitle):
    """Draws latencies over percentiles as HdrHistogram's plots do: each step to the right has ten times fewer requests above it.

    curves: (label, colour, histogram of ns), perhaps none. points: (label, quantile, us), figures of others.
    """
    figure, panel = drawing.plt.subplots(figsize=(9, 5.5))
    rarest = min([1 - part for _, part, _ in points], default=0.1)
    for label, colour, histogram in curves:
        total = sum(histogram.values())
        rarest = min(rarest, 1 / total)
        seen, above, latencies_us = 0, [], []
        for value, count in histogram.items():
            above += [1 - seen / total, max(1 - (seen + count) / total, 1 / total)]
            latencies_us += [value / 1e3] * 2
            seen += count
        panel.plot([1 / share for share in above], latencies_us, color=colour, label=label)
    for marker, (label, part, us) in zip("o^s", points):
        panel.plot(1 / (1 - part), us, marker, color="#444444", markersize=6, label=label)
    decades = [10**power for power in range(8) if 10**power <= 1 / rarest]
    panel.set(xscale="log", yscale="log", xlim=(1, 1 / rarest), xlabel="percentile", ylabel="latency, us")
    panel.set_xticks(decades, ["0", "90", "99", "99.9", "99.99", "99.999", "99.9999", "99.99999"][:len(decades)])
    panel.xaxis.set_minor_locator(drawing.ticker.NullLocator())
    _plain_log(panel.yaxis)
    panel.grid(alpha=0.3)
    panel.legend(loc="upper left")
    figure.suptitle(title)
    figure.text(0.5, 0.01, subtitle, ha="center", va="bottom", fontsize=8, color="#555555")
    _write(figure, stem, rect=(0, 0.03, 1, 1))


def load_modes(stem, title, modes, subtitle):
    """Draws a column per mode, over the intended rate.

    modes: (title, [(label, colour, rates, [values per row], rate of the knee or None)], the article's knee). The rows are the P99 in ms,
    the achieved rate and the peak RSS in MB.
    """
    names = ["P99, ms", "achieved requests/s", "peak RSS, MB"]
    figure, axes = drawing.plt.subplots(len(names), len(modes), figsize=(5 * len(modes), 3.7 * len(names)), squeeze=False)
    for panels, (name, curves, article) in zip(axes.T, modes):
        rates = [rate for _, _, of_curve, *_ in curves for rate in of_curve]
        panels[1].plot([min(rates), max(rates)], [min(rates), max(rates)], ":", color="#999999", label="achieved = intended")
        for label, colour, xs, rows, knee in curves:
            for panel, values in zip(panels, rows):
                panel.plot(xs, values, "o-", color=colour, label=label, markersize=4)
                if knee in xs:
                    panel.plot(knee, values[xs.index(knee)], "*", color=colour, markersize=16, markeredgecolor="black")
        for panel in panels:
            panel.axvline(article, color="#444444", linestyle="--", linewidth=1, label="the article's knee")
            panel.set(xscale="log", yscale="log")
            _plain_log(panel.xaxis)
            _plain_log(panel.yaxis)
            panel.tick_params(axis="x", rotation=45)
            panel.grid(alpha=0.3)
        panels[0].set_title(name, fontsize=10)
        panels[-1].set_xlabel("intended requests/s")
    for panel, name in zip(axes[:, 0], names):
        panel.set_ylabel(name)
    handles, labels = axes[1][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0.97), ncols=len(labels), frameon=False)
    figure.suptitle(title)
    figure.text(0.5, 0.01, subtitle, ha="center", va="bottom", fontsize=8, color="#555555")
    _write(figure, stem, rect=(0, 0.03, 1, 0.95))


def lines(stem, title, x_name, xs, panels, marker="o"):
    """Draws one panel per (name, values), one above the other."""
    figure, axes = drawing.plt.subplots(len(panels), 1, figsize=(9, 2.7 * len(panels)), sharex=True, squeeze=False)
    axes = axes[:, 0]
    for panel, (name, values) in zip(axes, panels):
        panel.plot(xs, values, linewidth=1, marker=marker)
        panel.set_ylim(0, 1.08 * max(values) or 1)
        panel.set_ylabel(name)
        panel.grid(alpha=0.3)
    axes[-1].set_xlabel(x_name)
    if all(isinstance(x, int) for x in xs):
        axes[-1].xaxis.get_major_locator().set_params(integer=True)
    figure.suptitle(title)
    _write(figure, stem)


def _dots(panel, x, ys, colour, spread=0.3, markersize=5):
    """The runs side by side in the order in which they were made, so that a drift is visible."""
    offsets = [x + spread * (i / max(len(ys) - 1, 1) - 0.5) for i in range(len(ys))]
    panel.plot(offsets, ys, "o", color=colour, alpha=0.5, markersize=markersize)


def _interval(panel, x, estimate, markersize):
    if estimate.known:
        panel.errorbar([x], [estimate.median],
                       yerr=[[estimate.median - estimate.low], [estimate.high - estimate.median]],
                       color="black", capsize=8, fmt="_", markersize=markersize)


def _label_columns(panel, name, labels):
    panel.set_title(name)
    panel.set_xticks(range(len(labels)), labels)
    panel.set_xlim(-0.6, len(labels) - 0.4)
    panel.grid(axis="y", alpha=0.3)


def _plain_log(axis):
    """Labels 1, 2, 5, 10, ... on a logarithmic axis, as plain numbers."""
    axis.set_major_locator(drawing.ticker.LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(drawing.ticker.StrMethodFormatter("{x:,g}"))
    axis.set_minor_locator(drawing.ticker.NullLocator())


def _write(figure, stem, rect=(0, 0, 1, 1)):
    """The background is white and opaque, so the plot is readable on dark pages too."""
    figure.tight_layout(rect=rect)
    figure.savefig(stem.with_suffix(".png"), dpi=110, facecolor="white")
    figure.savefig(stem.with_suffix(".svg"), facecolor="white", metadata={"Date": None})
    drawing.plt.close(figure)
