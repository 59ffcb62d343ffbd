"""Tests of bench/compare --attach: a server that the test has started, loaded with stubs of the load generators."""

import http.server
import os
import pathlib
import re
import signal
import socket
import sys
import tempfile
import threading
import unittest

from compare_case import SpawningCase
from harness import attach, metrics_page, options, processes, server
from harness.errors import HarnessError

HERE = pathlib.Path(__file__).parent
BENCH = HERE.parents[1] / "bench"
LIMIT_S = 120
ALL_OF_SERVER = "server's CPU-us/request, server's busy CPUs, server's RSS, server's peak RSS, server's allocated bytes/request"


class Foreign(http.server.BaseHTTPRequestHandler):
    """A server of another project: no /ping, a page of metrics with the usual names only."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "foreign/1.2", ""
    requests = 0

    def do_GET(self):
        Foreign.requests += 1
        pages = {"/": b"hello", "/metrics": b"process_cpu_seconds_total 1.5\nprocess_resident_memory_bytes 5e6\n", "/moved": b""}
        body = pages.get(self.path, b"no")
        self.send_response(302 if self.path == "/moved" else 200 if self.path in pages else 404)
        self.send_header("Location", "/nowhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Attach(SpawningCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "bin").mkdir()
        os.symlink(HERE / "stub_wrk.py", self.folder / "bin" / "wrk")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def stub(self, *flags):
        command = [str(HERE / "stub_server.py"), "--router=gin", *flags]
        found = server.Server(command, "127.0.0.1", self.port, sorted(os.sched_getaffinity(0)), self.folder, "stub", admin_port="any")
        return self.enterContext(found)

    def foreign(self):
        found = self.enterContext(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign))
        threading.Thread(target=found.serve_forever, daemon=True).start()
        self.addCleanup(found.shutdown)
        return f"http://127.0.0.1:{found.server_port}"

    def start(self, url, *flags, path=None, **variables):
        environment = {**processes.environment(), "PYTHONPATH": str(BENCH), "PATH": path or f"{self.folder / 'bin'}:{os.environ['PATH']}",
                       **variables}
        command = [sys.executable, "-B", "-m", "harness", f"--attach={url}", f"--results={self.folder / 'results'}",
                   f"--duel-load={HERE / 'stub_duel_load.py'}", "--connections=4", *flags]
        return self.spawn(command, environment)

    def run_to_end(self, url, *flags, **variables):
        process = self.start(url, *flags, **variables)
        text, _ = process.communicate(timeout=LIMIT_S)
        return process.returncode, text

    def rows(self):
        self.assertTrue((self.session_folder() / "attach.png").read_bytes().startswith(b"\x89PNG"))
        return super().rows()

    def test_a_server_of_this_project_tells_its_costs_on_its_admin_port(self):
        stub = self.stub("--threads=2")
        status, text = self.run_to_end(stub.url(""), f"--admin={stub.admin_url()}", "--rounds=2")
        self.assertEqual(status, 0, text)
        self.assertRegex(text, rf"GET {stub.url('/ping')}, .*: wrk in a closed loop, 4 connections, 3 s, 2 rounds")
        self.assertIn("server: on this machine; its answer has 4 bytes, no Content-Type", text)
        self.assertRegex(text, r"(?m)^requests/s +\*20 +\[20, 20\] +20 +20$")
        self.assertRegex(text, r"(?m)^latency P99, ms +0\.100 ")
        self.assertRegex(text, r"(?m)^server's CPU-us/request +[0-9,.]+ +\[")
        self.assertRegex(text, r"(?m)^server's RSS, MB +3\.0 ")
        self.assertRegex(text, r"(?m)^server's peak RSS, MB +4\.0 ")
        self.assertRegex(text, r"(?m)^server's allocated bytes/request +64\.0 ")
        self.assertRegex(text, r"(?m)^requests per worker, of an equal share +80% to 120%$")
        self.assertNotIn("Not known", text)
        rows = self.rows()
        self.assertEqual([(row["tool"], row["requests"], row["server_requests"]) for row in rows], [("wrk", "20", "20")] * 2)
        self.assertTrue(stub.alive())

    def test_without_the_admin_port_its_figures_are_left_out_by_name(self):
        status, text = self.run_to_end(self.stub().url(""), "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn(f"Not known: {ALL_OF_SERVER}; give its admin port", re.sub(r"\n +", " ", text))
        self.assertNotRegex(text, r"(?m)^server's ")
        self.assertRegex(text, r"(?m)^the limit was +not known$")

    def test_a_server_of_another_project_is_measured(self):
        url = self.foreign()
        status, text = self.run_to_end(url, f"--admin={url}", "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn(f"GET {url}/, ", text)
        self.assertIn("server: on this machine (foreign/1.2); its answer has 5 bytes", text)
        self.assertRegex(text, r"(?m)^server's CPU-us/request +0\.000 ")  # the page always tells the same CPU time
        self.assertIn("Not known: server's peak RSS, server's allocated bytes/request; its page /metrics does not have them.", text)

    def test_the_server_is_asked_whether_it_is_one(self):
        status, text = self.run_to_end(self.stub().url(""), "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertNotIn("aution: the server ", text.replace("Caution: the server runs on this machine", ""))
        (self.folder / "results").rename(self.folder / "first")
        status, text = self.run_to_end(self.foreign(), "--rounds=1")  # Python's server requires no Host
        self.assertEqual(status, 0, text)
        self.assertRegex(re.sub(r"\n +", " ", text), r"\nCaution: the server accepts malformed requests: it answers a request without the field Host ")

    def test_a_redirection_is_an_answer(self):
        status, text = self.run_to_end(self.foreign(), "--path=/moved", "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn("its answer has 0 bytes", text)

    def test_a_fixed_rate_and_pipelining_are_sent_by_duel_load(self):
        stub = self.stub()
        status, text = self.run_to_end(stub.url(""), "--rate=500", "--path=/json", "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn(f"GET {stub.url('/json')}, ", text)
        self.assertIn("duel-load at 500 requests/s, 4 connections, 3 s", text)
        self.assertRegex(text, r"(?m)^own lateness of the client P99, ms +0\.010 ")
        self.assertRegex(text, r"(?m)^the limit was +neither$")
        (row,) = self.rows()
        self.assertIn("--rate=500 ", row["cmd_client"])
        (self.folder / "results").rename(self.folder / "first")
        status, text = self.run_to_end(stub.url(""), "--pipeline=8", "--rounds=1")
        self.assertEqual(status, 0, text)
        self.assertIn("duel-load in a closed loop, 4 connections, 8 requests in flight on each", text)

    def test_without_wrk_duel_load_is_used_and_only_duel_load_is_built(self):
        url = self.stub().url("")
        tools = self.folder / "tools"
        tools.mkdir()
        for tool in ("taskset", "git", "env", "python3"):
            os.symlink(f"/usr/bin/{tool}", tools / tool)
        status, text = self.run_to_end(url, "--rounds=1", path=str(tools))
        self.assertEqual(status, 0, text)
        self.assertEqual({row["tool"] for row in self.rows()}, {"duel-load"})
        self.assertEqual(self.run_to_end(url, "--check", path=str(tools)), (0, "load\n"))
        self.assertEqual(self.run_to_end(url, "--check"), (0, "\n"))
        self.assertEqual(self.run_to_end(url, "--check", "--rate=5"), (0, "load\n"))

    def test_invalid_runs_end_the_program_after_three(self):
        status, text = self.run_to_end(self.stub().url(""), "--rounds=1", STUB_WRK_REPORT='{"errors_timeout": 5}')
        self.assertEqual(status, 1)
        self.assertEqual(text.count("invalid run: 5 timeouts"), 3, text)
        self.assertRegex(text, r"bench/compare: http://127\.0\.0\.1:\d+ could not be measured, because 3 runs in a row were invalid: 5 timeouts; ")

    def test_other_clients_of_the_server_are_noticed(self):
        stub = self.stub()
        status, text = self.run_to_end(stub.url(""), f"--admin={stub.admin_url()}", "--rounds=1", STUB_WRK_REPORT='{"requests": 10}')
        self.assertEqual(status, 0, text)
        self.assertIn("in 1 of 1 runs the server answered more requests than the client sent (maximum +100.0%)", re.sub(r"\n +", " ", text))

    def test_what_does_not_answer_is_refused_with_one_sentence(self):
        stub, foreign = self.stub(), self.foreign()
        with socket.socket() as silent, socket.socket() as closed:
            for each in (silent, closed):
                each.bind(("127.0.0.1", 0))
            silent.listen()
            for flags, cause in (((f"http://127.0.0.1:{closed.getsockname()[1]}",), "/ping is not answered (Connection refused)"),
                                 ((f"http://127.0.0.1:{silent.getsockname()[1]}",), "/ping is not answered (timed out)"),
                                 ((foreign, "--path=/nowhere"), "answers GET /nowhere with the status 404; name a path"),
                                 ((stub.url(""), f"--admin={stub.url('')}"), "/metrics is no page of metrics"),
                                 ((stub.url(""), f"--load-workers=tcp://127.0.0.1:{closed.getsockname()[1]}"), "does not accept connections")):
                with self.subTest(cause):
                    status, text = self.run_to_end(*flags)
                    self.assertEqual(status, 2, text)
                    self.assertRegex(text, r"\Abench/compare: --[^\n]+; [^\n]+\n\Z")
                    self.assertIn(cause, text)
        self.assertFalse((self.folder / "results").exists())

    def test_ctrl_c_stops_the_client_and_not_the_server(self):
        stub = self.stub()
        process = self.start(stub.url(""), "--rounds=1000")
        for line in process.stdout:
            if " round 2 of " in line:
                break
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted, the load generator is stopped; ", text)
        self.assertTrue(stub.alive())


class Parts(unittest.TestCase):
    def test_a_server_that_was_started_again_is_noticed(self):
        def page(cpu_s):
            return metrics_page.Page(f"process_cpu_seconds_total {cpu_s}\n")

        self.assertFalse(attach.has_restarted(page(1), page(1)))
        self.assertTrue(attach.has_restarted(page(2), page(1)))
        self.assertFalse(attach.has_restarted(None, None))
        self.assertFalse(attach.has_restarted(metrics_page.Page("x 2\n"), metrics_page.Page("x 1\n")))

    def test_the_limit_is_known_only_with_the_cpu_time_of_the_server(self):
        def limit(server_share, client_share, rate=None):
            return attach.judge({"server_share": server_share, "client_share": client_share, "intended_rate": rate})[0]

        self.assertEqual([limit(None, 0.5), limit(None, 0.96), limit(None, 0.5, 100)], ["not known", "client", "neither"])
        self.assertEqual([limit(0.96, 0.96), limit(0.5, 0.96), limit(0.5, 0.5)], ["server", "client", "neither"])

    def test_this_machine_is_known_by_its_addresses(self):
        self.assertTrue(options.is_here(options.Endpoint("http", "localhost", 80)))
        self.assertFalse(options.is_here(options.Endpoint("http", "192.0.2.1", 80)))
        with self.assertRaisesRegex(HarnessError, "the host x.invalid is unknown"):
            options.is_here(options.Endpoint("http", "x.invalid", 80))


if __name__ == "__main__":
    unittest.main()
