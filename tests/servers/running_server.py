"""Starts a server for a test: on free ports, without a configuration file. Its first line tells the addresses."""

import os
import re
import subprocess

os.environ["no_proxy"] = "*"  # the tests request servers of this machine, which a proxy cannot reach


class RunningServer:
    def __init__(self, program, *flags):
        command = [program, "--no-config", "--host=127.0.0.1", "--port=0", "--admin-port=any", *flags]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        self.url = re.search(r"listening on (\S+)", line)[1]
        self.admin = re.search(r"admin=(\S+/)\)", line)[1]

    def stop(self):
        """Ends the server and returns its exit status."""
        self._process.terminate()
        self._process.stdout.close()
        return self._process.wait(30)
