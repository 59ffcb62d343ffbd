"""What is sent to the servers, and the answers that they must give."""

import json
import urllib.error
from dataclasses import dataclass

from harness import direct_http, duel_load
from harness.errors import HarnessError

SHORT, LONG = b"x" * 1024, b"x" * 102_400
POSTED = 64  # bytes of the body of POST /echo
ANSWER_LIMIT_S = 5
FILES = {"ping": b"pong", "json": b'{"message":"pong"}', "static/1k.txt": SHORT, "static/100k.txt": LONG,
         **{f"api/v1/user/{name}": name.encode() for name in ("probe", "1", "2", "7", "42")}}


@dataclass(frozen=True)
class Load:
    """One column of the table."""

    name: str
    kind: str  # a key of PATHS
    connections: int
    pipeline: int = 1

    @property
    def path(self):
        return PATHS[self.kind]

    def duel_load(self, program, seconds, cpus):
        mix = (f"1 POST {self.path} body=size:{POSTED}",) if self.kind == "echo" else ()
        return duel_load.DuelLoad(program, duel_load.Plan(pipeline=self.pipeline, mix=mix), self.connections, seconds, tuple(cpus))


PATHS = {"ping": "/ping", "json": "/json", "1k": "/static/1k.txt", "100k": "/static/100k.txt", "echo": "/echo"}
# In this order within a server, so that its peak of memory after the loads of /ping is not that of long bodies.
ALL = {load.name: load for load in (
    Load("ping-64", "ping", 64), Load("ping-512", "ping", 512), Load("ping-64x16", "ping", 64, 16), Load("ping-512x16", "ping", 512, 16),
    Load("json-64", "json", 64), Load("1k-64", "1k", 64), Load("100k-64", "100k", 64), Load("echo-64", "echo", 64))}
PEAK_AFTER = "ping-512"  # the peak of memory is read after this load


def is_right(kind, body, posted=b""):
    if kind == "json":
        try:
            return json.loads(body) == {"message": "pong"}
        except ValueError:
            return False
    return body == {"ping": b"pong", "1k": SHORT, "100k": LONG, "echo": posted}[kind]


def require_right_answers(url_of, kinds):
    """Raises HarnessError if the server gives a wrong answer to one of the kinds. url_of(path) is a URL."""
    for kind in kinds:
        posted = b"echo me" if kind == "echo" else None
        try:
            # Beego would read a form before the handler can.
            status, body = direct_http.request(url_of(PATHS[kind]), ANSWER_LIMIT_S, posted, content_type="application/octet-stream")
        except urllib.error.HTTPError as error:
            raise HarnessError(f"it answers {PATHS[kind]} with {error.code}") from error
        except Exception as error:  # of any class: answers that are not HTTP raise many
            raise HarnessError(f"it does not answer {PATHS[kind]} ({getattr(error, 'reason', error)})") from error
        if status != 200 or not is_right(kind, body, posted):
            raise HarnessError(f"it answers {PATHS[kind]} with {status} and {len(body)} wrong bytes, which begin with {body[:40]!r}")
