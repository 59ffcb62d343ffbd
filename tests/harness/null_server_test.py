"""The null server answers every request as the Gin style answers GET /ping, and has the same counters as the server.

Usage: null_server_test.py NULL_SERVER SERVER
"""

import json
import sys
import threading
import unittest
import urllib.request

from running_server import RunningServer

SERVER, NULL_SERVER = sys.argv.pop(), sys.argv.pop()


class NullServer(unittest.TestCase):
    def begin(self, program):
        server = RunningServer(program, "--threads=1", "--router=gin")
        self.addCleanup(lambda: self.assertEqual(server.stop(), 0))
        return server

    @staticmethod
    def get(url):
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, [(name, value) for name, value in answer.headers.items() if name != "Date"], answer.read()

    def test_answers_every_path_like_ping_of_the_server(self):
        null, server = self.begin(NULL_SERVER), self.begin(SERVER)
        expected = self.get(server.url + "/ping")
        for path in ("/ping", "/", "/nowhere?x=1"):
            self.assertEqual(self.get(null.url + path), expected, path)

    def test_offers_a_history(self):
        null = self.begin(NULL_SERVER)
        event = threading.Event()
        for _ in range(300):
            self.get(null.url + "/ping")
            if json.loads(self.get(null.admin + "debug/history")[2])["longest_stall_ns"]:
                break
            event.wait(0.1)
        history = json.loads(self.get(null.admin + "debug/history")[2])
        self.assertGreater(sum(history["requests"]), 0)
        self.assertGreater(max(history["longest_stall_ns"]), 0)


if __name__ == "__main__":
    unittest.main()
