"""Flame graphs: the stacks of a profile as boxes, the callers below their callees."""

from collections import Counter
from dataclasses import dataclass, field

from harness import pprof, table

SHARE_MIN = 0.001  # of the total; a narrower box cannot be seen
TOP = 12  # rows of the table behind a graph
# The names of functions of this project, and of the Go originals with their frameworks: the others belong to libraries and runtimes.
OWN = ("duel::", "main.", "github.com/")


@dataclass(frozen=True)
class Kind:
    """How a type of profile is drawn."""

    value: str  # the value of its samples
    what: str
    growth: str  # what two profiles of the same run show
    unit: str  # of totals and of the table
    scale: float  # how many of the value are one unit
    exact: tuple  # unit and scale beside the pointer
    nothing: str  # in place of a total, if there is no sample


_MEMORY = {"unit": "MB", "scale": 1e6, "exact": ("bytes", 1), "nothing": "no allocation was sampled"}
KINDS = {"allocs": Kind("alloc_space", "bytes allocated since the start", "bytes allocated during the load", **_MEMORY),
         "heap": Kind("inuse_space", "bytes in use", "growth of the bytes in use", **_MEMORY),
         "cpu": Kind("cpu", "CPU time of the same load", "CPU time", "ms", 1e6, ("ms", 1e6), "no CPU time was sampled")}
MEMORY, CPU = ("allocs", "heap"), ("cpu",)


@dataclass
class Node:
    value: int = 0
    children: dict = field(default_factory=dict)


def of_session(session, kinds=MEMORY):
    """A graph per run with profiles of these kinds. If it has several of a kind, the graph is the growth from the first one to the last one."""
    files = {}
    for run_id, kind, name in session.rows("profiles", "run_id", "type", "file"):
        if kind in kinds:
            files.setdefault((run_id, KINDS[kind]), []).append(session.raw / name)
    return [graph(_title(session, run_id, kind, paths), *_stacks(paths, kind.value), kind) for (run_id, kind), paths in files.items()]


def _title(session, run_id, kind, paths):
    cell = session.of_run(run_id)
    return f"{cell.title if cell else run_id}: {kind.growth if len(paths) > 1 else kind.what}"


def _stacks(paths, value):
    """{functions, innermost first: value}, and whether the files could be read."""
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


def graph(title, stacks, is_read=True, kind=KINDS["allocs"]):
    """boxes: [level, left, width, function, value]; left and width are shares of the total. There is none if nothing was sampled."""
    root = Node()
    for functions, value in stacks.items():
        _add(root, reversed(functions), value)
    boxes = []
    _place(root, 0, 0.0, root.value, boxes)
    total = f"{root.value / kind.scale:,.2f} {kind.unit}" if is_read else "the profile cannot be read"
    return {"title": title, "total": total if boxes or not is_read else kind.nothing, "boxes": boxes, "own": OWN, "exact": kind.exact,
            "table": _table(stacks, kind)}


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


def _table(stacks, kind):
    """The functions with the largest values, themselves and with the functions that they call."""
    own, together = Counter(), Counter()
    for functions, value in stacks.items():
        own[functions[0]] += value
        together.update(dict.fromkeys(functions, value))
    return {"headers": ["function", f"itself, {kind.unit}", f"with its callees, {kind.unit}", "share of all, %"],
            "rows": [[function, table.number(value / kind.scale, 2), table.number(together[function] / kind.scale, 2),
                      table.number(100 * value / own.total(), 1)] for function, value in own.most_common(TOP)]}
