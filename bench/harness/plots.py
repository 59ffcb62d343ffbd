"""The pictures of a session."""

import matplotlib

matplotlib.use("Agg")  # no display is needed
import matplotlib.pyplot as plt  # noqa: E402


def runs_and_costs(path, title, groups, run_metrics, cost_metrics, width=11):
    """Writes a PNG: for each run metric a panel with every run as a dot and the median with its interval, for each cost
    metric a panel with bars.

    groups: (label, colour) per column. run_metrics: (panel title, [values per group], [Estimate per group]).
    cost_metrics: (panel title, [value per group]). Four panels in all; `width` in inches.
    """
    figure, axes = plt.subplots(2, 2, figsize=(width, 8))
    panels = axes.ravel()
    labels = [label for label, _ in groups]
    for panel, (name, values, estimates) in zip(panels, run_metrics):
        for x, ((_, colour), ys, estimate) in enumerate(zip(groups, values, estimates)):
            # Runs side by side in the order they were made, so that a drift shows.
            offsets = [x + 0.3 * (i / max(len(ys) - 1, 1) - 0.5) for i in range(len(ys))]
            panel.plot(offsets, ys, "o", color=colour, alpha=0.5, markersize=5)
            if estimate.known:
                panel.errorbar([x], [estimate.median],
                               yerr=[[estimate.median - estimate.low], [estimate.high - estimate.median]],
                               color="black", capsize=8, fmt="_", markersize=22)
        panel.set_ylim(bottom=0)
        _dress(panel, name, labels)
    for panel, (name, values) in zip(panels[len(run_metrics):], cost_metrics):
        known = [0 if value is None else value for value in values]
        bars = panel.bar(range(len(known)), known, color=[colour for _, colour in groups], width=0.6)
        panel.bar_label(bars, ["not counted" if value is None else f"{value:,.1f}" for value in values])
        panel.margins(y=0.15)
        if not any(known):
            panel.set_ylim(0, 1)
        _dress(panel, name, labels)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def curves(path, title, panels):
    """Writes a PNG with a panel beside another. panels: (title, label of y, [(label, colour, style, xs, ys)]); x is seconds."""
    figure, axes = plt.subplots(1, len(panels), figsize=(6.5 * len(panels), 5), squeeze=False)
    for panel, (name, y_label, curves) in zip(axes[0], panels):
        for label, colour, style, xs, ys in curves:
            panel.plot(xs, ys, style, color=colour, label=label, markersize=3)
        panel.set(title=name, xlabel="s", ylabel=y_label, xlim=(0, None), ylim=(0, None))
        panel.grid(alpha=0.3)
        panel.legend()
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _dress(panel, name, labels):
    panel.set_title(name)
    panel.set_xticks(range(len(labels)), labels)
    panel.set_xlim(-0.6, len(labels) - 0.4)
    panel.grid(axis="y", alpha=0.3)


def soak(path, title, samples):
    """Writes a PNG of memory, descriptors and requests over the time; `samples` as soak.load() gives them."""
    seconds, rss, descriptors, requests, _errors = zip(*samples)
    lines(path, title, "minutes", [second / 60 for second in seconds],
          [("RSS, MB", rss), ("open descriptors", descriptors), ("requests sent", requests)], marker=None)


def lines(path, title, x_name, xs, panels, marker="o"):
    """Writes a PNG with a panel for each (name, values), one above the other."""
    figure, axes = plt.subplots(len(panels), 1, figsize=(9, 2.7 * len(panels)), sharex=True)
    for panel, (name, values) in zip(axes, panels):
        panel.plot(xs, values, linewidth=1, marker=marker)
        panel.set_ylim(bottom=0)
        panel.set_ylabel(name)
        panel.grid(alpha=0.3)
    axes[-1].set_xlabel(x_name)
    figure.suptitle(title)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
