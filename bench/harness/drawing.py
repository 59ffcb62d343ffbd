"""matplotlib's `plt` and `ticker`, with the settings of every plot. They are loaded when the first plot is drawn: bench/compare checks its
options before matplotlib is installed, and to load it takes half a second."""

import functools

from harness.errors import HarnessError

# The ids inside an SVG file depend on the drawing only, so a repeated plot of the same data gives the same file. Names of functions and servers
# may have a dollar sign, which would begin a formula.
SETTINGS = {"svg.hashsalt": "duel", "text.parse_math": False}


@functools.cache
def _loaded():
    try:
        import matplotlib
        matplotlib.use("Agg")  # no display is needed
        matplotlib.rcParams.update(SETTINGS)
        from matplotlib import pyplot, ticker
    except ImportError as error:
        raise HarnessError(f"matplotlib, which draws the plots, cannot be used ({error}); call tools/install --only=plots") from error
    return {"plt": pyplot, "ticker": ticker}


def require():
    """Raises HarnessError if no plot could be drawn: before minutes of measuring."""
    _loaded()


def __getattr__(name):
    """Python calls it for a name that this module does not have."""
    if name not in ("plt", "ticker"):
        raise AttributeError(f"module {__name__} has no {name}")
    return _loaded()[name]
