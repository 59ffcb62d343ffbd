"""docker/host-setup: what it sets, and that --undo restores exactly what was there."""

import os
import shutil
import signal
import threading
import unittest

from fake_machine import PATIENCE_S, FakeMachine, rows

STATE = "run/duel/host-setup"


class HostSetup(FakeMachine):
    def setUp(self):
        super().setUp()
        self.before = self.all_values()

    def set_up(self, *options, status=0):
        done = self.run_program("host-setup", "--json", *options)
        self.assertEqual((done.returncode, done.stderr), (status, ""))
        return rows(done.stdout)

    def undo(self, status=0):
        done = self.run_program("host-setup", "--undo")
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout + done.stderr

    def assert_restored(self):
        self.assertEqual(self.all_values(), self.before)
        self.assertFalse((self.root / STATE).exists())

    def test_sets_what_only_the_host_can(self):
        found = self.set_up("--irq-cpus=0-1")
        for name in ("vm.swappiness", "scheduler", "net.core.somaxconn", "irqbalance", "irq.affinity", "cpu.governor", "cpu.boost", "memory.thp"):
            self.assertEqual(found[name][2], "ok", name)
        self.assertEqual(self.read("proc/irq/24/smp_affinity_list"), "0-1")

    def test_interrupts_stay_where_they_are_unless_a_list_is_given(self):
        self.set_up()
        self.assertEqual(self.read("proc/irq/24/smp_affinity_list"), "0-3")

    def test_undo_restores_exactly_what_was_there(self):
        self.set_up("--irq-cpus=0-1")
        self.assertNotEqual(self.all_values(), self.before)
        self.assertIn("everything is as it was", self.undo_with_controllers())
        self.assert_restored()

    def kernel_shows_controllers(self):
        """A file keeps the last write, such as "+io". The kernel adds it to a list."""
        self.give({"sys/fs/cgroup/cgroup.subtree_control": "cpu memory io"})

    def undo_with_controllers(self):
        self.kernel_shows_controllers()
        text = self.undo()
        self.assertEqual(self.read("sys/fs/cgroup/cgroup.subtree_control"), "-io", "the last that came goes first; then the file has no more")
        self.give({"sys/fs/cgroup/cgroup.subtree_control": ""})
        return text

    def test_a_second_undo_has_nothing_to_do(self):
        self.set_up("--irq-cpus=0-1")
        self.undo_with_controllers()
        self.give({"proc/sys/vm/swappiness": "42"})  # a later change of somebody else
        self.assertIn("nothing to undo", self.undo())
        self.assertEqual(self.read("proc/sys/vm/swappiness"), "42")

    def test_a_second_call_keeps_the_values_of_the_first(self):
        self.set_up("--irq-cpus=0-1")
        self.set_up("--irq-cpus=1")
        self.assertEqual(self.read("proc/irq/25/smp_affinity_list"), "1")
        notes = [line.split("\t")[:2] for line in (self.root / STATE).read_text(encoding="ascii").splitlines() if line.startswith("file")]
        self.assertEqual(len(notes), len({path for _, path in notes}), "one note per file")
        self.undo_with_controllers()
        self.assert_restored()

    def test_dry_run_changes_nothing(self):
        found = self.set_up("--dry-run", "--irq-cpus=0-1", status=1)
        self.assertEqual(self.all_values(), self.before)
        self.assertFalse((self.root / "run").exists())
        self.assertEqual(found["vm.swappiness"], ("1", "60", "differs"))

    def test_a_call_that_is_killed_can_be_undone(self):
        """The test plays the kernel of one knob through a pipe, and kills the program between the old value's note and the write."""
        file = self.root / "proc/sys/net/core/somaxconn"
        file.unlink()
        os.mkfifo(file)
        process = self.start("host-setup")
        with limited(process), open(file, "w", encoding="ascii") as reader_of_the_program:  # opens when the program reads
            reader_of_the_program.write("4096\n")
        with limited(process), open(file, encoding="ascii") as pipe:  # opens when the program writes
            note = (self.root / STATE).read_text(encoding="ascii")
            self.assertEqual(pipe.read(), "65535\n")
        self.assertIn(f"file\t{file}\t4096\n", note)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(self.read("proc/sys/vm/swappiness"), "1")

        file.unlink()
        self.give({"proc/sys/net/core/somaxconn": "65535"})  # the write had reached the kernel
        self.undo()
        self.assert_restored()

    def test_two_calls_at_once_exclude_each_other(self):
        file = self.root / "proc/sys/net/core/somaxconn"
        file.unlink()
        os.mkfifo(file)
        process = self.start("host-setup")
        with limited(process), open(file, "w", encoding="ascii") as pipe:  # the first call waits for the value
            for mode in ((), ("--undo",)):
                self.one_sentence(self.run_program("host-setup", *mode), 1, "another host-setup")
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=PATIENCE_S)
            pipe.close()

    def test_what_cannot_be_undone_is_named_and_kept_for_the_next_undo(self):
        self.set_up("--irq-cpus=0-1")
        self.kernel_shows_controllers()
        file = self.root / "proc/sys/vm/swappiness"
        file.unlink()
        file.symlink_to("/dev/null")
        self.assertIn(str(file), self.undo(status=1))
        self.assertEqual((self.root / STATE).read_text(encoding="ascii"), f"file\t{file}\t60\n")
        file.unlink()
        self.give({"proc/sys/vm/swappiness": "1"})
        self.undo()
        self.give({"sys/fs/cgroup/cgroup.subtree_control": ""})
        self.assert_restored()

    def test_without_rights_one_sentence_tells_it(self):
        for mode in ((), ("--undo",)):
            self.root.chmod(0o555)
            self.addCleanup(self.root.chmod, 0o755)
            self.one_sentence(self.run_program("host-setup", *mode, as_nobody=True), 1, "run this as root")

    def test_wrong_options_are_refused_in_one_sentence(self):
        for option in ("--undoo", "--irq-cpus=x", "--cpu-percent=0", "--memory-bytes=1k", "--io-limit=8:0", "--irq-cpus=", "file"):
            self.one_sentence(self.run_program("host-setup", option), 2, option.split("=")[0])
        self.one_sentence(self.run_program("host-setup", "--undo", "--dry-run"), 2, "exclude each other")

    # --- irqbalance

    def give_irqbalance(self):
        """A process of that name, which a stand-in for systemctl starts and stops."""
        self.give({"proc/77/comm": "irqbalance"})
        self.before = self.all_values()
        (self.folder / "bin").mkdir()
        systemctl = self.folder / "bin" / "systemctl"
        systemctl.write_text(f'#!/bin/sh\ncase $1 in stop) rm {self.root}/proc/77/comm ;; start) echo irqbalance >{self.root}/proc/77/comm ;; esac\n',
                             encoding="ascii")
        systemctl.chmod(0o755)
        return systemctl

    def test_irqbalance_is_stopped_and_started_again(self):
        self.give_irqbalance()
        self.assertEqual(self.set_up()["irqbalance"], ("stopped", "stopped", "ok"))
        self.undo_with_controllers()
        self.assert_restored()

    def test_irqbalance_that_cannot_be_stopped_is_reported(self):
        self.give_irqbalance().write_text("#!/bin/sh\necho 'Access denied' >&2; exit 1\n", encoding="ascii")
        self.assertEqual(self.set_up(status=1)["irqbalance"], ("stopped", "running", "refused"))

    # --- the control group

    def test_a_group_of_somebody_else_is_not_touched(self):
        self.give({"sys/fs/cgroup/bench/cpu.max": "max 100000"})
        found = self.set_up("--cpu-percent=50", status=1)
        self.assertEqual(self.read("sys/fs/cgroup/bench/cpu.max"), "max 100000")
        self.assertEqual(found["cgroup.group"][2], "refused")
        self.undo()
        self.assertEqual(self.read("sys/fs/cgroup/bench/cpu.max"), "max 100000")

    def test_a_group_with_processes_stays_until_they_have_ended(self):
        self.set_up()
        self.kernel_shows_controllers()
        self.give({"sys/fs/cgroup/bench/cgroup.procs": "4711"})  # so the folder cannot be removed
        self.assertIn("sys/fs/cgroup/bench is not as it was", self.undo(status=1))
        shutil.rmtree(self.root / "sys/fs/cgroup/bench")
        self.undo()
        self.give({"sys/fs/cgroup/cgroup.subtree_control": ""})
        self.assert_restored()

    def test_version_1_has_a_group_per_controller(self):
        self.use_version_1()
        self.before = self.all_values()
        self.set_up(status=0)
        for controller in ("cpu", "memory", "blkio"):
            self.assertTrue((self.root / "sys/fs/cgroup" / controller / "bench").is_dir())
        self.undo()
        self.assertFalse((self.root / "sys/fs/cgroup/cpu/bench").exists())
        self.assert_restored()


class limited:
    """Kills the program after a while, so that a pipe that it never opens ends the test instead of blocking it."""

    def __init__(self, process):
        self._timer = threading.Timer(PATIENCE_S, process.kill)

    def __enter__(self):
        self._timer.start()

    def __exit__(self, *_):
        self._timer.cancel()


if __name__ == "__main__":
    unittest.main()
