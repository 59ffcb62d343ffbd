"""What router_style measures: the columns of its table, and the loads under which each of them is measured."""

from dataclasses import dataclass, replace

from harness import cgroup, duel_load, slices
from harness.session import NULL, Cell

EXTRA_CONNECTIONS = 64  # of the loads that the article does not have
PIPELINE = 16
QUOTA_PERCENT = 40  # of one CPU: the client is far from its own limit
RATE = 10_000
RATE_SHARE = 0.6  # of the smaller ceiling
RATE_STEP = 1_000  # the rate is rounded down
EXTRA_SHARE = 0.3  # of --seconds: a round has four of these loads, so each of them is short. At least 3,000 requests at the low rate tell a P99
EXTRA_SECONDS_MAX = 5  # even with --seconds=60, the article's minute

ALONE, BATCH, QUOTA, LOW, HIGH = "alone", "batch", "quota", "low", "high"
MODES = (ALONE, BATCH, LOW, HIGH, QUOTA)
# The loads of the slices (harness/slices.py). A result that is published has SLICES_TO_PUBLISH rounds of them, another result has SLICES_USUAL.
SLICES_ALONE = slices.Kind("alone_in_slices", "that come alone", 1, "report.lua")
SLICES_BATCH = slices.Kind("batch_in_slices", f"in batches of {PIPELINE}", PIPELINE, "batches_of_16.lua")
SLICES = (SLICES_ALONE, SLICES_BATCH)
SLICES_TO_PUBLISH, SLICES_USUAL = 240, 10
# Two processes of one program can differ by a percent in CPU time, probably because they have other pages of memory. So new servers are started
# after this number of rounds.
SLICES_PER_START = 20
SEEK_MAXIMUM = (ALONE, BATCH)  # the loads that are as fast as the slower side; the null server shows the ceiling of the client


def key_under(mode, cell):
    """The key of the cell under this load."""
    return cell.key if mode == ALONE else f"{cell.key}_{mode}"


@dataclass(frozen=True)
class Mode:
    """A kind of load."""

    key: str
    plan: duel_load.Plan | None  # None: the article's load
    limits: cgroup.Limits | None = None

    @property
    def seeks_maximum(self):
        return self.key in SEEK_MAXIMUM

    def cell(self, cell, session):
        """The cell under this load."""
        if self.plan is None:
            return cell
        return replace(cell, key=key_under(self.key, cell), title=f"{cell.title}, {self.key}", plan=self.plan, limits=self.limits,
                       seconds=min(EXTRA_SHARE * session.options.seconds, EXTRA_SECONDS_MAX))


AS_IN_THE_ARTICLE = Mode(ALONE, None)
BATCHES = Mode(BATCH, duel_load.Plan(connections=EXTRA_CONNECTIONS, pipeline=PIPELINE))
WITH_QUOTA = Mode(QUOTA, duel_load.Plan(connections=EXTRA_CONNECTIONS), cgroup.Limits(cpu_percent=QUOTA_PERCENT))
AT_LOW_RATE = Mode(LOW, duel_load.Plan(rate=RATE, connections=EXTRA_CONNECTIONS))


def at_high_rate(rate):
    return Mode(HIGH, duel_load.Plan(rate=rate, connections=EXTRA_CONNECTIONS))


GIN_TEXT = Cell("gin_text", "Gin text", "gin", "/ping")
GIN_AGAIN = Cell("gin_text_again", "Gin text again", "gin", "/ping")
GIN_JSON = Cell("gin_json", "Gin JSON", "gin", "/json")
BEEGO_TEXT = Cell("beego_text", "Beego text", "beego", "/ping")
BEEGO_JSON = Cell("beego_json", "Beego JSON", "beego", "/json")
COLUMNS = [GIN_TEXT, BEEGO_TEXT, GIN_JSON, BEEGO_JSON]
GO_COLUMNS = [cell.original() for cell in COLUMNS]
NULL_CELL = Cell("ceiling", "null server", NULL, GIN_TEXT.path)

# (heading, Gin's cell, Beego's cell)
PAIRS = [("text/text", GIN_TEXT, BEEGO_TEXT), ("JSON/JSON", GIN_JSON, BEEGO_JSON),
         ("Gin text/Beego JSON", GIN_TEXT, BEEGO_JSON)]
A_A = ("A/A", GIN_TEXT, GIN_AGAIN)
ORIGINAL_OF = dict(zip(COLUMNS, GO_COLUMNS))


def columns(options):
    return [*COLUMNS, *(GO_COLUMNS if options.originals else [])]


def timed(options):
    return [*columns(options), GIN_AGAIN]
