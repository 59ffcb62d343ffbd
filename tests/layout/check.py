"""Checks the rules of layout.py. Prints each fault and exits 1 if there is one. Usage: check.py [ROOT]"""

import pathlib
import sys

import layout


def main():
    if len(sys.argv) > 2 or not all(pathlib.Path(folder, "tests/layout/rooms.toml").is_file() for folder in sys.argv[1:]):
        print("tests/layout/check.py: the argument is not the root of this project; leave it out, or name the root", file=sys.stderr)
        return 2
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    rooms = layout.read_rooms(root)
    faults = [*layout.arrow_faults(root, rooms), *layout.unused_faults(root, rooms), *layout.namespace_faults(root, rooms),
              *layout.dead_faults(root), *layout.double_faults(root)]
    print("\n".join(faults) if faults else "arrows, namespaces, files and names are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
