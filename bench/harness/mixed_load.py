"""Clients of several kinds at the same time, at a given rate: long and short connections, request bodies, pipelining,
static files, and clients that abort.

Every answer is checked, and a wrong answer is an error. A client that aborts expects no answer.
"""

import asyncio
import collections
import random
import socket
import struct

FILE_NAME = "file.bin"
FILE_BYTES = 300_000
BODY_BYTES_MAX = 200_000
PIPELINED = 32
REQUESTS_OF_A_LONG_CONNECTION = 500
ANSWER_LIMIT_S = 30


class WrongAnswer(Exception):
    pass


def get(path, fields=""):
    return f"GET {path} HTTP/1.1\r\nHost: soak\r\n{fields}\r\n".encode()


def post(body, chunked):
    head = b"POST /echo HTTP/1.1\r\nHost: soak\r\nContent-Type: application/octet-stream\r\n"
    if not chunked:
        return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    pieces = (body[at:at + 7_000] for at in range(0, len(body), 7_000))
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def answer(reader, expected=None):
    """Reads one answer. `expected` is the body (bytes), its length (int), or None for any body."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ANSWER_LIMIT_S)
    if not head.startswith(b"HTTP/1.1 200 "):
        raise WrongAnswer(head.split(b"\r\n")[0].decode(errors="replace"))
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    body = await asyncio.wait_for(reader.readexactly(int(fields[b"content-length"])), ANSWER_LIMIT_S)
    if isinstance(expected, bytes) and body != expected or isinstance(expected, int) and len(body) != expected:
        raise WrongAnswer(f"a body of {len(body)} bytes that differs from the expected one")


class MixedLoad:
    """`clients` tasks that together send about `rate` requests per second until stop() is called."""

    def __init__(self, host, port, clients, rate, seed):
        self._address = (host, port)
        self._pause_s = clients / rate
        self._clients = clients
        self._random = random.Random(seed)
        self._running = True
        self.requests = 0
        self.done = collections.Counter()  # by kind
        self.errors = collections.Counter()  # by kind and error text

    def stop(self):
        self._running = False

    async def run(self):
        await asyncio.gather(*(self._client() for _ in range(self._clients)))

    async def _client(self):
        kinds = [self._long, self._short, self._body, self._pipeline, self._file, self._abort]
        weights = [1, 8, 4, 2, 2, 4]
        while self._running:
            kind = self._random.choices(kinds, weights)[0]
            try:
                await kind()
            except (WrongAnswer, OSError, EOFError, asyncio.TimeoutError, KeyError, ValueError) as error:
                self.errors[f"{kind.__name__[1:]}: {type(error).__name__} {error}"] += 1
            self.done[kind.__name__[1:]] += 1

    async def _pace(self, requests=1):
        self.requests += requests
        await asyncio.sleep(self._pause_s * requests * self._random.uniform(0.5, 1.5))

    async def _connection(self):
        return await asyncio.open_connection(*self._address)

    def _small(self):
        number = self._random.randrange(1, 1000)
        return self._random.choice([("/ping", b"pong"), ("/json", None), ("/list/50", None),
                                    (f"/api/v1/user/{number}", str(number).encode()), ("/sql/user/7", None),
                                    ("/repos/octocat/hello/git/refs", None)])

    async def _long(self):
        reader, writer = await self._connection()
        for _ in range(self._random.randrange(REQUESTS_OF_A_LONG_CONNECTION)):
            path, expected = self._small()
            writer.write(get(path))
            await answer(reader, expected)
            await self._pace()
            if not self._running:
                break
        writer.close()

    async def _short(self):
        reader, writer = await self._connection()
        path, expected = self._small()
        writer.write(get(path, "Connection: close\r\n"))
        await answer(reader, expected)
        writer.close()
        await self._pace()

    async def _body(self):
        reader, writer = await self._connection()
        body = self._random.randbytes(self._random.randrange(BODY_BYTES_MAX))
        writer.write(post(body, self._random.random() < 0.5))
        await answer(reader, body)
        writer.close()
        await self._pace()

    async def _pipeline(self):
        reader, writer = await self._connection()
        asked = [self._small() for _ in range(PIPELINED)]
        writer.write(b"".join(get(path) for path, _ in asked))
        for _, expected in asked:
            await answer(reader, expected)
        writer.close()
        await self._pace(PIPELINED)

    async def _file(self):
        reader, writer = await self._connection()
        writer.write(get(f"/static/{FILE_NAME}"))
        await answer(reader, FILE_BYTES)
        writer.close()
        await self._pace()

    async def _abort(self):
        """Aborts at a random point of a request or of its answer, by a reset or by closing the connection."""
        _, writer = await self._connection()
        request = self._random.choice([get("/ping"), get(f"/static/{FILE_NAME}"), post(bytes(50_000), False), post(bytes(50_000), True)])
        writer.write(request[:self._random.randrange(len(request) + 1)])
        await asyncio.sleep(self._random.uniform(0, 0.02))
        if self._random.random() < 0.5:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        await self._pace()
