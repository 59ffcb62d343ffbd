#!/usr/bin/env python3
"""Turns recorded cases (tests/data/routing/FORMAT.md) into C++ applications for the Gin style.

    gin_generate.py DIR OUT COUNT

Writes OUT/gin_cases_0.cc to OUT/gin_cases_<COUNT-1>.cc, each with a list kCases<i> of applications, and OUT/gin_cases.cc,
which joins the lists. The application of a case has the routes that Gin accepted. The routes that Gin refused go into a
constant that is true only if the compile-time check refuses them for the same reasons.
"""

import base64
import json
import pathlib
import re
import sys

def to_bytes(value):
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode()


OPTIONS = {
    "RedirectTrailingSlash": "redirect_trailing_slash",
    "RedirectFixedPath": "redirect_fixed_path",
    "HandleMethodNotAllowed": "handle_method_not_allowed",
    "UseRawPath": "use_raw_path",
    "UnescapePathValues": "unescape_path_values",
    "RemoveExtraSlash": "remove_extra_slash",
}
DEFAULTS = {name: name in ("RedirectTrailingSlash", "UnescapePathValues") for name in OPTIONS}
REFUSALS = {
    "conflict-wildcard": "Refusal::kWildcardConflict",
    "conflict-catchall": "Refusal::kCatchAllConflict",
    "duplicate": "Refusal::kDuplicate",
    "many-wildcards-in-segment": "Refusal::kManyWildcardsInSegment",
    "empty-wildcard-name": "Refusal::kEmptyWildcardName",
    "catchall-not-last": "Refusal::kCatchAllNotLast",
    "no-slash-before-catchall": "Refusal::kNoSlashBeforeCatchAll",
    "bad-method": "Refusal::kBadMethod",
    "runtime-error": "kAny",
}
# The beginning of Gin's message is more reliable than the recorded class, because a pattern can contain the words by which
# the class was chosen.
MESSAGES = {
    "no / before catch-all": "no-slash-before-catchall",
    "only one wildcard": "many-wildcards-in-segment",
    "wildcards must be named": "empty-wildcard-name",
    "catch-all routes are only allowed": "catchall-not-last",
    "catch-all wildcard": "conflict-catchall",
    "handlers are already registered": "duplicate",
}


def refusal_of(route):
    """Returns the expected verdict for a route."""
    if "panic" not in route:
        return "Refusal::kNone"
    text = to_bytes(route.get("text", "")).decode(errors="replace")
    by_message = (name for begin, name in MESSAGES.items() if text.startswith(begin))
    return REFUSALS.get(next(by_message, route["panic"]), "kAny")


def plain_literal(value):
    """Returns a string literal of exactly these bytes."""
    text = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in to_bytes(value))
    return f'"{text}"'


def literal(value):
    """Returns the same as a string_view."""
    return plain_literal(value) + "sv"


def middleware(entries):
    return [f"middleware<{plain_literal(entry['name'])}, Act::{entry['act']}>" for entry in entries]


def use(entries):
    return [f'use({", ".join(middleware(entries))})'] if entries else []


def declare(index, route, group_middleware):
    """Returns the declaration of a route inside its groups."""
    arguments = [literal(route["p"]), *middleware(route.get("mw", [])), f"route<{index}>"]
    if route["m"] == "ANY":
        text = f'any({", ".join(arguments)})'
    else:
        text = f'handle({", ".join([literal(route["m"]), *arguments])})'
    if "g" in route:
        groups = route["g"].split("|")
        for depth in range(len(groups), 0, -1):
            inner = use(group_middleware.get("|".join(groups[:depth]), []))
            text = f'group({", ".join([literal(groups[depth - 1]), *inner, text])})'
    return text


def constant(name, parts):
    return f"inline constexpr auto {name} = router({', '.join(parts)});\n"


def application(case):
    given = {**DEFAULTS, **case.get("opts", {})}
    parts = ["Options{%s}" % ", ".join(f".{OPTIONS[k]} = {str(given[k]).lower()}" for k in OPTIONS)]
    parts += use(case.get("use", []))
    for index, route in enumerate(case["routes"]):
        if "panic" not in route:
            parts.append(declare(index, route, case.get("groupMW", {})))
    parts += use(case.get("useLate", []))
    for key, name in (("noRoute", "no_route"), ("noMethod", "no_method")):
        if case.get(key):
            parts.append(f"{name}({', '.join(middleware(case[key]))})")
    return constant("kApp", parts)


