"""Lints our own answers with httplint: `python3 lint.py < exchanges > notes`, both JSON. Runs with httplint on its path."""
import json
import sys

from httplint import HttpRequestLinter, HttpResponseLinter
from httplint.note import levels


def notes(one):
    request = HttpRequestLinter()
    request.process_request_topline(one["method"].encode(), b"http://localhost" + one["target"].encode(), b"HTTP/1.1")
    request.process_headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in one["sent"]])
    request.finish_content(True)
    response = HttpResponseLinter(no_content=one["method"] == "HEAD")
    response.request = request
    response.is_head_response = one["method"] == "HEAD"
    response.process_response_topline(b"HTTP/1.1", str(one["status"]).encode(), one["phrase"].encode())
    response.process_headers([(name.encode("latin-1"), value.encode("latin-1")) for name, value in one["fields"]])
    response.feed_content(bytes.fromhex(one["body"]))
    response.finish_content(True)
    # The notes STATUS_... explain the status to a person.
    return sorted({type(note).__name__ for note in response.notes
                   if note.level in (levels.BAD, levels.WARN) and not type(note).__name__.startswith("STATUS_")})


json.dump([notes(one) for one in json.load(sys.stdin)], sys.stdout)
