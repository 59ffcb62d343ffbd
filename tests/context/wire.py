"""Sends the bytes of a request on a new connection and reads the whole answer, strictly."""

import dataclasses
import gzip
import re
import socket
import zlib

PATIENCE = 5  # seconds without a byte from the server, after which there is no answer


class BadAnswer(Exception):
    """The answer breaks RFC 9112, or does not come."""


@dataclasses.dataclass
class Answer:
    status: int
    fields: list  # of (name, value as bytes), as sent
    body: bytes
    interim: list

    def field(self, name):
        """The first value of a field; None if it is not there."""
        return next((value.decode("latin-1") for known, value in self.fields if known.lower() == name.lower()), None)

    def decoded(self):
        """The body without its content coding."""
        try:
            coding = self.field("Content-Encoding")
            return gzip.decompress(self.body) if coding == "gzip" else zlib.decompress(self.body) if coding == "deflate" else self.body
        except (OSError, EOFError, zlib.error) as error:
            raise BadAnswer(f"Content-Encoding: {error}") from error


class _Reader:
    def __init__(self, connection):
        self._connection, self._bytes = connection, b""

    def _more(self):
        try:
            piece = self._connection.recv(1 << 16)
        except (ConnectionError, TimeoutError) as error:
            raise BadAnswer(f"{len(self._bytes)} bytes, then {error}") from error
        if not piece:
            raise BadAnswer(f"{len(self._bytes)} bytes, then the connection was closed")
        self._bytes += piece

    def to(self, end):
        while end not in self._bytes:
            self._more()
        found, _, self._bytes = self._bytes.partition(end)
        return found

    def exactly(self, size):
        while len(self._bytes) < size:
            self._more()
        found, self._bytes = self._bytes[:size], self._bytes[size:]
        return found

    def rest(self):
        """Bytes up to the end of the connection."""
        try:
            while True:
                self._more()
        except BadAnswer:
            return self._bytes

    def left(self):
        return self._bytes


def _head(reader):
    lines = reader.to(b"\r\n\r\n").split(b"\r\n")
    status = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [\t -~\x80-\xff]*", lines[0])
    if not status:
        raise BadAnswer(f"status line {lines[0]!r}")
    fields = []
    for line in lines[1:]:
        field = re.fullmatch(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*", line)
        if not field:
            raise BadAnswer(f"field line {line!r}")
        fields.append((field[1].decode(), field[2]))
    return Answer(int(status[1]), fields, b"", [])


def _chunks(reader):
    body = b""
    while size := int(reader.to(b"\r\n"), 16):
        body += reader.exactly(size)
        if reader.exactly(2) != b"\r\n":
            raise BadAnswer("a chunk does not end with CRLF")
    if reader.to(b"\r\n") != b"":
        raise BadAnswer("trailers")
    return body


def _answer(reader, method):
    interim = []
    while (answer := _head(reader)).status < 200 and answer.status != 101:
        interim.append(answer.status)
    answer.interim = interim
    if method == "HEAD" or answer.status in (101, 204, 304):
        pass
    elif answer.field("Transfer-Encoding"):
        answer.body = _chunks(reader)
    elif (size := answer.field("Content-Length")) is not None:
        answer.body = reader.exactly(int(size))
    else:
        answer.body = reader.rest()
        return answer
    if reader.left():
        raise BadAnswer(f"{len(reader.left())} bytes after the answer")
    return answer


def exchange(port, request, method):
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        try:
            connection.sendall(request)
        except ConnectionError:
            pass  # the server answered before it had read everything
        return _answer(_Reader(connection), method)
