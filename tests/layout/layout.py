"""The rules for rooms, as functions that return one sentence per fault. check.py runs them all.

- arrows: an include names a file from the root. Its room must be listed in rooms.toml; the arrows have no circle
- namespaces: a file opens only the namespace of its room, except for forward declarations
- dead files: every header is included, and every source is built into a program or library that is not a test
- doubles: no qualified name is defined in two files
"""

import collections
import pathlib
import re
import tomllib

SUFFIXES = {".h", ".cc", ".inc"}
# Top folders without rooms.
NO_ROOMS = {"tests", "build", ".git"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def read_rooms(root):
    return tomllib.loads((root / "tests/layout/rooms.toml").read_text(encoding="utf-8"))


def sources(root):
    """Every C++ file outside of tests, as paths relative to the root."""
    found = []
    for folder in sorted(p for p in root.iterdir() if p.is_dir() and p.name not in NO_ROOMS):
        found += [f.relative_to(root) for f in sorted(folder.rglob("*")) if f.suffix in SUFFIXES]
    return found


def room_of(path):
    return pathlib.PurePosixPath(path).parent.as_posix()


# --- arrows

def arrow_faults(root, rooms):
    faults = circle_faults(rooms)
    for file in sources(root):
        room = room_of(file)
        if room not in rooms:
            faults.append(f"{file}: {room} is no room: add it to tests/layout/rooms.toml")
            continue
        text = (root / file).read_text(encoding="utf-8")
        faults += [f"{file}: #include {target}: {why}" for quote, target in INCLUDE.findall(text)
                   if (why := wrong_include(root, rooms, room, quote, target))]
    return faults


def unused_faults(root, rooms):
    """Arrows in rooms.toml that no include uses."""
    used = {(room_of(file), room_of(target)) for file in sources(root)
            for _, target in INCLUDE.findall((root / file).read_text(encoding="utf-8"))}
    return [f"rooms.toml: {name} knows {other}, but no file of it includes one of {other}"
            for name, room in rooms.items() for other in room["knows"] if (name, other) not in used]


def wrong_include(root, rooms, room, quote, target):
    """The reason why this include is wrong; None if it is right."""
    normal = pathlib.PurePosixPath(target)
    target_room = normal.parent.as_posix()
    ours = target.split("/")[0] in {name.split("/")[0] for name in rooms}
    if ".." in normal.parts:
        return "no way back: name the file from the root"
    if not ours:
        return 'the project\'s files are named from the root, as in "http/request.h"' if quote == '"' else None
    if target_room not in rooms or not (root / target).is_file():
        return "there is no such file"
    if target_room != room and target_room not in rooms[room]["knows"]:
        return f"{room} must not know {target_room}"
    return None


def circle_faults(rooms):
    """rooms.toml lists a room before the rooms that may include it. So the arrows cannot form a circle."""
    faults, seen = [], set()
    for name, room in rooms.items():
        faults += [f"rooms.toml: {name} knows {other}, which must stand before it" for other in room["knows"]
                   if other not in seen]
        seen.add(name)
    return faults


# --- a small reader of C++

STRING = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'')
COMMENT = re.compile(r"//[^\n]*|/\*(?:.|\n)*?\*/")
TOKEN = re.compile(r"[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*|::|[^\s\w]|\d[\w.']*")
EITHER = re.compile(f"{STRING.pattern}|{COMMENT.pattern}")


def bare(text):
    """The text without comments, strings and directives."""
    text = EITHER.sub(lambda m: " " if m.group(0).startswith(("//", "/*")) else '""', text)
    text = re.sub(r"\[\[[^\]]*\]\]", " ", text)
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", text, flags=re.MULTILINE)


Statement = collections.namedtuple("Statement", "namespace tokens has_body")


def statements(text):
    """Every statement at namespace scope: up to its `;` or its body, without the text inside braces."""
    tokens = TOKEN.findall(bare(text))
    spaces, current, at = [], [], 0
    while at < len(tokens):
        token = tokens[at]
        if token == "{" and is_namespace(current):
            spaces.append(namespace_name(current))
            current = []
        elif token == "{":
            at = closing(tokens, at)
            if ends_here(tokens, at, current):
                yield Statement(tuple(spaces), current, True)
                current = []
            else:
                current.append("{}")
        elif token == "}":
            if spaces:
                spaces.pop()
            current = []
        elif token == ";":
            if current:
                yield Statement(tuple(spaces), current, "{}" in current)
            current = []
        else:
            current.append(token)
        at += 1


def is_namespace(tokens):
    words = [t for t in tokens if t != "inline"]
    return bool(words) and words[0] in ("namespace", "extern") and "=" not in words and "(" not in words


def namespace_name(tokens):
    words = [t for t in tokens if t not in ("inline", "namespace")]
    return "" if tokens[0] == "extern" else "::".join(words) if words else "(anonymous)"


def closing(tokens, at):
    depth = 0
    for i in range(at, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[i], 0)
        if depth == 0:
            return i
    return len(tokens) - 1


def ends_here(tokens, at, current):
    """Whether a `}` ends the statement. The `}` of a function does. After that of a class, initialiser or lambda, `;` does."""
    if at + 1 < len(tokens) and tokens[at + 1] in (";", ",", ".", "(", ")", "{"):
        return False
    return "=" not in current and not (set(current) & {"class", "struct", "enum", "union"} and "(" not in current)


