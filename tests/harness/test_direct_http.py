"""Tests of harness/direct_http.py: requests to servers under test use no proxy."""

import http.server
import importlib
import os
import pathlib
import re
import threading
import unittest
import unittest.mock

from harness import direct_http


class DirectHttp(unittest.TestCase):
    PROXIES = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY", "ftp_proxy")} | {"no_proxy": "localhost"}

    def test_a_request_to_a_server_uses_no_proxy(self):
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as answers:
            answers.RequestHandlerClass.log_message = lambda *_: None
            threading.Thread(target=answers.handle_request, daemon=True).start()
            with unittest.mock.patch.dict(os.environ, self.PROXIES):
                importlib.reload(direct_http)  # urllib reads the environment when the opener is made
                status, _ = direct_http.request(f"http://127.0.0.1:{answers.server_port}/", 30)
        self.assertEqual(status, 200)

    def test_no_other_file_of_the_benchmarks_sends_http_through_a_library(self):
        for file in pathlib.Path(direct_http.__file__).parents[1].rglob("*.py"):
            clients = re.findall(r"urllib\.request|http\.client|\brequests\b\.get|urlopen", file.read_text(encoding="utf-8"))
            self.assertEqual(bool(clients), file.name == "direct_http.py", f"{file}: use harness.direct_http, which uses no proxy")


if __name__ == "__main__":
    unittest.main()
