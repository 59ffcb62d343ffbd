"""docker/entrypoint: each knob is written, read back and reported."""

import json
import os
import pathlib
import resource
import subprocess
import unittest

from fake_machine import DOCKER, PATIENCE_S, FakeMachine, rows

WANTED = {
    "vm.swappiness": ("1", "1", "ok"),
    "scheduler": ("5000000", "5000000", "ok"),
    "net.core.somaxconn": ("65535", "65535", "ok"),
    "irq.affinity": ("0,1", "0,1", "ok"),
    "cpu.governor": ("performance", "performance", "ok"),
    "cpu.boost": ("off", "off", "ok"),
    "memory.thp": ("madvise", "madvise", "ok"),
}
# The limits of processes depend on the machine that runs the test.
LIMITS = "ulimit.nofile,ulimit.memlock"


class Case(FakeMachine):
    def report(self, *command, status=0, **variables):
        """Runs the entrypoint with a program that prints a word. Returns the rows of the report."""
        file = self.folder / "report" / "knobs.json"
        file.parent.mkdir(exist_ok=True)
        file.parent.chmod(0o777)
        done = self.run_program("entrypoint", *(command or ("echo", "started")), REPORT=str(file), **variables)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "" if status else "started\n")
        self.table = done.stderr
        return rows(file.read_text(encoding="ascii"))


