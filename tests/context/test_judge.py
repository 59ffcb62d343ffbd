"""Tests the judge: masks, holes, what counts as a difference, and the numbers that are stated."""

import dataclasses
import datetime
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
import figures  # noqa: E402
import judge  # noqa: E402
import masks  # noqa: E402
import recorded  # noqa: E402
from wire import Answer  # noqa: E402

NOON = datetime.datetime(2026, 1, 2, 12, tzinfo=datetime.timezone.utc)
EXCHANGE = recorded.Exchange(request=b"GET / HTTP/1.1\r\n\r\n", status=200, fields=[("Content-Type", b"text/plain"), ("Content-Length", b"2")],
                             automatic={"content-length"}, body=b"ok", decoded=False, interim=[], below=False, free=[])
ANSWER = Answer(200, [("content-type", b"text/plain"), ("Date", b"x"), ("Content-Length", b"2")], b"ok", [])
HERE = pathlib.Path(__file__).resolve().parent


def parts(answer, exchange=EXCHANGE):
    return set(judge.compare(exchange, answer, {}))


class Masks(unittest.TestCase):
    def test_a_number_stands_for_one_text(self):
        one, other = b"0" * 32, b"1" * 32
        known = {}
        self.assertTrue(masks.matches(b"id={{id1}};", b"id=" + one + b";", known, None))
        self.assertFalse(masks.matches(b"{{id1}}", other, known, None))
        self.assertFalse(masks.matches(b"{{id2}}", one, known, None))  # another number is another text
        self.assertTrue(masks.matches(b"{{id2}} {{id1}} {{id2}}", other + b" " + one + b" " + other, known, None))
        self.assertFalse(masks.matches(b"{{id3}}", b"x" * 32, known, None))

    def test_moments_count_from_the_date(self):
        for text, good in ((b"Fri, 02 Jan 2026 12:01:00 GMT", True), (b"Fri, 02 Jan 2026 12:01:09 GMT", False),
                           (b"Fri, 02 Jan 2026 12:01:00 UTC", False), (b"x", False)):
            self.assertEqual(masks.matches(b"{{now+60 GMT}}", text, {}, NOON), good, text)

    def test_holes_are_filled_with_what_came_before(self):
        holes = masks.Holes()
        for value in (b"1", b"2"):
            holes.learn([("Set-Cookie", b"a=" + value + b"; Path=/")], b'<input name="_xsrf" value="t" />')
        self.assertEqual(holes.fill(b"{{cookie:a}} {{first:a}} {{token}} {{cookie:b}}."), b"2 1 t .")


class Comparing(unittest.TestCase):
    def test_framing_and_letter_case_of_names_do_not_count(self):
        self.assertEqual(parts(ANSWER), set())

    def test_each_part_counts(self):
        for change, expected in (({"status": 201}, {"status"}), ({"body": b"no"}, {"body"}), ({"interim": [100]}, {"interim"}),
                                 ({"fields": [*ANSWER.fields, ("X-More", b"")]}, {"x-more"}), ({"fields": []}, {"content-type"}),
                                 ({"fields": [("Content-Type", b"text/css")]}, {"content-type"})):
            self.assertEqual(parts(dataclasses.replace(ANSWER, **change)), expected, change)

    def test_a_guessed_type_may_be_missing_and_must_not_be_another(self):
        guessed = dataclasses.replace(EXCHANGE, automatic={"content-type", "content-length"})
        for fields, expected in (([], set()), (ANSWER.fields, set()), ([("Content-Type", b"text/css")], {"content-type"})):
            self.assertEqual(parts(dataclasses.replace(ANSWER, fields=fields), guessed), expected)

    def test_a_length_that_the_application_set_counts(self):
        exact = dataclasses.replace(EXCHANGE, automatic=set())
        self.assertEqual(parts(ANSWER, exact), set())
        self.assertEqual(parts(dataclasses.replace(ANSWER, fields=ANSWER.fields[:2]), exact), {"content-length"})

    def test_a_long_body_has_its_hash(self):
        digest = recorded.Digest(2, "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df", b"ok")
        self.assertEqual(parts(ANSWER, dataclasses.replace(EXCHANGE, body=digest)), set())
        self.assertEqual(parts(dataclasses.replace(ANSWER, body=b"no"), dataclasses.replace(EXCHANGE, body=digest)), {"body"})


class Counting(unittest.TestCase):
    CASES = [recorded.Case(f"group-{number}", "main", [EXCHANGE]) for number in range(3)]

    def judged(self, *answers, excuse=lambda _: None):
        with unittest.mock.patch.object(judge, "send", side_effect=answers):
            return judge.judge(self.CASES[:len(answers)], {"main": 1}, excuse)

    def test_each_case_counts_once(self):
        wrong, absent = dataclasses.replace(ANSWER, status=500), dataclasses.replace(ANSWER, fields=[("X-Without-Counterpart", b"all")])
        result = self.judged(ANSWER, wrong, absent)
        self.assertEqual(result.summary(), "1 agreed, 1 differ, 0 excused, 0 free, 1 without a counterpart")
        self.assertEqual(self.judged(wrong, excuse=lambda difference: "why" if difference.only("status") else None).excused, {"why": ["group-0"]})

    def test_an_answer_that_breaks_http_differs_even_if_the_case_is_free(self):
        free = [recorded.Case("group-0", "main", [dataclasses.replace(EXCHANGE, free=["crash"])])]
        for answer, expected in ((ANSWER, (1, 0)), (judge.BadAnswer("no"), (0, 1))):
            with unittest.mock.patch.object(judge, "send", side_effect=[answer]):
                result = judge.judge(free, {"main": 1}, lambda _: None)
            self.assertEqual((result.free, len(result.differences)), expected)

    def test_stated_numbers_must_be_exact_in_both_directions(self):
        result = judge.Result(excused=judge.collections.defaultdict(list, {"late": ["a-1"]}))
        for row, count in (("| late | 1 | x |", 0), ("| late | 2 | x |", 1), ("| other | 1 | x |", 2)):
            with tempfile.TemporaryDirectory() as root, unittest.mock.patch.object(figures, "known_differences", return_value={}):
                page = pathlib.Path(root, "router", "gin", "README.md")
                page.parent.mkdir(parents=True)
                page.write_text(f"# x\n\n{figures.EXCUSED}\n\n| class | cases | why |\n|---|---|---|\n{row}\n\n## y\n", encoding="utf-8")
                self.assertEqual(len(figures.faults(root, "gin", result)), count, row)


class Reading(unittest.TestCase):
    def test_the_projects_own_cases_can_be_read(self):
        cases, problems = recorded.read(HERE.parent / "data" / "context" / "gin")
        self.assertEqual((len(cases), problems), (2172, []))

    def test_malformed_lines_are_reported(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "a.json").write_bytes(b'{\n[]\n{"id":"a-1","app":"main","x":[]}\n{"id":"a-1","app":"main","x":[{"req":7,"s":1}]}\n')
            self.assertEqual([len(found) for found in recorded.read(folder)], [0, 4])

    def test_a_folder_without_cases_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([HERE / "check", "--style=gin", "--program=/bin/true", folder], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (2, f"check: {folder} contains no valid case; name a folder of recorded cases\n"))


if __name__ == "__main__":
    unittest.main()
