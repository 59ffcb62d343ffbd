"""Stands for a server of another project in tests: `stub_rival.py PORT [FAULT]`. It has the routes of bench/rivals/servers.

FAULT selects one fault:
  json     answers /json with another text
  refuses  answers /ping with 503
  forms    answers /echo with nothing if the body is a form
  dies     exits at once with a reason
  ends     exits when the second connection comes
"""

import http.server
import json
import os
import sys

FAULT = sys.argv[2] if len(sys.argv) > 2 else ""
BODIES = {"/ping": b"pong", "/json": json.dumps({"message": "wrong" if FAULT == "json" else "pong"}).encode(),
          "/static/1k.txt": b"x" * 1024, "/static/100k.txt": b"x" * 102_400}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self):
        super().setup()
        Handler.connections += 1
        if FAULT == "ends" and Handler.connections > 2:  # the first one is that of the harness, which looks whether the server listens
            os._exit(3)

    def answer(self, body):
        self.send_response(503 if FAULT == "refuses" and self.path == "/ping" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(BODIES.get(self.path, b""))  # duel-load of the tests asks with GET for /echo, too

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"" if FAULT == "forms" and "form" in self.headers.get("Content-Type", "") else body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    allow_reuse_address = True


if FAULT == "dies":
    sys.exit("the stub cannot start")
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