def refusals(case):
    """Returns constants for the refused routes, and an expression that is true if all are refused as recorded."""
    routes = case["routes"]
    if not any("panic" in route for route in routes):
        return "", "true"
    text, checks, sequence, verdicts = "", [], [], []
    for index, route in enumerate(routes):
        part = declare(index, route, {})
        refusal = refusal_of(route)
        if "panic" in route and route["m"] == "ANY":
            # If one of its nine routes is refused, Gin registers none of them. Therefore this route is checked alone, after
            # the accepted routes before it.
            accepted = [declare(i, r, {}) for i, r in enumerate(routes[:index]) if "panic" not in r]
            text += constant(f"kAny{index}", [*accepted, part])
            checks.append(f"is_refused<kAny{index}>({refusal})")
            continue
        sequence.append(part)
        verdicts += [refusal] * (9 if route["m"] == "ANY" else 1)
    if sequence:
        text += constant("kAll", sequence)
        checks.append(f"refusals_are<kAll>(std::array<Refusal, {len(verdicts)}>{{{', '.join(verdicts)}}})")
    return text, " && ".join(checks)


def generate(case, number):
    constants, agree = refusals(case)
    space = f"case_{number}"
    text = f"namespace {space} {{  // {plain_literal(case['id'])}\n{application(case)}{constants}"
    text += f"inline constexpr bool kRefusalsAgree = {agree};\n"
    text += "#ifdef DUEL_REFUSALS_MUST_AGREE\nstatic_assert(kRefusalsAgree);\n#endif\n}\n"
    return text, f'{{{literal(case["id"])}, &make<{space}::kApp>, {space}::kRefusalsAgree}}'


def read_cases(folder):
    files = sorted(pathlib.Path(folder).glob("**/*.json"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines() if line.strip()]


def write(file, text):
    """Writes the file. An unchanged file is not written, so that it is not compiled again."""
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def main():
    if len(sys.argv) != 4 or not pathlib.Path(sys.argv[1]).is_dir() or not re.fullmatch("[1-9][0-9]{0,3}", sys.argv[3]):
        print("gin_generate.py: a folder of cases, an output folder and a number from 1 to 9999 are required; usage: gin_generate.py DIR "
              "OUT COUNT", file=sys.stderr)
        sys.exit(2)
    out, count = pathlib.Path(sys.argv[2]), int(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    units = [{"weight": 0, "text": [], "cases": []} for _ in range(count)]
    for number, case in enumerate(read_cases(sys.argv[1])):
        unit = min(units, key=lambda u: u["weight"])
        unit["weight"] += 2 + sum(9 if route["m"] == "ANY" else 1 for route in case["routes"])
        text, entry = generate(case, number)
        unit["text"].append(text)
        unit["cases"].append(entry)
    head = '#include "tests/routing/gin_case.h"\n\nnamespace duel::gin::routing {\nusing namespace std::string_view_literals;\n'
    for i, unit in enumerate(units):
        cases = ",\n".join(unit["cases"])
        body = "".join(unit["text"])
        listing = f"extern const std::array<CompiledCase, {len(unit['cases'])}> kCases{i};\n"
        listing += f"const std::array<CompiledCase, {len(unit['cases'])}> kCases{i} = {{{{\n{cases}\n}}}};\n"
        write(out / f"gin_cases_{i}.cc", head + body + listing + "}\n")
    joined = head + "".join(f"extern const std::array<CompiledCase, {len(u['cases'])}> kCases{i};\n" for i, u in enumerate(units))
    joined += "std::vector<CompiledCase> all_cases() {\n  std::vector<CompiledCase> all;\n"
    joined += "".join(f"  all.insert(all.end(), kCases{i}.begin(), kCases{i}.end());\n" for i in range(count))
    write(out / "gin_cases.cc", joined + "  return all;\n}\n}\n")


if __name__ == "__main__":
    main()
