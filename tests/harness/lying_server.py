#!/usr/bin/python3
"""The stub of the server with one lie, which makes it faster than it should be, or looks well in a median. The harness must find each.

LYING_SERVER selects the lie:
  slow     1 ms more for each 100th answer
  errors   500 once in LYING_EVERY answers (1,000)
  leak     keeps LYING_BYTES per request (1,024)
  date     a Date that is not renewed
  deaf     does not parse: the same answer to any bytes
"""

import asyncio
import os
import pathlib
import re

import stub_server

LIE = os.environ.get("LYING_SERVER", "")
EVERY = int(os.environ.get("LYING_EVERY", "1000"))
KEPT_BYTES = int(os.environ.get("LYING_BYTES", "1024"))
SLOW_EVERY, SLOW_S = 100, 0.001
OLD_DATE = b"Thu, 01 Jan 2015 00:00:00 GMT"


class Liar(stub_server.Stub):
    kept = []

    def refusal(self, head):
        return None if LIE == "deaf" else super().refusal(head)

    def date(self):
        return OLD_DATE if LIE == "date" else super().date()

    async def pause(self):
        if LIE == "slow" and self.requests % SLOW_EVERY == 0:
            await asyncio.sleep(SLOW_S)

    def answer(self, body):
        answer = super().answer(body)
        if LIE == "leak":
            self.kept.append(b"x" * KEPT_BYTES)
        if LIE == "errors" and self.requests % EVERY == 0:
            self.errors += 1
            answer = answer.replace(b"200 OK", b"500 Internal Server Error", 1)
        return answer

    def metrics(self):
        resident = os.sysconf("SC_PAGE_SIZE") * int(pathlib.Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return re.sub(r"(?m)^(process_resident_memory_bytes) .*$", rf"\1 {resident}", super().metrics())


if __name__ == "__main__":
    stub_server.main(stub_server.parser().parse_args(), Liar)
