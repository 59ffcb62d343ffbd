"""Tests of control groups: with trees of plain files that stand for the kernel's, and with the groups of this machine if it allows any."""

import contextlib
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from harness import cgroup, cgroup_tree, processes
from harness.errors import HarnessError

BENCH = pathlib.Path(cgroup.__file__).parents[1]
FILES = {1: {"cpu": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "-1", "cpu.stat": "nr_periods 0\n"},
             "memory": {"memory.limit_in_bytes": "1", "memory.memsw.limit_in_bytes": "1", "memory.oom_control": "oom_kill 0\n"}},
         2: {"cpu": {"cpu.max": "max 100000", "cpu.stat": "nr_periods 0\n"},
             "memory": {"memory.max": "max", "memory.swap.max": "max", "memory.events": "oom_kill 0\n"}}}


class FakeKernel:
    """A tree of plain files. A new group gets the files of the controllers that its parent gives to its children."""

    def __init__(self, root, version, mounts, own):
        """mounts: {folder below `root`: controllers}; own: the text of /proc/self/cgroup."""
        self.root, self.version = pathlib.Path(root), version
        self.proc = self.root / "proc"
        (self.proc / "self").mkdir(parents=True)
        self.controllers, lines = {}, []
        for name, controllers in mounts.items():
            folder = self.root / name
            self.controllers[folder] = controllers
            folder.mkdir(parents=True)
            kind = "cgroup rw" if version == 1 else "cgroup2 rw"
            options = "," + ",".join(controllers) if version == 1 else ""
            escaped = str(folder).replace(" ", "\\040")
            lines.append(f"30 20 0:30 / {escaped} rw,relatime shared:4 - {kind.split()[0]} {kind.split()[0]} rw{options}")
            if version == 2:
                (folder / "cgroup.controllers").write_text(" ".join(controllers))
                self.delegate(folder, controllers)
        (self.proc / "self" / "mountinfo").write_text("\n".join(["22 1 8:1 / / rw - ext4 /dev/sda rw", *lines, ""]))
        (self.proc / "self" / "cgroup").write_text(own)
        self.removed = []

    def delegate(self, folder, controllers):
        (folder / "cgroup.subtree_control").write_text(" ".join(controllers))

    def existing(self, path, controllers=()):
        """A group that exists before the test."""
        folder = self.root / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.procs").write_text("")
        self.delegate(folder, controllers)
        return folder

    def make(self, folder):
        folder.mkdir()
        (folder / "cgroup.procs").write_text("")
        mount = next(mount for mount in self.controllers if folder.is_relative_to(mount))
        given = self.controllers[mount]
        if self.version == 2:
            given = [word.lstrip("+") for word in (folder.parent / "cgroup.subtree_control").read_text().split()]
        for controller in given:
            for name, text in FILES[self.version].get(controller, {}).items():
                (folder / name).write_text(text)

    def remove(self, folder):
        if not folder.exists():
            raise FileNotFoundError(folder)
        shutil.rmtree(folder)
        self.removed.append(folder)

    def groups(self):
        return sorted(folder for folder in self.root.rglob(f"{cgroup.PREFIX}.*") if folder.is_dir())


class WithFakeKernel(unittest.TestCase):
    def kernel(self, version, mounts, own):
        root = self.enterContext(tempfile.TemporaryDirectory(prefix="a b "))  # the kernel escapes spaces
        kernel = FakeKernel(root, version, mounts, own)
        self.enterContext(unittest.mock.patch.object(cgroup_tree, "make_folder", kernel.make))
        self.enterContext(unittest.mock.patch.object(cgroup_tree, "_remove_folder", kernel.remove))
        return kernel

    def group(self, kernel, **limits):
        return cgroup.Group(cgroup.Limits(**limits), kernel.proc)


