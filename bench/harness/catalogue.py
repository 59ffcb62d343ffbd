"""bench/compare --list: the scenarios, how long they take and what they need."""

from harness import presets
from harness.errors import HarnessError
from harness.progress import duration
from harness.scenarios import ALIASES, BY_NAME

ALIAS_OF = {name: alias for alias, name in ALIASES.items()}


def questions():
    """A line per scenario, for --help."""
    rows = [(", ".join(filter(None, (name, ALIAS_OF.get(name)))), module.DESCRIPTION) for name, module in BY_NAME.items()]
    width = max(len(names) for names, _ in rows)
    return "\n".join(f"  {names:{width}}  {description}" for names, description in rows)


def question(module):
    """The first sentence of the description."""
    return module.DESCRIPTION.partition("?")[0] + "?"


def needs(module):
    """What must be there, and in brackets what is used if it is there."""
    must = [*module.NEEDS, *["control groups"] * hasattr(module, "LIMITS")]
    may = [*getattr(module, "USES", ()), *["Go"] * bool(getattr(module, "ORIGINALS", ()))]
    return ", ".join([*must, *(f"[{each}]" for each in may)]) or "nothing more"


def overview(names, seconds_of):
    """The table of these scenarios. seconds_of(name, preset) is the planned time of one; it raises HarnessError if it cannot be known."""
    rows = [["scenario", "alias", *[preset if preset == presets.DEFAULT else f"--{preset}" for preset in presets.NAMES], "needs", "question"]]
    sums = dict.fromkeys(presets.NAMES, 0.0)
    for name in names:
        times = []
        for preset in presets.NAMES:
            try:
                seconds = seconds_of(name, preset)
                sums[preset] += seconds
                times.append(duration(seconds))
            except HarnessError:
                times.append("?")
        rows.append([name, ALIAS_OF.get(name, ""), *times, needs(BY_NAME[name]), question(BY_NAME[name])])
    if len(names) > 1:
        rows.append(["together", "", *[duration(sums[preset]) for preset in presets.NAMES], "", ""])
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, "", *NOTES])


NOTES = ["The times are those on this machine, without the build. What stands in brackets is used if it is there. The originals in Go are",
         "counted if they would be measured now; --without-originals leaves them out, --with-originals counts them in any case."]