class Entrypoint(Case):
    def test_every_knob_is_written_and_read_back(self):
        found = self.report()
        self.assertEqual(found | WANTED, found)
        self.assertEqual(self.read("proc/sys/vm/swappiness"), "1")
        self.assertEqual(self.read("proc/irq/25/smp_affinity_list"), "0,1")
        self.assertEqual(self.read("proc/irq/26/smp_affinity_list"), "0-3", "no handler: nothing to move")
        self.assertEqual(self.read("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"), "performance")

    def test_the_table_has_the_same_rows_as_the_json(self):
        found = self.report()
        lines = self.table.splitlines()
        self.assertEqual(lines[0].split(), ["knob", "want", "got", "state"])
        self.assertEqual([line.split()[0] for line in lines[1:]], list(found))

    def test_write_0_changes_nothing_and_says_so(self):
        before = self.all_values()
        found = self.report(WRITE="0")
        self.assertEqual(self.all_values(), before)
        self.assertEqual(found["vm.swappiness"], ("1", "60", "differs"))
        self.assertEqual(found["cpu.governor"], ("performance", "powersave performance", "differs"))
        self.assertEqual(found["irq.affinity"], ("0,1", "0-3 2", "differs"))
        self.assertEqual(found["cpu.boost"], ("off", "on", "differs"))
        self.assertIn("1 of 2 are as wanted", self.table)

    def test_a_refused_write_is_reported(self):
        os.chmod(self.root / "proc/sys/vm/swappiness", 0o444)
        found = self.report(as_nobody=True)
        self.assertEqual(found["vm.swappiness"], ("1", "60", "refused"))
        self.assertRegex(self.table, "(?m)^vm.swappiness .*Permission denied$")

    def test_a_write_without_effect_is_not_called_ok(self):
        file = self.root / "proc/sys/vm/swappiness"
        file.unlink()
        file.symlink_to("/dev/null")  # accepts every write, and reads as nothing
        self.assertEqual(self.report()["vm.swappiness"], ("1", "", "differs"))

    def test_a_missing_knob_is_absent(self):
        for name in ("proc/sys/vm/swappiness", "sys/kernel/debug/sched/base_slice_ns", "sys/devices/system/cpu/cpufreq/boost"):
            (self.root / name).unlink()
        found = self.report()
        for name in ("vm.swappiness", "scheduler", "cpu.boost"):
            self.assertEqual(found[name][1:], ("", "absent"))

    def test_older_kernels_have_a_latency_instead_of_a_slice(self):
        for name in ("sys/kernel/debug/sched/latency_ns", "proc/sys/kernel/sched_latency_ns"):  # from 5.13 on, and before
            self.give({name: "24000000"})
            self.assertEqual(self.report()["scheduler"], ("10000000", "10000000", "ok"))
            self.assertEqual(self.read(name), "10000000")

    def test_intel_calls_boost_turbo(self):
        (self.root / "sys/devices/system/cpu/cpufreq/boost").unlink()
        self.give({"sys/devices/system/cpu/intel_pstate/no_turbo": "0"})
        self.assertEqual(self.report()["cpu.boost"], ("off", "off", "ok"))
        self.assertEqual(self.read("sys/devices/system/cpu/intel_pstate/no_turbo"), "1")

    def test_the_current_value_of_thp_is_the_one_in_brackets(self):
        self.give({"sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never"})
        self.assertEqual(self.report(WRITE="0")["memory.thp"], ("madvise", "madvise", "ok"))

    def test_without_cpus_for_interrupts_none_is_asked_for(self):
        self.give({"proc/self/status": "Cpus_allowed_list:\t0-3"})
        self.assertEqual(self.report()["irq.affinity"], ("", "", "unasked"))
        self.assertEqual(self.report(IRQ_CPUS="3")["irq.affinity"], ("3", "3", "ok"))

    def limits_row(self, soft, hard):
        """The row of open files if the entrypoint starts with these limits, and the limit that the program then has."""
        limited = self.docker / "limited"
        limited.write_text(f'#!/bin/sh\nulimit -S -n {soft} && ulimit -H -n {hard} && exec {self.docker}/entrypoint "$@"\n', encoding="ascii")
        limited.chmod(0o755)
        done = self.run_program("limited", "sh", "-c", "ulimit -S -n", as_nobody=True)
        return next(line.split()[1:4] for line in done.stderr.splitlines() if line.startswith("ulimit.nofile")), done.stdout.strip()

    @unittest.skipIf(0 <= resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 65536, "this machine allows fewer open files")
    def test_a_limit_is_raised_for_the_program(self):
        self.assertEqual(self.limits_row(512, 65536), ([">=65536", "65536", "ok"], "65536"))

    def test_a_limit_is_raised_as_far_as_it_can_be(self):
        self.assertEqual(self.limits_row(512, 1024), ([">=65536", "1024", "refused"], "1024"))

    def test_lists_of_cpus_are_compared_as_sets(self):
        self.give({"proc/irq/24/smp_affinity_list": "0-1", "proc/irq/25/smp_affinity_list": "0,1"})
        self.assertEqual(self.report(WRITE="0", IRQ_CPUS="0,1")["irq.affinity"], ("0,1", "0-1 0,1", "ok"))

    # --- STRICT

    def test_strict_starts_when_every_knob_is_right(self):
        self.give({"sys/fs/cgroup/cgroup.type": "domain"})
        self.report(STRICT="1", ACCEPT=f"cgroup.group,{LIMITS}")

    def test_strict_refuses_and_names_each_knob_that_is_off(self):
        (self.root / "sys/devices/system/cpu/cpufreq/boost").unlink()
        found = self.report(status=1, STRICT="1", WRITE="0", ACCEPT=f"cgroup.group,scheduler,{LIMITS}")
        self.assertEqual(found["cpu.boost"][2], "absent")
        sentence = self.table.splitlines()[-1]
        self.assertIn("vm.swappiness (want 1, got 60, differs)", sentence)
        self.assertIn("cpu.boost (want off, got nothing, absent)", sentence)
        self.assertNotIn("scheduler (", sentence)
        self.assertIn("docker/host-setup", sentence)

    # --- the program

    def test_the_program_replaces_the_entrypoint_and_gets_its_arguments(self):
        process = self.start("entrypoint", "sh", "-c", 'echo "$$ $1"', "sh", "an argument")
        output, _ = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(output, f"{process.pid} an argument\n")

    def test_wrong_values_are_refused_in_one_sentence(self):
        for variables, word in (({"STRICT": "yes"}, "STRICT"), ({"WRITE": "2"}, "WRITE"), ({"ACCEPT": "swappiness"}, "vm.swappiness"),
                                ({"CPU_PERCENT": "0"}, "CPU_PERCENT"), ({"CPU_PERCENT": "1.5"}, "CPU_PERCENT"),
                                ({"MEMORY_BYTES": "64m"}, "MEMORY_BYTES"), ({"MEMORY_BYTES": "9" * 30}, "MEMORY_BYTES"),
                                ({"IO_LIMIT": "wbps=1"}, "IO_LIMIT"), ({"IO_LIMIT": "8:0"}, "IO_LIMIT"), ({"IO_LIMIT": "8:0 x=1"}, "IO_LIMIT"),
                                ({"IO_LIMIT": "8:0 wbps=1k"}, "IO_LIMIT"), ({"IRQ_CPUS": "3-1"}, "IRQ_CPUS"), ({"IRQ_CPUS": "a"}, "IRQ_CPUS"),
                                ({"IRQ_CPUS": "1,,2"}, "IRQ_CPUS")):
            with self.subTest(variables):
                self.one_sentence(self.run_program("entrypoint", "true", **variables), 2, word)
        self.one_sentence(self.run_program("entrypoint"), 2, "name the program")
        self.one_sentence(self.run_program("entrypoint", "no-such-program"), 2, "no-such-program")
        self.assertIn("REPORT", self.run_program("entrypoint", "true", REPORT="/no/folder/x").stderr)


