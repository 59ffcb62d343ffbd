"""Opens the live page in headless Chromium: it plots the history of the server, and requests nothing from elsewhere.

Usage: page_test.py SERVER [SCREENSHOTS]   (a folder for screenshots of each state)
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

from running_server import RunningServer

SCREENSHOTS = pathlib.Path(sys.argv.pop()) if len(sys.argv) > 2 else None
SERVER = sys.argv.pop() if len(sys.argv) > 1 else "server"
CHARTS = ["Requests", "Bytes allocated", "Resident memory", "Purges", "Longest stall"]


def chromium(arguments):
    """Runs Chromium with a fresh profile and returns its standard output."""
    program = shutil.which("chromium")
    if program is None:
        raise unittest.TestCase.failureException("chromium is missing: tools/install brings it")
    with tempfile.TemporaryDirectory() as profile:
        # --no-sandbox: the sandbox does not work for root and without user namespaces. The page is our own.
        command = [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


class Page(unittest.TestCase):
    def setUp(self):
        self.server = RunningServer(SERVER, "--threads=1")

    def tearDown(self):
        self.assertEqual(self.server.stop(), 0)

    def history(self):
        with urllib.request.urlopen(self.server.admin + "debug/history", timeout=30) as answer:
            return json.load(answer)

    def await_history(self, enough):
        """Waits until the history, which gets one value per second, is `enough`."""
        event = threading.Event()
        for _ in range(300):
            history = self.history()
            if enough(history):
                return history
            event.wait(0.1)
        self.fail("the history did not get the expected values")

    @contextlib.contextmanager
    def load(self):
        stop = threading.Event()

        def ask():
            while not stop.is_set():
                urllib.request.urlopen(self.server.url + "/ping", timeout=30).close()

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def dom(self):
        """The page after its scripts have run for 4 s of virtual time, which takes less real time."""
        dom = chromium(["--virtual-time-budget=4000", "--dump-dom", self.server.admin])
        return re.sub(r"<script>.*?</script>", "", dom, flags=re.DOTALL)

    def screenshot(self, name, *arguments, size="1180,1000"):
        if SCREENSHOTS is not None:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            chromium(["--virtual-time-budget=4000", f"--window-size={size}", f"--screenshot={SCREENSHOTS / name}.png",
                      *arguments, self.server.admin])

    def check_charts(self, dom):
        self.assertEqual(re.findall(r"<h2>([^<]*)</h2>", dom), CHARTS)
        self.assertEqual(len(re.findall(r'<path class="curve" d="M', dom)) + dom.count('class="curve" d=""'), len(CHARTS))
        self.assertIn("router gin", dom)
        self.assertNotIn("no answer from the server", dom)
        self.assertNotIn("NaN", dom)
        self.assertNotIn("undefined", dom)

    def now(self, dom, title):
        return re.search(rf'<h2>{title}</h2><span class="now">([^<]*)</span>', dom)[1]

    def test_without_traffic(self):
        self.await_history(lambda history: len(history["timestamp_ms"]) >= 3)
        dom = self.dom()
        self.check_charts(dom)
        self.assertEqual(self.now(dom, "Requests"), "0/s")
        self.assertEqual(self.now(dom, "Bytes allocated"), "no requests")
        self.assertRegex(self.now(dom, "Resident memory"), r"^[\d.]+ MB$")
        self.screenshot("idle")
        self.screenshot("narrow", size="500,1500")

    def test_under_load(self):
        with self.load():
            self.await_history(lambda history: sum(count > 0 for count in history["requests"]) >= 3)
            dom = self.dom()
            self.check_charts(dom)
            self.assertNotEqual(self.now(dom, "Requests"), "0/s")
            self.assertRegex(self.now(dom, "Bytes allocated"), r"^[\d.,]+ k?B/request$")
            self.assertRegex(self.now(dom, "Longest stall"), r"^[\d.,]+ (µs|ms|s)$")
            self.screenshot("load")
            self.screenshot("dark", "--force-dark-mode", "--blink-settings=preferredColorScheme=0")

    def test_requests_nothing_from_elsewhere(self):
        with urllib.request.urlopen(self.server.admin, timeout=30) as answer:
            page = answer.read().decode()
            self.assertIn("default-src 'none'; connect-src 'self'", answer.headers["Content-Security-Policy"])
        for url in re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s)>]+)""", page):
            self.assertTrue(url.startswith(("/", "data:")) and not url.startswith("//"), url)
        for url in re.findall(r"https?://[^\s'\"`]+", page):
            self.assertEqual(url, "http://www.w3.org/2000/svg", "a name, not an address")


if __name__ == "__main__":
    os.environ.pop("DISPLAY", None)
    unittest.main()
