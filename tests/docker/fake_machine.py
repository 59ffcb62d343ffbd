"""A folder with the files of /proc and /sys that the knobs of docker/ read and write, and a copy of docker/ that any user can run."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

DOCKER = pathlib.Path(__file__).parents[2] / "docker"
NOBODY = 65534
PATIENCE_S = 60  # for programs that end within a second, on a machine that others use

# What a new machine has. Each value differs from the wanted one.
FILES = {
    "proc/sys/vm/swappiness": "60",
    "proc/sys/net/core/somaxconn": "4096",
    "proc/irq/24/smp_affinity_list": "0-3",
    "proc/irq/24/virtio0/": None,
    "proc/irq/25/smp_affinity_list": "2",
    "proc/irq/25/virtio1/": None,
    "proc/irq/26/smp_affinity_list": "0-3",  # without a handler
    "proc/self/status": "Name:\tsh\nCpus_allowed_list:\t2-3",
    "sys/devices/system/cpu/online": "0-3",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance",
    "sys/devices/system/cpu/cpufreq/boost": "1",
    "sys/kernel/debug/sched/base_slice_ns": "3000000",
    "sys/kernel/mm/transparent_hugepage/enabled": "always",
}
VERSION_1 = {
    "proc/self/mountinfo": "\n".join(f"{number} 20 0:{number} / /sys/fs/cgroup/{name} rw,relatime - cgroup cgroup rw,{name}"
                                     for number, name in enumerate(("cpu", "memory", "blkio"), 30)),
    "proc/self/cgroup": "3:memory:/\n2:blkio:/\n1:cpu:/\n0::/",
    **{f"sys/fs/cgroup/{name}/release_agent": "" for name in ("cpu", "memory", "blkio")},
}
VERSION_2 = {
    "proc/self/mountinfo": "30 20 0:30 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw",
    "proc/self/cgroup": "0::/",
    "sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory pids",
    "sys/fs/cgroup/cgroup.subtree_control": "",
}


class FakeMachine(unittest.TestCase):
    """A test with a machine of its own."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.folder.chmod(0o755)
        self.root = self.folder / "root"
        self.docker = shutil.copytree(DOCKER, self.folder / "docker")
        self.give(FILES)
        self.give(VERSION_2)

    def give(self, files):
        for name, text in files.items():
            path = self.root / name
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text + "\n" if text else "", encoding="ascii")

    def use_version_1(self):
        shutil.rmtree(self.root / "sys/fs/cgroup")
        self.give(VERSION_1)

    def read(self, name):
        return (self.root / name).read_text(encoding="ascii").strip()

    def all_values(self):
        """Every file of the machine with its content."""
        return {str(path.relative_to(self.root)): path.read_text(encoding="ascii")
                for path in sorted(self.root.rglob("*")) if path.is_file() and "run" not in path.relative_to(self.root).parts[:1]}

    def start(self, program, *arguments, as_nobody=False, **variables):
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody and os.geteuid() == 0 else {}
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "KNOBS_ROOT": str(self.root), **variables}
        return subprocess.Popen([self.docker / program, *arguments], env=environment, cwd="/", text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **user)

    def run_program(self, program, *arguments, **options):
        process = self.start(program, *arguments, **options)
        output, errors = process.communicate(timeout=PATIENCE_S)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def one_sentence(self, done, status, *words):
        """The program refused: this status, one line on standard error, nothing on standard output."""
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (status, "", 1), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)


def rows(text):
    """The knobs of a JSON report by their names: (want, got, state)."""
    return {knob["name"]: (knob["want"], knob["got"], knob["state"]) for knob in json.loads(text)["knobs"]}
