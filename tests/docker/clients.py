"""Clients of the servers in tests/docker/engine."""

import asyncio
import contextlib
import itertools
import re
import threading

PATIENCE_S = 60
CONNECTIONS = 32
RETRY_S = 0.05


async def _answer(reader):
    """Status, head and body. Raises IncompleteReadError or OSError if the connection ends before."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])
    return int(head.split(b" ", 2)[1]), head, await reader.readexactly(length)


def _head(method, path, address, more=""):
    return f"{method} {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n{more}\r\n".encode()


def post_slowly(address, count, held, length):
    """`count` clients send a body without its last byte. When the server has refused all of them but `held`, it holds that many bodies at the
    same time; then their last bytes follow. Returns how many were answered with 200 and their own bytes, and how many were refused."""
    body = b"x" * length
    refused = 0
    rest_may_end = asyncio.Event()

    async def one():
        nonlocal refused
        reader, writer = await asyncio.open_connection(*address)
        with contextlib.closing(writer):
            answer = asyncio.create_task(_answer(reader))
            writer.write(_head("POST", "/echo", address, f"Content-Length: {length}\r\n") + body[:-1])
            end = asyncio.create_task(rest_may_end.wait())
            await asyncio.wait((answer, end), return_when=asyncio.FIRST_COMPLETED)
            end.cancel()
            if not answer.done():
                writer.write(body[-1:])
            try:
                status, _, found = await answer
            except (OSError, asyncio.IncompleteReadError):
                status, found = 503, b""  # a body that comes after the 503 can reset the connection before the 503 is read
        if status == 503:
            refused += 1
            if refused == count - held:
                rest_may_end.set()
        return status == 200 and found == body

    async def every():
        return await asyncio.wait_for(asyncio.gather(*(one() for _ in range(count))), PATIENCE_S)

    return sum(asyncio.run(every())), refused


class Hammer:
    """Clients that send requests one after the other until the `with` block ends. A connection that announced its end is opened again, to
    the `address` of that time. A request is lost if its connection ended without the answer."""

    def __init__(self, address, paths=("/ping",)):
        self.address = address
        self._paths = paths
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)
        self.answered = self.lost = self.reconnected = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """No client sends a further request."""
        self._ended = True
        self._thread.join(PATIENCE_S)

    def await_answers(self, count):
        """Waits for so many more answers."""
        with self._changed:
            wanted = self.answered + count
            if not self._changed.wait_for(lambda: self.answered >= wanted, PATIENCE_S):
                raise OSError(f"only {self.answered} of {wanted} requests were answered within {PATIENCE_S} s")

    async def _all(self):
        await asyncio.gather(*(self._client() for _ in range(CONNECTIONS)))

    async def _client(self):
        opened = 0
        while not self._ended:
            try:
                reader, writer = await asyncio.open_connection(*self.address)
            except OSError:  # no request was sent, so none is lost
                await asyncio.sleep(RETRY_S)
                continue
            opened += 1
            with contextlib.closing(writer):
                await self._requests(reader, writer)
        with self._changed:
            self.reconnected += opened - 1

    async def _requests(self, reader, writer):
        for path in itertools.cycle(self._paths):
            if self._ended:
                return
            try:
                writer.write(_head("GET", path, self.address))
                _, head, _ = await _answer(reader)
            except (OSError, asyncio.IncompleteReadError):
                with self._changed:
                    self.lost += 1
                return
            with self._changed:
                self.answered += 1
                self._changed.notify_all()
            if b"\r\nconnection: close" in head.lower():
                return
