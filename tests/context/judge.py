"""Compares a twin with recorded exchanges.

A difference is excused only if the style's module of excuses (excused_STYLE.py) names a class for it: its function
`excuse(difference)` decides from the request, from the recorded answer and from ours. The README of the style lists the classes.

A handler of a twin that the style has no counterpart for answers with the field X-Without-Counterpart, whose value says of what.
"""

import collections
import dataclasses

from masks import Holes, date_of, matches
from recorded import Digest, Exchange
from wire import Answer, BadAnswer, exchange as send

WITHOUT_COUNTERPART = "X-Without-Counterpart"
# Fields of the core and of framing, which are no words of the framework.
FRAMING = {"date", "connection", "transfer-encoding"}


@dataclasses.dataclass
class Difference:
    """One exchange whose answer is another. `parts` names what differs: "status", "body", "interim", "answer" (there is none, or
    it breaks HTTP), or the name of a field in small letters."""
    app: str
    recorded: Exchange
    ours: "Answer | None"
    parts: dict  # part -> a sentence

    def only(self, *parts):
        """Whether nothing but these parts differs."""
        return set(self.parts) <= set(parts)


@dataclasses.dataclass
class Result:
    agreed: int = 0
    free: int = 0
    excused: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))  # class -> ids
    absent: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(list))  # what has no counterpart -> ids
    differences: list = dataclasses.field(default_factory=list)  # of (case, sentence)

    def by_group(self):
        return collections.Counter(case.group for case, _ in self.differences)

    def summary(self):
        count = lambda lists: sum(map(len, lists.values()))  # noqa: E731
        return (f"{self.agreed} agreed, {len(self.differences)} differ, {count(self.excused)} excused, {self.free} free, "
                f"{count(self.absent)} without a counterpart")


def judge(cases, ports, excuse):
    """Sends every case to its application; `ports` has their ports, `excuse` is a function from Difference to class or None."""
    result = Result()
    for case in cases:
        if case.app not in ports:
            result.absent[f"application {case.app}"].append(case.id)
        else:
            _judge_case(case, ports[case.app], excuse, result)
    return result


def _judge_case(case, port, excuse, result):
    holes, known, classes, free = Holes(), {}, [], False
    for number, recorded in enumerate(case.exchanges, start=1):
        request = holes.fill(recorded.request)
        try:
            ours = send(port, request, recorded.method)
        except (BadAnswer, OSError, ValueError) as error:
            ours, parts = None, {"answer": str(error)}
        else:
            if absent := ours.field(WITHOUT_COUNTERPART):
                result.absent[absent].append(case.id)
                return
            holes.learn(ours.fields, ours.body)
            free = free or bool(recorded.free)
            parts = {} if recorded.free else compare(recorded, ours, known)
        if parts:
            name = excuse(Difference(case.app, recorded, ours, parts))
            if name is None:
                where = f"exchange {number}: " if len(case.exchanges) > 1 else ""
                result.differences.append((case, where + "; ".join(parts.values())))
                return
            classes.append(name)
    if classes:
        result.excused[classes[0]].append(case.id)
    elif free:
        result.free += 1
    else:
        result.agreed += 1


def _shown(value):
    text = repr(value)[1:] if isinstance(value, bytes) else str(value)
    return text if len(text) <= 600 else text[:600] + "..."


def compare(recorded, ours, known):
    """The parts that differ, each with a sentence; `known` keeps the texts of masks of the case."""
    parts = {}
    if recorded.status != ours.status:
        parts["status"] = f"status {ours.status}, recorded {recorded.status}"
    if recorded.below:  # the texts are those of net/http
        return parts
    if recorded.interim != ours.interim:
        parts["interim"] = f"interim answers {ours.interim}, recorded {recorded.interim}"
    _compare_fields(recorded, ours, known, parts)
    try:
        body = ours.decoded() if recorded.decoded else ours.body
    except BadAnswer as error:
        body, parts["answer"] = b"", str(error)
    agrees = recorded.body.agrees(body) if isinstance(recorded.body, Digest) else \
        matches(recorded.body, body, known, date_of(ours.field("Date")))
    if not agrees:
        parts["body"] = f"body {_shown(body)}, recorded {_shown(recorded.body)}"
    return parts


def _compare_fields(recorded, ours, known, parts):
    theirs, here = collections.defaultdict(list), collections.defaultdict(list)
    for fields, to in ((recorded.fields, theirs), (ours.fields, here)):
        for name, value in fields:
            to[name.lower()].append(value)
    date = date_of(ours.field("Date"))
    for name in sorted({*theirs, *here} - FRAMING):
        mine, expected = here[name], theirs[name]
        if name in recorded.automatic and (not mine or name == "content-length"):
            continue  # the comparison of the bodies covers the length
        if name == "content-length" and (not expected or recorded.decoded):
            continue
        if len(mine) != len(expected) or not all(matches(e, m, known, date) for e, m in zip(expected, mine)):
            parts[name] = f"{name}: {_shown(mine) if mine else 'none'}, recorded {_shown(expected) if expected else 'none'}"
