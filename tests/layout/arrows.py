"""Checks the arrows between the rooms: servers -> router -> http -> alloc, and no router knows the other.

Every #include of one of the project's own files must name it by its room ("http/request.h") and reach only rooms below.
Prints each include that does not, and exits 1. Usage: arrows.py [ROOT]
"""

import pathlib
import posixpath
import re
import sys

BELOW = {
    "alloc": {"alloc"},
    "http": {"http", "alloc"},
    "router/gin": {"router/gin", "router/sets", "http", "alloc"},
    "router/sql": {"router/sql"},
    "router/beego": {"router/beego", "router/sql", "router/sets", "http", "alloc"},
    "router/sets": {"router/sets"},
    "servers": {"servers", "router/gin", "router/beego", "router/sql", "router/sets", "http", "alloc"},
    "bench/rivals": {"bench/rivals", "router/gin", "router/beego", "router/sets", "http", "alloc"},
    "bench/null": {"bench/null", "servers", "http", "alloc"},
    "bench/micro": {"bench/micro", "router/gin", "router/beego", "router/sets", "http", "alloc"},
}
SUFFIXES = {".h", ".cc", ".inc"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """The room that a path (relative to the root, with /) lies in, or None."""
    return next((room for room in BELOW if path.startswith(room + "/")), None)


def faults(root):
    """One sentence for each wrong include below `root`."""
    found = []
    for room, allowed in BELOW.items():
        for file in sorted((root / room).rglob("*")):
            if file.suffix not in SUFFIXES:
                continue
            for quote, target in INCLUDE.findall(file.read_text(encoding="utf-8")):
                where = f"{file.relative_to(root)}: #include {target}"
                target_room = room_of(posixpath.normpath(target))
                if target_room is None:
                    if quote == '"':
                        found.append(f"{where}: the project's files are named by their room, as in \"http/request.h\"")
                elif target_room not in allowed:
                    found.append(f"{where}: {room} must not know {target_room}")
                elif not (root / target).is_file():
                    found.append(f"{where}: there is no such file")
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    found = faults(root)
    print("\n".join(found) if found else "every include follows the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