def defined_name(tokens):
    """The name that a statement with a body or a value defines, with a function's parameters; None if it defines none."""
    words = without_template(tokens)
    words = [w for w in words if w not in ("inline", "constexpr", "constinit", "consteval", "static", "extern", "const")]
    if not words or words[0] in ("using", "friend", "static_assert", "template", "typedef", "public", "private"):
        if words[:1] == ["using"] and len(words) > 2 and words[2] == "=":
            return words[1]
        return None
    if words[0] in ("class", "struct", "enum", "union"):
        names = [w for w in words[1:] if re.match(r"[A-Za-z_]", w) and w not in ("class", "struct", "final", "alignas")]
        return names[0] if names and "{}" in words and "<" not in words[:4] else None
    if "(" in words and ("=" not in words or words.index("(") < words.index("=")):
        head = words.index("(")
        if head == 0 or not re.match(r"[A-Za-z_~]", words[head - 1]) or "::" in words[head - 1] or "operator" in words:
            return None
        return words[head - 1] + " ".join(words[head:words.index(")") + 1])
    stop = next((i for i, w in enumerate(words) if w in ("=", "{}", "[")), None)
    if stop is None or stop == 0 or "::" in words[stop - 1]:
        return None
    return words[stop - 1] if re.match(r"[A-Za-z_]", words[stop - 1]) else None


def without_template(tokens):
    if tokens[:1] != ["template"]:
        return tokens
    depth = 0
    for i, token in enumerate(tokens):
        depth += {"<": 1, ">": -1}.get(token, 0)
        if i > 0 and depth == 0:
            return without_template(tokens[i + 1:])
    return []


# --- namespaces

def namespace_faults(root, rooms):
    faults = []
    for file in sources(root):
        room = rooms.get(room_of(file))
        if room is None or file.suffix == ".inc":
            continue
        allowed = {room.get("namespace")} | public_namespace(root, rooms, file)
        for statement in statements((root / file).read_text(encoding="utf-8")):
            name = "::".join(s for s in statement.namespace if s not in ("", "(anonymous)"))
            if is_forward(statement) or not name or is_specialisation(statement):
                continue
            if not any(name == a or name.startswith(f"{a}::") for a in allowed if a):
                faults.append(f"{file}: opens {name}; the namespace of its room is {room.get('namespace')}")
                break
    return faults


def is_forward(statement):
    return not statement.has_body and statement.tokens[0] in ("class", "struct", "enum", "template", "extern")


def is_specialisation(statement):
    return statement.tokens[:3] == ["template", "<", ">"]


def public_namespace(root, rooms, file):
    """A source whose header lies in the outer room, such as http/core/server.cc, opens the namespace of the outer room."""
    outer = file.parent.parent / f"{file.stem}.h"
    if file.suffix == ".cc" and (root / outer).is_file() and not (root / file.with_suffix(".h")).is_file():
        return {rooms[room_of(outer)].get("namespace")} if room_of(outer) in rooms else set()
    return set()


# --- dead files

def dead_faults(root):
    included, faults, public = set(), [], public_headers(root)
    for file in sources(root):
        own = file.with_suffix(".h").as_posix()
        targets = {t for _, t in INCLUDE.findall((root / file).read_text(encoding="utf-8"))}
        included |= {t for t in targets if t != own or file.suffix == ".h"}
    for file in sources(root):
        name = file.as_posix()
        if file.suffix == ".h" and name not in included | public:
            faults.append(f"{file}: no file outside of tests includes it")
        if file.suffix == ".cc" and not built(root, file):
            faults.append(f"{file}: no CMakeLists.txt builds it")
    return faults


def public_headers(root):
    """Headers that a page or the example of an installation names. Possibly only users of the library include them."""
    users = [*(root / "docs").glob("*.md"), *(root / "router").rglob("README.md"), *(root / "tests/install").rglob("*.cc")]
    named = {t for page in users for t in re.findall(r"[\w/]+\.h\b", page.read_text(encoding="utf-8"))}
    # A comment after an #include may list more headers of the same folder, such as in the README of Gin's middleware.
    for page in users:
        for first, more in re.findall(r'#include "([\w/]+\.h)"[ ]*//([ \w.]*)', page.read_text(encoding="utf-8")):
            named |= {f"{room_of(first)}/{name}" for name in more.split()}
    return named


def built(root, file):
    for folder in file.parents:
        name = file.relative_to(folder).as_posix()
        if (root / folder / "CMakeLists.txt").is_file():
            text = (root / folder / "CMakeLists.txt").read_text(encoding="utf-8")
            if re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", text):
                return True
    return False


# --- doubles

def double_faults(root):
    places = collections.defaultdict(set)
    for file in sources(root):
        for statement in statements((root / file).read_text(encoding="utf-8")):
            if "(anonymous)" in statement.namespace or not statement.namespace or is_specialisation(statement):
                continue
            if not statement.has_body and "=" not in statement.tokens:
                continue
            name = defined_name(statement.tokens)
            if name is not None and "static" not in statement.tokens:
                places["::".join(s for s in statement.namespace if s) + "::" + name].add(file.as_posix())
    return [f"{name} is defined in {' and in '.join(sorted(files))}" for name, files in sorted(places.items())
            if len(files) > 1]
