"""Flame graphs: the stacks of a profile as boxes, the callers below their callees."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from harness import pprof, table

SHARE_MIN = 0.001  # of the total; a narrower box cannot be seen
TOP = 12  # rows of the table behind a graph
# By the type of the profile: the value of its samples that is drawn, and what it is.
VALUES = {"allocs": ("alloc_space", "bytes allocated since the start"), "heap": ("inuse_space", "bytes in use")}


@dataclass
class Node:
    value: int = 0
    children: dict = field(default_factory=dict)


def of_session(session):
    """A graph per run with profiles. If it has several of a type, the graph is the growth from the first one to the last one."""
    files = defaultdict(list)
    for run_id, kind, name in session.rows("profiles", "run_id", "type", "file"):
        if kind in VALUES:
            files[run_id, kind].append(session.raw / name)
    return [graph(_title(session, run_id, kind, paths), *_stacks(paths, VALUES[kind][0])) for (run_id, kind), paths in files.items()]


def _title(session, run_id, kind, paths):
    cell = session.of_run(run_id)
    growth = "growth of the bytes in use" if kind == "heap" else "bytes allocated during the load"
    return f"{cell.title if cell else run_id}: {growth if len(paths) > 1 else VALUES[kind][1]}"


def _stacks(paths, value):
    """{functions, innermost first: bytes}, and whether the files could be read."""
    stacks = Counter()
    try:
        for sign, path in ((1, paths[-1]), *([(-1, paths[0])] if len(paths) > 1 else [])):
            profile = pprof.parse(path.read_bytes())
            index = profile.types.index(value)
            for functions, values in profile.samples:
                stacks[tuple(functions)] += sign * values[index]
    except (OSError, ValueError):
        return Counter(), False
    return Counter({functions: found for functions, found in stacks.items() if functions and found > 0}), True


def graph(title, stacks, is_read=True):
    """boxes: [level, left, width, function, bytes]; left and width are shares of the total. There is none if nothing was allocated."""
    root = Node()
    for functions, value in stacks.items():
        _add(root, reversed(functions), value)
    boxes = []
    _place(root, 0, 0.0, root.value, boxes)
    total = f"{root.value / 1e6:,.2f} MB" if is_read else "the profile cannot be read"
    return {"title": title, "total": total if boxes or not is_read else "no allocation was sampled", "boxes": boxes, "table": _table(stacks)}


def _add(node, functions, value):
    node.value += value
    for function in functions:
        node = node.children.setdefault(function, Node())
        node.value += value


def _place(node, level, left, total, boxes):
    for function, child in sorted(node.children.items()):
        width = child.value / total
        if width >= SHARE_MIN:
            boxes.append([level, round(left, 5), round(width, 5), function, child.value])
            _place(child, level + 1, left, total, boxes)
        left += width


def _table(stacks):
    """The functions that allocate most, themselves and with the functions that they call."""
    own, together = Counter(), Counter()
    for functions, value in stacks.items():
        own[functions[0]] += value
        together.update(dict.fromkeys(functions, value))
    return {"headers": ["function", "itself, MB", "with its callees, MB", "share of all, %"],
            "rows": [[function, table.number(value / 1e6, 2), table.number(together[function] / 1e6, 2),
                      table.number(100 * value / own.total(), 1)] for function, value in own.most_common(TOP)]}
