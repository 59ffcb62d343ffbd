"""Sends bytes to a server and reads what it answers."""
import atexit
import re
import socket
import subprocess
from dataclasses import dataclass, field

PATIENCE_S = 60
# The answers with which the core refuses a request that it cannot parse, or that breaks a rule of HTTP.
REFUSALS = {400, 413, 414, 417, 421, 431, 501, 505}


@dataclass
class Answer:
    status: int
    fields: list  # of pairs of bytes
    body: bytes
    phrase: bytes = b""

    def get(self, name):
        return next((value for key, value in self.fields if key.lower() == name), b"")


@dataclass
class Exchange:
    answers: list = field(default_factory=list)
    waits: bool = False  # the server wants more bytes than the client sent
    rest: bytes = b""    # bytes that are no answer


def read_answers(data, head_only=False):
    """The complete final answers, and the bytes after them."""
    answers = []
    while True:
        head, found, rest = data.partition(b"\r\n\r\n")
        if not found:
            return answers, data
        line, *lines = head.split(b"\r\n")
        match = re.fullmatch(rb"HTTP/1\.1 ([1-5][0-9][0-9]) (.*)", line)
        if not match:
            return answers, data
        fields = [(name, value.strip(b" \t")) for name, _, value in (one.partition(b":") for one in lines)]
        answer = Answer(int(match[1]), fields, b"", match[2])
        if answer.get(b"transfer-encoding").lower() == b"chunked" and not head_only:
            while True:
                size, _, rest = rest.partition(b"\r\n")
                size = int(size, 16)
                answer.body += rest[:size]
                rest = rest[size + 2:]
                if size == 0:
                    break
        elif answer.status >= 200 and answer.status not in (204, 304) and not head_only:
            size = int(answer.get(b"content-length") or 0)
            answer.body, rest = rest[:size], rest[size:]
        if answer.status >= 200:
            answers.append(answer)
            head_only = False
        data = rest


def received(connection):
    """The bytes up to the end of the connection. If the socket does not block: the bytes that have arrived."""
    data = b""
    try:
        while piece := connection.recv(65536):
            data += piece
    except (BlockingIOError, ConnectionResetError):
        pass
    return data


class Server:
    """A program that prints its port in its first line. It has one worker, so an answer to a later request means that it has
    dealt with all bytes that were sent before."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # does nothing if it has ended
        line = self.process.stdout.readline()
        port = re.search(r"127\.0\.0\.1:(\d+)", line) or re.match(r"(\d+)", line)
        if not port:
            raise SystemExit(f"{command[0]} did not start: it printed {line!r}")
        self.port = int(port[1])
        self.probe = self.connect()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def synchronise(self):
        self.probe.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
        data = b""
        while not read_answers(data)[0]:
            piece = self.probe.recv(4096)
            if not piece:
                raise SystemExit(f"{self.name}: the server has ended")
            data += piece

    def exchange(self, pieces, head_only):
        """Sends the pieces, each by itself, and collects the answers. Then it shuts down the sending side."""
        with self.connect() as connection:
            try:
                for piece in pieces:
                    connection.sendall(piece)
                    self.synchronise()
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server has answered and closed
            self.synchronise()
            connection.setblocking(False)
            before = received(connection)
            connection.settimeout(PATIENCE_S)
            try:
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            after = received(connection)
        answered, _ = read_answers(before, head_only)
        answers, rest = read_answers(before + after, head_only)
        # After the end of the bytes, a server answers 400 if it still wants more.
        waits = len(answers) > len(answered) and answers[-1].status == 400
        return Exchange(answers[:-1] if waits else answers, waits, rest)

    def stop(self):
        self.probe.close()
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(PATIENCE_S)
