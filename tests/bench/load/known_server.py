"""An HTTP server whose behaviour is known, for tests of duel-load. Usage: known_server.py [MODE]

  (none)   answers every request at once
  freeze   does nothing for the first 100 ms of each second of the wall clock
  slow     needs 1 ms more for each 100th answer
  fail     gives each 1000th answer the status 500
  leave    answers 500 requests; then closes its connections and its listener

It prints its port. When its standard input ends, it prints what it has seen, as JSON, and ends.
"""

import asyncio
import json
import sys
import time

FREEZE_S, HEARTBEAT_S = 0.1, 0.005
MODE = sys.argv[1] if len(sys.argv) > 1 else ""

seen = {"connections": 0, "requests": 0, "paths": {}, "body_bytes": 0, "chunked": 0, "trace_ids": [], "closing": 0,
        "freezes": [], "late_s": 0.0}
protocols = set()
listener = None


class Protocol(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
        seen["connections"] += 1
        protocols.add(self)

    def connection_lost(self, _):
        protocols.discard(self)

    def data_received(self, data):
        self.data += data
        while (size := self.request_size()) is not None:
            self.data = self.data[size:]
            self.answer()

    def request_size(self):
        """The size of the first request, if it is complete. Notes what is in it."""
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return None
        line, *fields = self.data[:end].decode().split("\r\n")
        fields = dict(field.split(": ", 1) for field in fields)
        if "Transfer-Encoding" in fields:
            size, body = self.chunks(end + 4)
            if size is None:
                return None
        else:
            body = int(fields.get("Content-Length", 0))
            size = end + 4 + body
            if len(self.data) < size:
                return None
        self.note(line.split()[1], fields, body)
        return size

    def chunks(self, at):
        body = 0
        while (end := self.data.find(b"\r\n", at)) >= 0:
            size = int(self.data[at:end], 16)
            at = end + 2 + size + 2
            if len(self.data) < at:
                break
            body += size
            if size == 0:
                return at, body
        return None, 0

    def note(self, path, fields, body):
        seen["requests"] += 1
        seen["paths"][path] = seen["paths"].get(path, 0) + 1
        seen["body_bytes"] += body
        seen["chunked"] += "Transfer-Encoding" in fields
        if "X-Trace-ID" in fields:
            seen["trace_ids"].append(fields["X-Trace-ID"])
        self.closes = fields.get("Connection") == "close"
        seen["closing"] += self.closes

    def answer(self):
        number = seen["requests"]
        if MODE == "slow" and number % 100 == 0:
            time.sleep(0.001)
        status = "500 Known" if MODE == "fail" and number % 1000 == 0 else "200 OK"
        if MODE == "leave" and number > 500:
            listener.close()
            for protocol in list(protocols):
                protocol.transport.abort()
            return
        self.transport.write(f"HTTP/1.1 {status}\r\nContent-Length: 4\r\n\r\npong".encode())
        if self.closes:
            self.transport.close()


async def freeze():
    while True:
        await asyncio.sleep(1 - time.time() % 1)
        begin = time.time()
        time.sleep(FREEZE_S)
        seen["freezes"].append((begin, time.time()))


async def watch():
    """Measures how late the server itself is, apart from its freezes."""
    while True:
        begin, freezes = time.monotonic(), len(seen["freezes"])
        await asyncio.sleep(HEARTBEAT_S)
        if len(seen["freezes"]) == freezes:
            seen["late_s"] = max(seen["late_s"], time.monotonic() - begin - HEARTBEAT_S)


async def main():
    global listener
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(Protocol, "127.0.0.1", 0, backlog=1000)
    print(listener.sockets[0].getsockname()[1], flush=True)
    tasks = [asyncio.create_task(freeze()), asyncio.create_task(watch())] if MODE == "freeze" else []
    done = loop.create_future()
    loop.add_reader(sys.stdin, lambda: done.done() or done.set_result(None))
    await done
    for task in tasks:
        task.cancel()
    print(json.dumps(seen), flush=True)


asyncio.run(main())