class Version1(WithFakeKernel):
    def start(self):
        kernel = self.kernel(1, {"cpu": ["cpu", "cpuacct"], "memory": ["memory"]}, "4:memory:/box/job\n3:cpu,cpuacct:/\n0::/\n")
        kernel.existing("memory/box/job")
        return kernel

    def test_the_limits_are_written_below_the_own_group(self):
        kernel = self.start()
        group = self.group(kernel, cpu_percent=40, memory_bytes=8_000_000)
        group.make()
        cpu, memory = kernel.groups()
        self.assertEqual((cpu.parent, memory.parent), (kernel.root / "cpu", kernel.root / "memory" / "box" / "job"))
        self.assertEqual((cpu / "cpu.cfs_quota_us").read_text(), "40000")
        self.assertEqual((cpu / "cpu.cfs_period_us").read_text(), "100000")
        self.assertEqual((memory / "memory.limit_in_bytes").read_text(), "8000000")
        self.assertEqual((memory / "memory.memsw.limit_in_bytes").read_text(), "8000000")
        group.remove()
        self.assertEqual(kernel.groups(), [])

    def test_a_kernel_without_swap_has_no_limit_of_swap(self):
        kernel = self.start()
        with unittest.mock.patch.dict(FILES[1]["memory"]):
            del FILES[1]["memory"]["memory.memsw.limit_in_bytes"]
            self.group(kernel, memory_bytes=1).make()
        self.assertEqual(len(kernel.groups()), 1)

    def test_a_process_joins_before_its_program_starts(self):
        kernel = self.start()
        group = self.group(kernel, cpu_percent=40, memory_bytes=8_000_000)
        group.make()
        done = subprocess.run(group.wrap(["sh", "-c", 'echo "$1"; exit 7', "x", "a b"]), capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (7, "a b\n"), done.stderr)
        self.assertEqual([(folder / "cgroup.procs").read_text() for folder in kernel.groups()], ["0\n", "0\n"])

    def test_a_process_that_cannot_join_does_not_start(self):
        kernel = self.start()
        group = self.group(kernel, cpu_percent=40)
        group.make()
        shutil.rmtree(kernel.groups()[0])
        done = subprocess.run(group.wrap(["echo", "started"]), capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("cgroup.procs", done.stderr)

    def test_counts_are_read(self):
        kernel = self.start()
        group = self.group(kernel, cpu_percent=40, memory_bytes=8_000_000)
        group.make()
        cpu, memory = kernel.groups()
        (cpu / "cpu.stat").write_text("nr_periods 9\nnr_throttled 4\nthrottled_time 1500000000\nnr_bursts 0\n")
        (memory / "memory.max_usage_in_bytes").write_text("4096\n")
        (memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
        self.assertEqual(group.counts(), cgroup.Counts(9, 4, 1.5, 4096, 2))

    def test_a_group_whose_limits_cannot_be_written_is_removed_at_once(self):
        kernel = self.start()
        with unittest.mock.patch.dict(FILES[1]["cpu"]):
            del FILES[1]["cpu"]["cpu.cfs_quota_us"]
            with self.assertRaisesRegex(OSError, "cpu.cfs_quota_us"):
                self.group(kernel, cpu_percent=40).make()
        self.assertEqual(kernel.groups(), [])

    def test_half_of_a_group_is_removed_too(self):
        kernel = self.start()
        shutil.rmtree(kernel.root / "memory")
        group = self.group(kernel, cpu_percent=40, memory_bytes=8_000_000)
        with self.assertRaises(OSError):
            group.make()
        group.remove()
        self.assertEqual((kernel.groups(), len(kernel.removed)), ([], 1))


class Version2(WithFakeKernel):
    def start(self, own, controllers=("cpuset", "cpu", "memory")):
        return self.kernel(2, {"cgroup": list(controllers)}, f"0::{own}\n")

    def test_the_limits_are_written_in_one_group_beside_the_own_one(self):
        kernel = self.start("/user.slice/session-1.scope")
        kernel.existing("cgroup/user.slice/session-1.scope")
        kernel.existing("cgroup/user.slice", ["cpu", "memory"])
        group = self.group(kernel, cpu_percent=250, memory_bytes=8_000_000, period_us=20_000)
        group.make()
        folder, = kernel.groups()
        self.assertEqual(folder.parent, kernel.root / "cgroup" / "user.slice")
        self.assertEqual((folder / "cpu.max").read_text(), "50000 20000")
        self.assertEqual((folder / "memory.max").read_text(), "8000000")
        self.assertEqual((folder / "memory.swap.max").read_text(), "0")
        (folder / "cpu.stat").write_text("usage_usec 7\nnr_periods 9\nnr_throttled 4\nthrottled_usec 2500000\n")
        (folder / "memory.peak").write_text("4096\n")
        (folder / "memory.events").write_text("low 0\nhigh 0\nmax 8\noom 1\noom_kill 1\noom_group_kill 0\n")
        self.assertEqual(group.counts(), cgroup.Counts(9, 4, 2.5, 4096, 1))
        group.remove()
        self.assertEqual(kernel.groups(), [])

    def test_a_parent_without_the_controllers_is_passed_over(self):
        kernel = self.start("/user.slice/session-1.scope")
        kernel.existing("cgroup/user.slice", ["memory"])
        self.group(kernel, cpu_percent=40).make()
        self.assertEqual(kernel.groups()[0].parent, kernel.root / "cgroup")

    def test_the_root_gives_the_controllers_if_nobody_asked_for_them_before(self):
        kernel = self.start("/")
        kernel.delegate(kernel.root / "cgroup", [])
        self.group(kernel, cpu_percent=40, memory_bytes=8_000_000).make()
        self.assertEqual((kernel.root / "cgroup" / "cgroup.subtree_control").read_text(), "+cpu +memory")
        self.assertEqual((kernel.groups()[0] / "cpu.max").read_text(), "40000 100000")

    def test_without_the_controller_there_is_no_group(self):
        kernel = self.start("/", ["hugetlb"])
        with self.assertRaisesRegex(OSError, "no control groups with the controller cpu are mounted"):
            self.group(kernel, cpu_percent=40).make()

    def test_a_mixed_machine_uses_the_version_that_has_the_controller(self):
        kernel = self.kernel(1, {"cpu": ["cpu"]}, "1:cpu:/\n0::/\n")
        unified = kernel.root / "unified"
        unified.mkdir()
        (unified / "cgroup.controllers").write_text("hugetlb")
        with open(kernel.proc / "self" / "mountinfo", "a", encoding="ascii") as file:
            file.write(f"31 20 0:31 / {str(unified).replace(' ', chr(92) + '040')} rw - cgroup2 cgroup2 rw\n")
        self.assertEqual([(found.version, found.parents) for found in cgroup_tree.hierarchies(["cpu"], kernel.proc)],
                         [(1, (kernel.root / "cpu",))])

    def test_a_group_outside_of_the_mount_is_not_followed(self):
        for own, root in (("/../..", "/"), ("/other", "/docker/x")):
            with self.subTest(own):
                kernel = self.start(own)
                text = (kernel.proc / "self" / "mountinfo").read_text().replace(" 0:30 / ", f" 0:30 {root} ")
                (kernel.proc / "self" / "mountinfo").write_text(text)
                self.assertEqual(cgroup_tree.hierarchies(["cpu"], kernel.proc)[0].parents, (kernel.root / "cgroup",))


class WithoutRights(WithFakeKernel):
    def setUp(self):
        cgroup._kind.cache_clear()
        self.addCleanup(cgroup._kind.cache_clear)
        self.bin = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for tool in ("sh", "cat", "true"):
            os.symlink(shutil.which(tool), self.bin / tool)
        self.enterContext(unittest.mock.patch.dict(os.environ, {"PATH": str(self.bin)}))
        self.enterContext(unittest.mock.patch.object(cgroup_tree, "make_folder", self.refuse))

    def refuse(self, folder):
        raise PermissionError(13, "Permission denied", str(folder))

    def systemd_run(self, script):
        (self.bin / "systemd-run").write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / "systemd-run").chmod(0o755)

    def test_without_systemd_one_sentence_names_cause_and_cure(self):
        with self.assertRaises(HarnessError) as caught:
            cgroup.require(cgroup.Limits(cpu_percent=40))
        self.assertRegex(str(caught.exception), r"\Athis user cannot make a control group with a limit of cpu \([^\n]+\), and systemd-run "
                         r"--user --scope does not work either \([^\n]*systemd-run[^\n]*\); run this as root [^\n]+\Z")

    def test_the_reason_of_systemd_is_named(self):
        self.systemd_run("echo Failed to connect to bus: No medium found >&2; exit 1")
        with self.assertRaisesRegex(HarnessError, r"either \(Failed to connect to bus: No medium found\); run"):
            cgroup.require(cgroup.Limits(memory_bytes=2**20))

    def test_a_systemd_that_makes_no_scope_is_not_believed(self):
        self.systemd_run('while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
        with self.assertRaisesRegex(HarnessError, "the scope is not visible"):
            cgroup.require(cgroup.Limits(cpu_percent=40))

    def test_the_scope_of_systemd_has_the_limits(self):
        scope = cgroup.Scope(cgroup.Limits(cpu_percent=12.5, memory_bytes=8_000_000))
        command = scope.wrap(["server", "--port=1"])
        self.assertEqual(command[:5], ["systemd-run", "--user", "--scope", "--quiet", "--collect"])
        self.assertEqual(command[5:], [f"--unit={scope.name}", "--property=CPUQuota=12.5%", "--property=CPUQuotaPeriodSec=100000us",
                                       "--property=MemoryMax=8000000", "--property=MemorySwapMax=0", "--", "server", "--port=1"])
        self.assertRegex(scope.name, cgroup.NAME)

    def test_the_counts_of_a_scope_outlive_it(self):
        kernel = self.kernel(2, {"cgroup": ["cpu", "memory"]}, "0::/\n")
        scope = cgroup.Scope(cgroup.Limits(cpu_percent=50), kernel.proc)
        folder = kernel.existing(f"cgroup/app.slice/{scope.name}")
        (folder / "cpu.stat").write_text("nr_periods 9\nnr_throttled 4\nthrottled_usec 2500000\n")
        (kernel.proc / "77").mkdir()
        other = kernel.existing("cgroup/app.slice/other")
        (other / "cpu.stat").write_text("nr_periods 900\n")
        (kernel.proc / "77" / "cgroup").write_text("0::/app.slice/other\n")
        scope.started(77)
        self.assertEqual(scope.counts(), cgroup.Counts(), "systemd-run has not joined the scope")
        (kernel.proc / "77" / "cgroup").write_text(f"0::/app.slice/{scope.name}\n")
        self.assertEqual(scope.counts().throttled_periods, 4)
        shutil.rmtree(kernel.proc / "77")
        self.assertEqual(scope.counts().throttled_periods, 4)


class Abandoned(WithFakeKernel):
    def test_only_groups_of_processes_that_have_ended_are_removed(self):
        kernel = self.kernel(1, {"cpu": ["cpu"], "memory": ["memory"]}, "4:memory:/\n3:cpu:/\n")
        mine = self.group(kernel, cpu_percent=40)
        mine.make()
        (kernel.proc / str(os.getpid())).mkdir()
        shutil.copy("/proc/self/stat", kernel.proc / str(os.getpid()) / "stat")
        lost, reused = f"{cgroup.PREFIX}.999999999.5.1", f"{cgroup.PREFIX}.{os.getpid()}.5.1"
        for path in (f"cpu/{lost}", f"memory/{lost}", f"cpu/{reused}", f"cpu/{cgroup.PREFIX}.other", "cpu/foreign"):
            kernel.existing(path)
        said = []
        cgroup.remove_abandoned(said.append, kernel.proc)
        self.assertEqual({folder.name for folder in kernel.groups()}, {mine.name, f"{cgroup.PREFIX}.other"})
        self.assertTrue((kernel.root / "cpu" / "foreign").is_dir())
        self.assertEqual(sorted(said), sorted(f"removed the control group {name}, which an earlier call that was killed had left behind"
                                              for name in (lost, reused)))

    def test_a_group_with_processes_of_another_container_is_left_alone(self):
        kernel = self.kernel(1, {"cpu": ["cpu"]}, "3:cpu:/\n")
        folder = kernel.existing(f"cpu/{cgroup.PREFIX}.999999999.5.1")
        (folder / "cgroup.procs").write_text("0\n")
        with unittest.mock.patch.object(cgroup_tree.os, "kill"):
            cgroup.remove_abandoned(self.fail, kernel.proc)
        self.assertEqual(kernel.groups(), [folder])

    def test_a_process_of_another_container_is_not_signalled(self):
        kernel = self.kernel(1, {"cpu": ["cpu"]}, "3:cpu:/\n")
        group = self.group(kernel, cpu_percent=40)
        group.make()
        (kernel.groups()[0] / "cgroup.procs").write_text("0\n")
        with unittest.mock.patch.object(cgroup_tree.os, "kill") as kill:
            group.remove()
        kill.assert_not_called()

    def test_without_control_groups_nothing_happens(self):
        kernel = self.kernel(1, {}, "0::/\n")
        cgroup.remove_abandoned(self.fail, kernel.proc)


class Values(unittest.TestCase):
    def test_a_quota_is_a_part_of_one_cpu_per_period(self):
        self.assertEqual(cgroup.Limits(cpu_percent=40).quota_us, 40_000)
        self.assertEqual(cgroup.Limits(cpu_percent=0.01).quota_us, cgroup.QUOTA_MIN_US)
        self.assertEqual(cgroup.Limits(cpu_percent=40, period_us=20_000).quota_us, 8_000)

    def test_limits_have_a_text(self):
        self.assertEqual(str(cgroup.Limits(cpu_percent=12.5, memory_bytes=8_000_000)), "12.5 % of a CPU, 8.0 MB")
        self.assertEqual(str(cgroup.Limits()), "no limit")


# The program of the tests below: makes a group, starts a child in it, and waits for a signal.
WAITS = """
import signal, sys
from harness import cgroup, processes
processes.handle_interrupts()
try:
    with open(sys.argv[1], "w") as output:
        child = processes.start(["sleep", "1000"], output, cgroup.group(cgroup.Limits(cpu_percent=50, memory_bytes=2**26)))
    print(processes._running[child].name, child.pid, flush=True)
    signal.pause()
except KeyboardInterrupt:
    print("cleaning", flush=True)
    processes.stop_all()
"""


class Real(unittest.TestCase):
    """With the groups of this machine."""

    def setUp(self):
        try:
            cgroup.require(cgroup.Limits(cpu_percent=50, memory_bytes=2**26))
        except HarnessError as error:
            self.skipTest(str(error))
        self.output = self.enterContext(tempfile.TemporaryFile())

    def folders(self, name):
        return [folder for parent in cgroup._all_parents("/proc") for folder in [parent / name] if folder.is_dir()]

    def start(self):
        process = subprocess.Popen([sys.executable, "-B", "-c", WAITS, os.devnull], stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "PYTHONPATH": str(BENCH)})
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        name, child = process.stdout.readline().split()
        self.assertTrue(self.folders(name))
        self.await_start(child, name)
        return process, name, int(child)

    def await_start(self, pid, name):
        """Waits until the child has joined its group and become its program."""
        while pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() != "sleep":
            os.sched_yield()
        self.assertIn(name, pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="utf-8"))

    def test_the_process_is_in_its_group_and_the_group_ends_with_it(self):
        process = processes.start(["sleep", "1000"], self.output, cgroup.group(cgroup.Limits(cpu_percent=50, memory_bytes=2**26)))
        name = processes._running[process].name
        self.await_start(process.pid, name)
        processes.stop(process)
        self.assertEqual(self.folders(name), [])

    def test_a_quota_stops_a_busy_process_and_it_is_counted(self):
        group = cgroup.group(cgroup.Limits(cpu_percent=5))
        process = processes.start(["sh", "-c", "while :; do :; done"], self.output, group)
        self.addCleanup(processes.stop, process)
        while group.counts().throttled_periods < 2:
            self.assertIsNone(process.poll())
            os.sched_yield()
        self.assertGreater(group.counts().periods, 1)

    def test_a_process_beyond_its_memory_is_killed_and_it_is_counted(self):
        group = cgroup.group(cgroup.Limits(memory_bytes=2**24))
        process = processes.start([sys.executable, "-c", "bytearray(2**26)"], self.output, group)
        self.addCleanup(processes.stop, process)
        self.assertEqual(process.wait(), -signal.SIGKILL)
        if isinstance(group, cgroup.Group):  # the counts of a scope end with it
            counts = group.counts()
            self.assertEqual(counts.oom_kills, 1)
            self.assertLessEqual(counts.memory_peak_bytes, 2**24)

    def test_a_program_that_does_not_exist_leaves_no_group(self):
        group = cgroup.group(cgroup.Limits(cpu_percent=50))
        process = processes.start(["/nowhere"], self.output, group)
        self.assertEqual(process.wait(), 127 if isinstance(group, cgroup.Group) else 1)
        processes.stop(process)
        self.assertEqual(self.folders(group.name), [])

    def test_ctrl_c_leaves_no_group(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                process, name, child = self.start()
                process.send_signal(number)
                self.assertEqual(process.stdout.readline(), "cleaning\n")
                with contextlib.suppress(ProcessLookupError):
                    process.send_signal(signal.SIGINT)  # a second one must not break the cleaning
                self.assertEqual(process.wait(), 0)
                self.assertEqual(self.folders(name), [])
                self.assertFalse(os.path.exists(f"/proc/{child}"))

    def test_the_group_of_a_killed_call_is_named_and_removed(self):
        process, name, child = self.start()
        end_of_child = os.pidfd_open(child)
        self.addCleanup(os.close, end_of_child)
        process.kill()
        process.wait()
        select.select([end_of_child], [], [])  # the kernel ends it with its parent
        self.assertTrue(self.folders(name))
        said = []
        cgroup.remove_abandoned(said.append)
        self.assertEqual(self.folders(name), [])
        self.assertEqual([sentence for sentence in said if name in sentence],
                         [f"removed the control group {name}, which an earlier call that was killed had left behind"])


if __name__ == "__main__":
    unittest.main()
