"""Reads recorded cases (tests/data/routing/FORMAT.md). Malformed lines are reported and skipped. The valid cases are
written to a file, one per line, for the programs that compare."""

import base64
import binascii
import json

ACTS = {"next", "plain", "abort", "abort_status", "abort_after", "write_next", "status_next", "no_next_write"}
GIN_OPTIONS = {"RedirectTrailingSlash", "RedirectFixedPath", "HandleMethodNotAllowed", "UseRawPath", "UnescapePathValues",
               "RemoveExtraSlash"}


class FormatError(Exception):
    """The problem and its position in the case."""


# A check takes a value and its position, and raises FormatError if the value is malformed.

def text(value, at):
    """Accepts a string or {"b64": ...}."""
    try:
        if isinstance(value, str):
            value.encode()  # raises an error for a lone surrogate
            return
        if isinstance(value, dict) and set(value) == {"b64"}:
            base64.b64decode(value["b64"], validate=True)
            return
    except (UnicodeEncodeError, binascii.Error, TypeError, ValueError) as error:
        raise FormatError(f"{at}: {error}") from error
    raise FormatError(f"{at} is not a text")


def a(kind):
    def check(value, at):
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise FormatError(f"{at} is not of type {kind.__name__}")
        if kind is int and not -(2**31) <= value < 2**31:
            raise FormatError(f"{at} is out of range")
        if kind is str:
            text(value, at)
    return check


def anything(value, at):
    pass


def one_of(values):
    def check(value, at):
        if not isinstance(value, str) or value not in values:
            raise FormatError(f"{at} is {value!r}, but must be one of {', '.join(sorted(values))}")
    return check


def each(check_element, size=None):
    def check(value, at):
        a(list)(value, at)
        if size is not None and len(value) != size:
            raise FormatError(f"{at} has {len(value)} elements, not {size}")
        for i, element in enumerate(value):
            check_element(element, f"{at}[{i}]")
    return check


def values_of(check_value):
    def check(value, at):
        a(dict)(value, at)
        for key, inner in value.items():
            text(key, f"a name in {at}")
            check_value(inner, f"{at}[{key!r}]")
    return check


def fields(required, optional):
    def check(value, at):
        a(dict)(value, at)
        for name in required:
            if name not in value:
                raise FormatError(f"{at} has no {name!r}")
        for name, inner in value.items():
            known = required.get(name) or optional.get(name)
            if known is not None:  # unknown fields are ignored
                known(inner, f"{at}.{name}")
    return check


def only(names):
    def check(value, at):
        values_of(a(bool))(value, at)
        for name in value:
            if name not in names:
                raise FormatError(f"{at}: unknown option {name!r}")
    return check


MIDDLEWARE = each(fields({"name": a(str), "act": one_of(ACTS)}, {}))
OUTCOME = {"bad": a(bool), "path": text, "rawpath": text, "full": text, "loc": text, "pat": text, "fn": a(str),
           "h": values_of(text), "trace": each(a(str)), "body": text, "panic": anything}

GIN_REQUEST = fields({"m": text, "t": text, "s": a(int)}, {**OUTCOME, "r": a(int), "ps": each(each(text, 2))})
GIN_ROUTE = fields({"m": a(str), "p": text}, {"g": a(str), "mw": MIDDLEWARE, "panic": a(str), "text": text})
GIN = fields({"id": a(str), "routes": each(GIN_ROUTE), "reqs": each(GIN_REQUEST)},
             {"opts": only(GIN_OPTIONS), "use": MIDDLEWARE, "useLate": MIDDLEWARE, "groupMW": values_of(MIDDLEWARE),
              "noRoute": MIDDLEWARE, "noMethod": MIDDLEWARE})

BEEGO_REQUEST = fields({"m": text, "t": text, "s": a(int)}, {**OUTCOME, "r": a(str), "ps": values_of(text)})
NAMES = each(a(str))


def beego_route(value, at):
    fields({"k": one_of({"func", "ctrl", "auto", "handler", "ns"})},
           {"m": a(str), "p": text, "c": one_of({"Full", "Bare", "Object", "UserProfile", "Plain"}), "w": a(str), "map": a(str),
            "all": a(bool), "cond": a(bool), "before": NAMES, "after": NAMES, "routes": each(beego_route)})(value, at)
    needed = {"ctrl": "c", "auto": "c", "ns": "routes"}.get(value["k"])
    if needed is not None and needed not in value:
        raise FormatError(f"{at} has no {needed!r}")


BEEGO = fields({"id": a(str), "routes": each(beego_route), "reqs": each(BEEGO_REQUEST)},
               {"opts": only({"RouterCaseSensitive"}),
                "filters": each(fields({"pattern": text, "pos": a(int), "name": a(str), "act": a(str)},
                                       {"roo": a(bool), "reset": a(bool)})),
                "chains": each(fields({"pattern": text, "name": a(str), "act": a(str)}, {}))})


# Middleware and handlers of the styles of net/http and Echo are judged by the programs that run them.
LATER_REQUEST = fields({"m": text, "t": text, "s": a(int)}, {**OUTCOME, "r": a(int), "ps": each(each(text, 2)), "host": text, "reqhost": text,
                                                            "allow": text})
ACTING = each(fields({"name": a(str), "act": a(str)}, {}))
NETHTTP = fields({"id": a(str), "routes": each(fields({"p": text}, {"panic": a(str), "text": text, "with": each(a(int))}))},
                 {"reqs": each(LATER_REQUEST)})
ECHO = fields({"id": a(str), "routes": each(fields({}, {"k": one_of({"use", "host"}), "m": text, "ms": each(text), "p": text, "g": text,
                                                        "w": a(str), "mw": ACTING}))},
              {"reqs": each(LATER_REQUEST), "opts": a(dict), "pre": ACTING, "use": ACTING, "useLate": ACTING, "groupMW": values_of(ACTING)})


def check_gin(case, at):
    GIN(case, at)
    for i, request in enumerate(case["reqs"]):
        if "path" not in request and not request.get("bad"):
            raise FormatError(f"{at}.reqs[{i}] has no 'path'")


CHECKS = {"gin": check_gin, "beego": BEEGO, "echo": ECHO, "nethttp121": NETHTTP, "nethttp122": NETHTTP}


def read(style, folder):
    """Returns (cases, problems), where problems are sentences about malformed lines. A duplicate id gets a suffix."""
    cases, problems, ids = [], [], set()
    for file in sorted(folder.glob("**/*.json")):
        name = file.relative_to(folder)
        try:
            lines = file.read_bytes().split(b"\n")
        except OSError as error:
            problems.append(f"{name}: {error.strerror}")
            continue
        if not any(line.strip() for line in lines):
            problems.append(f"{name}: the file is empty")
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                case = json.loads(line.decode())
                CHECKS[style](case, "the case")
            except (FormatError, ValueError, RecursionError) as error:
                problems.append(f"{name}:{number}: {error}")
                continue
            base, count = case["id"], 1
            while case["id"] in ids:
                count += 1
                case["id"] = f"{base}~{count}"
            ids.add(case["id"])
            cases.append(case)
    return cases, problems


def write(cases, folder):
    """Writes the cases. An unchanged file is not written, so that nothing is compiled again."""
    folder.mkdir(parents=True, exist_ok=True)
    file, content = folder / "cases.json", "".join(json.dumps(case) + "\n" for case in cases)
    if not file.exists() or file.read_text(encoding="ascii") != content:
        file.write_text(content, encoding="ascii")
