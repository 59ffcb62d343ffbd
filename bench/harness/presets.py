"""How much a scenario measures: three named sets of values for the options that the command line leaves out.

Each scenario has one table, PRESETS. Its rows are the presets, its keys are options of bench/compare: `rounds`, `seconds` per run,
`warm_up` in seconds, `connections`, and `rate` or `p99_ms` if the scenario has a service level.
"""

QUICK, DEFAULT, FULL = NAMES = ("quick", "default", "full")


def changed(presets, quick=None, default=None, full=None, **all_rows):
    """A copy of the table with other values, for some rows or for all."""
    rows = {QUICK: quick, DEFAULT: default, FULL: full}
    return {name: {**presets[name], **all_rows, **(rows[name] or {})} for name in NAMES}


QUICK_WARM_UP_S = 0.3  # time for some ten thousand requests
# Of a scenario that measures its cells in rounds. Quick: two rounds cancel a drift, and all scenarios together take less than 20 minutes.
# Full: the article's 60 s, and enough rounds to publish a ratio (comparison.ROUNDS_TO_PUBLISH).
IN_ROUNDS = {
    QUICK: {"rounds": 2, "seconds": 1, "warm_up": QUICK_WARM_UP_S, "connections": 512},
    DEFAULT: {"rounds": 5, "seconds": 3, "warm_up": 1, "connections": 512},
    FULL: {"rounds": 10, "seconds": 60, "warm_up": 5, "connections": 512},
}
