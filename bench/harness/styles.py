"""The router styles of the server program, in one place. A new style needs an entry here, and its figures in article.py."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Style:
    router: str  # the value of --router
    name: str
    colour: str  # in plots
    pool_flags: dict = field(default_factory=dict)  # by the value of --ROUTER-pool; {}: the style has no such choice


ALL = {style.router: style for style in (
    Style("gin", "Gin", "#1f77b4", {"on": "--pool=on", "off": "--pool=off"}),
    Style("beego", "Beego", "#ff7f0e", {"on": "--beego-context=pooled", "off": "--beego-context=fresh"}),
)}
NAMES = {router: style.name for router, style in ALL.items()}
COLOURS = {router: style.colour for router, style in ALL.items()}
NULL_COLOUR = "#7f7f7f"  # the null server, which has no style
