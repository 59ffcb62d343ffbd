"""Tests of harness/profiles.py and of the errors of an admin port, without a server."""

import email.message
import io
import pathlib
import tempfile
import unittest
import unittest.mock
import urllib.error

from harness import direct_http, profiles, server
from harness.errors import HarnessError

SENTENCE = "the program that writes profiles is missing: install it"


class Answering:
    """A server whose admin port answers with these, one after the other: bytes, None, or a status of an error."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def admin(self, path, posted=None, limit_s=10):
        self.asked.append(path)
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            raise server.AdminRefused(f"{answer}: {SENTENCE}", answer)
        return answer


class Profiles(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.pauses = self.enterContext(unittest.mock.patch.object(profiles.time, "sleep"))

    def take(self, *answers):
        return profiles.take(Answering(*answers), "heap", "r", self.folder)

    def test_a_profile_is_a_file_with_its_facts(self):
        (facts,) = self.take(b"profile")
        self.assertEqual((facts["type"], facts["file"]), ("heap", f"r_heap_{facts['start_ns'] // 1_000_000}.pb.gz"))
        self.assertEqual((self.folder / facts["file"]).read_bytes(), b"profile")

    def test_a_server_that_has_none_gives_none(self):
        self.assertEqual([self.take(None), self.take(501)], [[], []])

    def test_a_server_that_is_not_ready_is_asked_again(self):
        self.assertEqual(len(self.take(503, 503, b"profile")), 1)
        self.assertEqual(self.pauses.call_count, 2)
        with self.assertRaisesRegex(HarnessError, f"503: {SENTENCE}"):
            self.take(*[503] * profiles.ATTEMPTS_MAX, b"too late")

    def test_another_error_is_told_with_its_sentence(self):
        with self.assertRaisesRegex(HarnessError, f"500: {SENTENCE}"):
            self.take(500)

    def test_a_recording_is_of_the_time_that_was_asked_for(self):
        answering = Answering(b"profile")
        (facts,) = profiles.Recording(answering, 2).save("r", self.folder)
        self.assertEqual((facts["type"], facts["duration_ms"], answering.asked), ("cpu", 2000, ["/debug/pprof/profile?seconds=2"]))
        self.assertEqual(profiles.Recording(Answering(501), 2).save("r", self.folder), [])
        recording = profiles.Recording(Answering(409), 2)
        with self.assertRaisesRegex(HarnessError, f"409: {SENTENCE}"):
            recording.save("r", self.folder)


class Admin(unittest.TestCase):
    """Errors of the admin port of a server.Server."""

    def refusal(self, status, body):
        error = urllib.error.HTTPError("http://x/y", status, "A Reason", email.message.Message(), io.BytesIO(body))
        port = unittest.mock.Mock(admin_url=lambda: "http://x")
        with unittest.mock.patch.object(direct_http, "request", side_effect=error):
            return server.Server.admin(port, "/y")

    def test_no_path_is_no_error(self):
        self.assertIsNone(self.refusal(404, b"no such page"))

    def test_an_error_is_told_with_the_sentence_of_the_server(self):
        for body, told in ((SENTENCE.encode() + b"\n", SENTENCE), (b"", "A Reason"), (b"x" * 9999, "x" * server.SENTENCE_BYTES)):
            with self.assertRaises(server.AdminRefused) as raised:
                self.refusal(503, body)
            self.assertEqual((str(raised.exception), raised.exception.status), (f"the admin port answers GET /y with 503: {told}", 503))


if __name__ == "__main__":
    unittest.main()
