"""Rules for the pages that people read: one sentence per fault. Usage: pages.py [--write], which renews the table of rooms."""

import pathlib
import re
import sys

import layout

MAX_README_LINES = 120
# The source that compiles the examples of a page. Tests build and run it.
EXAMPLES = {
    "README.md": "tests/install/consumer/targets/gin.cc",
    "router/beego/README.md": "tests/router/beego/readme_test.cc",
    "router/beego/orm/README.md": "tests/router/beego/readme_test.cc",
    "router/echo/README.md": "tests/router/echo/readme_test.cc",
    "router/gin/README.md": "tests/router/gin/readme_test.cc",
    "router/nethttp/README.md": "tests/router/nethttp/readme_test.cc",
    "router/README.md": "tests/router/example/router_test.cc",
}
EXAMPLE = re.compile(r"^ *```(?:cpp|c\+\+|cc|cxx)$\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
ROOMS_PAGE = "docs/reading-the-code.md"
BLOCK = re.compile(r"(<!-- rooms: written by tools/docs -->\n).*?(<!-- end of rooms -->)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`((?:alloc|bench|cmake|conf|docker|docs|http|router|servers|tests|tools)/[\w./-]*\w)`")


def rooms_table(rooms):
    lines = ["| room | namespace | holds | knows |", "|---|---|---|---|"]
    for name, room in rooms.items():
        known = ", ".join(f"`{other}`" for other in room["knows"]) or "none"
        namespace = f" `{room['namespace']}`" if "namespace" in room else ""
        lines.append(f"| `{name}` |{namespace} | {room['holds']} | {known} |")
    return "\n".join(lines) + "\n"


def with_rooms(page, rooms):
    return BLOCK.sub(lambda block: f"{block.group(1)}\n{rooms_table(rooms)}\n{block.group(2)}", page)


def pages(root):
    return [page for page in sorted(root.rglob("*.md")) if not {"build", "results", ".git"} & set(page.relative_to(root).parts)]


def readme_faults(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    faults = []
    if text.count("\n") > MAX_README_LINES:
        faults.append(f"README.md has {text.count(chr(10))} lines; the maximum is {MAX_README_LINES}: move text to docs/")
    if (root / EXAMPLES["README.md"]).read_text(encoding="utf-8") not in text:
        faults.append(f"README.md does not show {EXAMPLES['README.md']} as it is")
    return faults


def example_faults(root):
    """Every line of C++ on a page must be a line of the source that compiles the page's examples."""
    faults = []
    for page in pages(root):
        name = str(page.relative_to(root))
        examples = EXAMPLE.findall(page.read_text(encoding="utf-8"))
        if examples and name not in EXAMPLES:
            faults.append(f"{name} has an example in C++; add a test that compiles it, and name the test in EXAMPLES")
        elif examples:
            compiled = {line.strip() for line in (root / EXAMPLES[name]).read_text(encoding="utf-8").splitlines()}
            lines = {line.strip() for example in examples for line in example.splitlines()}
            faults += [f"{name}: {EXAMPLES[name]} lacks the line: {line}" for line in sorted(lines - compiled)]
        elif name in EXAMPLES:
            faults.append(f"{name} has no example in C++: remove it from EXAMPLES")
    return faults


def link_faults(root):
    """Every file that a page links to or names by its path must exist."""
    faults = []
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for target in LINK.findall(text):
            if "://" not in target and not (page.parent / target).exists():
                faults.append(f"{page.relative_to(root)}: links to {target}, which does not exist")
        for target in PATH.findall(text):
            if not (root / target).exists() and not target.startswith("bench/results") and "NAME" not in target:
                faults.append(f"{page.relative_to(root)}: names {target}, which does not exist")
    return faults


def rooms_faults(root):
    page = (root / ROOMS_PAGE).read_text(encoding="utf-8")
    if with_rooms(page, layout.read_rooms(root)) != page:
        return [f"{ROOMS_PAGE} is not what rooms.toml says: run tools/docs"]
    return []


def main():
    root = pathlib.Path(__file__).parents[2]
    if sys.argv[1:] not in ([], ["--write"]):
        print(f"tests/layout/pages.py: {sys.argv[1:]} is unknown; use --write, or no argument", file=sys.stderr)
        return 2
    if "--write" in sys.argv[1:]:
        page = root / ROOMS_PAGE
        page.write_text(with_rooms(page.read_text(encoding="utf-8"), layout.read_rooms(root)), encoding="utf-8")
        return 0
    faults = [*readme_faults(root), *example_faults(root), *link_faults(root), *rooms_faults(root)]
    print("\n".join(faults) if faults else "pages name files that exist, and are as long and as new as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
