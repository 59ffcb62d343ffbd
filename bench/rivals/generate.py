"""Generates route sets in the format of router/sets: `generate.py ROUTER_SETS TO`.

grown20, grown200, grown2000: a REST service with ten routes per resource. misses: GitHub's routes, and paths that match
none of them. long: GitHub's routes with parameters, each value LONG_BYTES long.
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from harness import options  # noqa: E402

LONG_BYTES = 200
GROWN = (20, 200, 2000)
ROUTE = re.compile(r'DUEL_ROUTE\((\w+), "([^"]*)", "([^"]*)"\)')
AREAS = ("account", "admin", "analytics", "archive", "billing", "calendar", "catalog", "content", "delivery", "events",
         "finance", "identity", "inventory", "marketing", "media", "messages", "orders", "partners", "reports", "support")
NOUNS = ("actions", "bundles", "comments", "contacts", "documents", "entries", "groups", "invoices", "items", "templates")
SHAPES = (("GET", ""), ("POST", ""), ("GET", "/:id"), ("PUT", "/:id"), ("DELETE", "/:id"), ("GET", "/:id/members"),
          ("POST", "/:id/members"), ("GET", "/:id/members/:member"), ("DELETE", "/:id/members/:member"), ("GET", "/:id/status"))


def read(path):
    """Returns (method, pattern, path) of each route."""
    return ROUTE.findall(path.read_text(encoding="ascii"))


def fill(pattern, value):
    """Replaces each parameter of the pattern by value(index of the parameter, its name)."""
    parts, number = pattern.split("/"), 0
    for i, part in enumerate(parts):
        if part.startswith(":"):
            parts[i] = value(number, part[1:])
            number += 1
    return "/".join(parts)


def grown(count):
    resources = [f"/{AREAS[i % len(AREAS)]}/{NOUNS[i // len(AREAS)]}" for i in range(count // len(SHAPES))]
    patterns = [(method, resource + shape) for resource in resources for method, shape in SHAPES]
    return [(method, pattern, fill(pattern, lambda i, name: f"{name}{10007 * (i + 7)}")) for method, pattern in patterns]


def long(routes):
    def value(number, name):
        return (name + str(number) + "-abcdefghijklmnopqrstuvwxyz0123456789" * LONG_BYTES)[:LONG_BYTES]
    return [(method, pattern, fill(pattern, value)) for method, pattern, _ in routes if ":" in pattern]


def misses(routes):
    """Returns paths that differ from a real path at the beginning, at the last byte or after the end, and match no route. Echo's last
    parameter takes the rest of the path with its slashes, so such a path is left out too."""
    def paths(pattern):
        return re.compile(re.sub(r":\w+", "[^/]+", re.sub(r":\w+$", ".+", pattern)) + "/?")
    known = [(method, paths(pattern)) for method, pattern, _ in routes]
    found = []
    for i, (method, _, path) in enumerate(routes):
        miss = (f"/nope{path}", f"{path[:-1]}~", f"{path}/nope")[i % 3]
        if not any(method == other and pattern.fullmatch(miss) for other, pattern in known):
            found.append((method, miss))
    return found


def text(routes, missing=()):
    lines = [f'DUEL_ROUTE({method}, "{pattern}", "{path}")' for method, pattern, path in routes]
    return "\n".join(lines + [f'DUEL_MISS({method}, "{path}")' for method, path in missing]) + "\n"


def main(sets, to):
    github = read(sets / "github.inc")
    files = {f"grown{count}": text(grown(count)) for count in GROWN}
    files["long"] = text(long(github))
    files["misses"] = text(github, misses(github))
    to.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (to / f"{name}.inc").write_text(content, encoding="ascii")


def parser():
    found = options.Parser(prog="bench/rivals/generate.py", description="Generates route sets in the format of router/sets.")
    found.add_argument("sets", type=options.readable_folder, metavar="ROUTER_SETS", help="the folder router/sets")
    found.add_argument("to", type=options.writable_folder, metavar="TO", help="the folder for the new sets")
    return found


if __name__ == "__main__":
    arguments = parser().parse_args()
    main(arguments.sets, arguments.to)