class Group(Case):
    """The control group `bench`. The files of a new group come from the kernel, so a stand-in for mkdir makes them."""

    def setUp(self):
        super().setUp()
        (self.folder / "bin").mkdir()
        mkdir = self.folder / "bin" / "mkdir"
        mkdir.write_text('#!/bin/sh\n/usr/bin/mkdir "$@" || exit 1\ncase $1 in */bench) cp /dev/null "$1/cgroup.procs" '
                         '&& for name in cpu.max memory.max memory.swap.max io.max cpu.cfs_quota_us cpu.cfs_period_us memory.limit_in_bytes '
                         'blkio.throttle.write_bps_device; do : >"$1/$name"; done ;; esac\n', encoding="ascii")
        mkdir.chmod(0o755)

    LIMITS = {"CPU_PERCENT": "250", "MEMORY_BYTES": "67108864", "IO_LIMIT": "8:0 wbps=1048576"}
    ROWS = {"cgroup.cpu": ("250 %", "250 %", "ok"), "cgroup.memory": ("67108864", "67108864", "ok"), "cgroup.group": ("bench", "bench", "ok"),
            "cgroup.io": ("8:0 wbps=1048576", "8:0 wbps=1048576", "ok")}

    def test_version_2(self):
        found = self.report(**self.LIMITS)
        self.assertEqual(found | self.ROWS, found)
        self.assertEqual(self.read("sys/fs/cgroup/bench/cgroup.procs"), "0", "0 is the process that writes")
        self.assertEqual(self.read("sys/fs/cgroup/bench/cpu.max"), "250000 100000")
        self.assertEqual(self.read("sys/fs/cgroup/bench/memory.swap.max"), "0")
        self.assertEqual(self.read("sys/fs/cgroup/cgroup.subtree_control"), "+io", "one write per controller; a file keeps the last")

    def test_version_1(self):
        self.use_version_1()
        found = self.report(**self.LIMITS)
        expected = self.ROWS | {"cgroup.io": ("8:0 wbps=1048576", "8:0 1048576", "ok")}
        self.assertEqual(found | expected, found)
        self.assertEqual(self.read("sys/fs/cgroup/cpu/bench/cpu.cfs_quota_us"), "250000")
        self.assertEqual(self.read("sys/fs/cgroup/memory/bench/memory.limit_in_bytes"), "67108864")
        self.assertEqual(self.read("sys/fs/cgroup/blkio/bench/blkio.throttle.write_bps_device"), "8:0 1048576")

    def test_below_the_group_of_a_container(self):
        self.give({"proc/self/cgroup": "0::/docker/abc", "sys/fs/cgroup/docker/abc/cgroup.subtree_control": ""})
        self.report(**self.LIMITS)
        self.assertEqual(self.read("sys/fs/cgroup/docker/abc/bench/memory.max"), "67108864")

    def test_a_group_that_the_mount_does_not_show_is_its_root(self):
        self.give({"proc/self/cgroup": "0::/../other", "sys/fs/cgroup/cgroup.type": "domain"})
        self.report(**self.LIMITS)
        self.assertEqual(self.read("sys/fs/cgroup/bench/memory.max"), "67108864")

    def test_the_limits_of_a_container_are_read_where_no_group_can_be_made(self):
        self.give({"sys/fs/cgroup/cgroup.type": "domain", "sys/fs/cgroup/cpu.max": "250000 100000", "sys/fs/cgroup/memory.max": "67108864"})
        os.chmod(self.root / "sys/fs/cgroup", 0o555)
        found = self.report(as_nobody=True, CPU_PERCENT="250", MEMORY_BYTES="1048576")
        self.assertEqual(found["cgroup.cpu"], ("250 %", "250 %", "ok"))
        self.assertEqual(found["cgroup.memory"][1:], ("67108864", "refused"))
        self.assertEqual(found["cgroup.io"], ("", "no limit", "unasked"))
        self.assertEqual(found["cgroup.group"], ("bench", "the container's own", "ok"))

    def test_the_root_of_all_groups_is_no_group_of_its_own(self):
        os.chmod(self.root / "sys/fs/cgroup", 0o555)
        self.assertEqual(self.report(as_nobody=True)["cgroup.group"], ("bench", "the root of all groups", "refused"))

    def test_without_control_groups(self):
        self.give({"proc/self/mountinfo": "20 1 0:1 / / rw - ext4 /dev/sda rw"})
        found = self.report(CPU_PERCENT="250")
        self.assertEqual(found["cgroup.cpu"], ("250", "", "absent"))
        self.assertEqual(found["cgroup.group"][2], "absent")

    def test_the_kernel_takes_it(self):
        """A real group of version 1, below a group that this test removes."""
        real = pathlib.Path(f"/sys/fs/cgroup/cpu/duel-test.{os.getpid()}")
        try:
            real.mkdir()
        except OSError as error:
            self.skipTest(f"this user cannot make a control group: {error}")
        try:
            if not (real / "cpu.cfs_quota_us").exists():
                self.skipTest(f"{real.parent} is no control group with the controller cpu")
            self.use_version_1()
            (self.folder / "bin" / "mkdir").unlink()
            (self.root / "sys/fs/cgroup/cpu/release_agent").unlink()
            (self.root / "sys/fs/cgroup/cpu").rmdir()
            (self.root / "sys/fs/cgroup/cpu").symlink_to(real)
            found = self.report("sh", "-c", f"echo started; grep -q '{real.name}/bench$' /proc/self/cgroup", CPU_PERCENT="50")
            self.assertEqual(found["cgroup.cpu"], ("50 %", "50 %", "ok"))
        finally:
            for folder in (real / "bench", real):
                if folder.exists():
                    folder.rmdir()


class ThisMachine(unittest.TestCase):
    def test_reading_needs_no_rights_and_ends_with_a_state_for_each_knob(self):
        done = subprocess.run([DOCKER / "host-setup", "--dry-run", "--json"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(done.stderr, "")
        found = {knob["name"]: knob for knob in json.loads(done.stdout)["knobs"]}
        for knob in found.values():
            self.assertIn(knob["state"], ("ok", "differs", "absent", "unasked"), knob)
        for name, file in (("vm.swappiness", "vm/swappiness"), ("net.core.somaxconn", "net/core/somaxconn")):
            self.assertEqual(found[name]["got"], pathlib.Path("/proc/sys", file).read_text(encoding="ascii").strip())


if __name__ == "__main__":
    unittest.main()
