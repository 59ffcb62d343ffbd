"""What can be measured: the router styles of the server program, the Go originals of bench/originals, and the server without a router.

A new style needs an entry here, and its figures in article.py. All subjects are measured in the same way; they differ only in their
program and in some of its flags.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from harness.environment import ROOT

GITHUB_ROUTES = ROOT / "router" / "sets" / "github.inc"  # the demo has these routes too


@dataclass(frozen=True)
class Style:
    router: str  # the value of --router
    name: str
    colour: str  # in plots
    pool_flags: dict = field(default_factory=dict)  # by the value of --ROUTER-pool; {}: the style has no such choice
    program: Callable = lambda options: options.server  # its path, from the options of bench/compare
    flags: tuple = ("--no-config",)
    count_flags: tuple = ("--count-allocations=on",)  # so that the stats file has the number of allocations


def original(router, name, colour):
    """A Go program. Its runtime always counts allocations."""
    return Style(router, name, colour, program=lambda options: options.originals[router], flags=(f"--routes={GITHUB_ROUTES}",), count_flags=())


ALL = {style.router: style for style in (
    Style("gin", "Gin", "#1f77b4", {"on": "--pool=on", "off": "--pool=off"}),
    Style("beego", "Beego", "#ff7f0e", {"on": "--beego-context=pooled", "off": "--beego-context=fresh"}),
    Style("echo", "Echo", "#2ca02c"),
    Style("nethttp", "net/http", "#9467bd"),
)}
# The two styles of the article's title. Most scenarios measure them; router_latency measures all styles.
NAMES = {router: ALL[router].name for router in ("gin", "beego")}
COLOURS = {router: style.colour for router, style in ALL.items()}

NULL_COLOUR = "#7f7f7f"  # the null server, which has no style

# The core without a router (bench/null). It takes the flags of the Gin style.
NULL = "null"
# Each style beside its original has a colour of the same hue.
ORIGINALS = {f"go_{style.router}": style for style in (
    original("gin", "Go Gin", "#6baed6"), original("beego", "Go Beego", "#fdae6b"),
    original("echo", "Go Echo", "#74c476"), original("nethttp", "Go net/http", "#9e9ac8"))}
SUBJECTS = {**ALL, **ORIGINALS, NULL: Style("gin", "no router", NULL_COLOUR, ALL["gin"].pool_flags, lambda options: options.null_server)}


def with_originals(options, routers):
    """The two styles of the article, and the originals with these routers if they are measured."""
    return [*NAMES, *(f"go_{router}" for router in routers if options.originals)]
