"""Tests the reader of recorded cases: it accepts the project's own cases and reports malformed ones."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import cases

GOOD = {
    "gin": {"id": "x", "routes": [{"m": "GET", "p": "/:a"}], "reqs": [{"m": "GET", "t": "/1", "path": "/1", "s": 200, "r": 0}]},
    "beego": {"id": "x", "routes": [{"k": "func", "m": "get", "p": "/a"}], "reqs": [{"m": "GET", "t": "/a", "s": 200, "r": "0"}]},
}
CHECK = pathlib.Path(__file__).with_name("check")
ROUTING = pathlib.Path(__file__).resolve().parents[1] / "data" / "routing"


def read(style, content):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "cases.json").write_bytes(content)
        return cases.read(style, pathlib.Path(folder))


class Reader(unittest.TestCase):
    def test_accepts_the_projects_own(self):
        for style, count in (("gin", 453), ("beego", 671), ("echo", 520), ("nethttp121", 323), ("nethttp122", 621)):
            taken, problems = cases.read(style, ROUTING / style)
            self.assertEqual((len(taken), problems), (count, []))

    def test_makes_duplicate_ids_unique(self):
        line = json.dumps(GOOD["gin"]).encode() + b"\n"
        taken, problems = read("gin", line * 3)
        self.assertEqual(([case["id"] for case in taken], problems), (["x", "x~2", "x~3"], []))

    def test_skips_malformed_cases_and_reports_why(self):
        bad = [
            ("gin", b"", "the file is empty"),
            ("gin", b"{", "Expecting"),
            ("gin", b"\xff", "utf-8"),
            ("gin", b"[" * 100_000, "recursion"),
            ("gin", b"[]", "is not of type dict"),
            ("gin", {"id": None}, "the case.id is not of type str"),
            ("gin", {"routes": [{"m": "GET"}]}, "routes[0] has no 'p'"),
            ("gin", {"opts": {"Other": True}}, "unknown option 'Other'"),
            ("gin", {"use": [{"name": "a", "act": "explode"}]}, "use[0].act is 'explode'"),
            ("gin", {"reqs": [{"m": "GET", "t": "/", "s": 200}]}, "reqs[0] has no 'path'"),
            ("gin", {"reqs": [{"m": "GET", "t": {"b64": "?"}, "s": 200}]}, "base64"),
            ("gin", {"reqs": [{"m": "GET", "t": "/", "path": "/", "s": 2**40}]}, "out of range"),
            ("beego", {"routes": [{"k": "ctrl", "p": "/"}]}, "routes[0] has no 'c'"),
            ("beego", {"routes": [{"k": "ns", "routes": [{"k": "other"}]}]}, "routes[0].routes[0].k is 'other'"),
            ("beego", {"filters": [{"pattern": "*"}]}, "filters[0] has no"),
        ]
        for style, change, why in bad:
            content = change if isinstance(change, bytes) else json.dumps({**GOOD[style], **change}).encode()
            with self.subTest(content=content[:60]):
                good = json.dumps(GOOD[style]).encode()
                taken, problems = read(style, content)
                self.assertEqual(taken, [])
                self.assertIn(why, problems[0])
                if content:
                    self.assertEqual(len(read(style, content + b"\n" + good)[0]), 1)


class Check(unittest.TestCase):
    """The messages of tests/routing/check for folders that it cannot compare. They come before the build."""

    def test_reports_unusable_folders(self):
        with tempfile.TemporaryDirectory() as root:
            folder = pathlib.Path(root)
            (folder / "empty").mkdir()
            (folder / "broken").mkdir()
            (folder / "broken" / "x.json").write_text("{", encoding="ascii")
            for name, why in (("missing", "name a folder that exists"), ("empty", "contains no *.json"), ("broken", "contains no valid case")):
                for style in ("gin", "beego"):
                    done = subprocess.run([CHECK, f"--style={style}", folder / name], capture_output=True, text=True, check=False)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(why, done.stderr.splitlines()[-1])


if __name__ == "__main__":
    unittest.main()
