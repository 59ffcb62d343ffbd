"""tests/docker/engine where there is no container engine."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

from fake_machine import PATIENCE_S

ENGINE = pathlib.Path(__file__).with_name("engine")


def run(*arguments, **variables):
    return subprocess.run([sys.executable, "-B", ENGINE, *arguments], capture_output=True, text=True, timeout=PATIENCE_S, check=False, env=variables)


class WithoutAnEngine(unittest.TestCase):
    def setUp(self):
        self.checks = run("--list").stdout.splitlines()

    def skips(self, reason, **variables):
        done = run("debian", **variables)
        first, *skipped = done.stdout.splitlines()
        self.assertEqual(done.returncode, 77, done.stderr)
        self.assertIn(reason, first)
        self.assertEqual([line.strip() for line in skipped], self.checks)
        self.assertGreater(len(skipped), 8)

    def test_every_check_is_skipped_by_name(self):
        with tempfile.TemporaryDirectory() as folder:
            self.skips("docker is not installed", PATH=folder)
            docker = pathlib.Path(folder, "docker")
            docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n", encoding="ascii")
            docker.chmod(0o755)
            self.skips("Cannot connect to the Docker daemon", PATH=folder)


if __name__ == "__main__":
    unittest.main()
