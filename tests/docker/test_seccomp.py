"""The seccomp profiles: docker/seccomp.json, the tight one, and docker/seccomp-default, which extends that of an engine.

argv[1]: the program under_profile, which runs a program under a profile.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from fake_machine import DOCKER, PATIENCE_S

UNDER_PROFILE = sys.argv.pop(1)
IO_URING = {"io_uring_setup", "io_uring_enter", "io_uring_register"}
# A program that uses one of these could leave its container, watch other programs, or load code into the kernel.
DANGEROUS = {"add_key", "bpf", "chroot", "delete_module", "finit_module", "fsmount", "fsopen", "init_module", "kexec_load", "keyctl", "mount",
             "move_mount", "open_by_handle_at", "open_tree", "perf_event_open", "personality", "pidfd_getfd", "pivot_root",
             "process_vm_readv", "process_vm_writev", "ptrace", "reboot", "request_key", "setns", "swapon", "syslog", "umount2", "unshare",
             "userfaultfd"}
NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET


def allowed(profile):
    """The calls that a program without capabilities may use, on a kernel that is not too old, whatever their arguments."""
    return {name for rule in profile["syscalls"] for name in rule["names"]
            if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("includes", {}).get("caps")}


def unconditional(profile):
    return {name for rule in profile["syscalls"] for name in rule["names"]
            if rule["action"] == "SCMP_ACT_ALLOW" and not any(rule.get(key) for key in ("includes", "excludes", "args"))}


def extended(*arguments, **options):
    return subprocess.run([DOCKER / "seccomp-default", *arguments], capture_output=True, text=True, timeout=2 * PATIENCE_S, check=False, **options)


class Tight(unittest.TestCase):
    def setUp(self):
        self.profile = json.loads((DOCKER / "seccomp.json").read_text(encoding="utf-8"))

    def test_refuses_what_it_does_not_name(self):
        self.assertEqual((self.profile["defaultAction"], self.profile["defaultErrnoRet"]), ("SCMP_ACT_ERRNO", 1))

    def test_allows_io_uring(self):
        self.assertLessEqual(IO_URING, unconditional(self.profile))

    def test_allows_nothing_dangerous(self):
        self.assertEqual(allowed(self.profile) & DANGEROUS, set())

    def test_allows_threads_but_no_namespaces(self):
        rules = {name: rule for rule in self.profile["syscalls"] for name in rule["names"] if name in ("clone", "clone3")}
        self.assertEqual(rules["clone"]["args"], [{"index": 0, "value": NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}])
        self.assertEqual((rules["clone3"]["action"], rules["clone3"]["errnoRet"]), ("SCMP_ACT_ERRNO", 38))  # ENOSYS

    def test_names_each_call_once(self):
        names = [name for rule in self.profile["syscalls"] for name in rule["names"]]
        self.assertEqual(sorted(names), sorted(set(names)))

    def run_under(self, *command, **variables):
        return subprocess.run([UNDER_PROFILE, DOCKER / "seccomp.json", *command], capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False, env={**os.environ, **variables})

    def test_the_entrypoint_works_under_it(self):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder, "report.json")
            done = self.run_under(DOCKER / "entrypoint", "/bin/echo", "started", WRITE="0", REPORT=str(report))
            self.assertEqual((done.returncode, done.stdout), (0, "started\n"), done.stderr)
            self.assertEqual(len(json.loads(report.read_text(encoding="utf-8"))["knobs"]), len(done.stderr.splitlines()) - 1, done.stderr)

    @unittest.skipIf(os.uname().machine != "x86_64", "clone has another number here")
    def test_a_namespace_is_refused_under_it(self):
        done = self.run_under(sys.executable, "-c", "import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)\n"
                              "if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) == 0: os._exit(0)\n"  # clone(CLONE_NEWUSER | SIGCHLD)
                              "print(ctypes.get_errno())")
        self.assertEqual(done.stdout, "1\n", done.stderr)  # EPERM


class Default(unittest.TestCase):
    PROFILE = {"defaultAction": "SCMP_ACT_ERRNO", "archMap": [1], "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name, "default.json")
        self.file.write_text(json.dumps(self.PROFILE), encoding="utf-8")

    def test_adds_the_three_calls_and_changes_nothing_else(self):
        done = extended(self.file)
        profile = json.loads(done.stdout)
        self.assertEqual(set(profile["syscalls"].pop()["names"]), IO_URING)
        self.assertEqual(profile, self.PROFILE)

    def test_refuses_in_one_sentence(self):
        wrong = self.file.with_name("wrong.json")
        for text in ("{", "[]", '{"syscalls": 1}'):
            wrong.write_text(text, encoding="utf-8")
            self.refuses(extended(wrong), "wrong.json")
        self.refuses(extended("/none"), "/none")
        self.refuses(extended("--help"), "--help")
        self.refuses(extended("a", "b"), "name one profile")

    def test_without_go_it_names_the_cure(self):
        self.refuses(extended(env={"PATH": self.folder_with_python()}), "name a profile")

    def folder_with_python(self):
        link = self.file.with_name("python3")
        link.symlink_to("/usr/bin/python3")
        return str(link.parent)

    def refuses(self, done, word):
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
        self.assertIn(word, done.stderr)


class DockersOwn(unittest.TestCase):
    def setUp(self):
        done = extended()
        if done.returncode != 0:
            self.skipTest(f"Docker's profile cannot be fetched: {done.stderr.strip()}")
        self.profile = json.loads(done.stdout)

    def test_allows_io_uring_and_still_refuses_what_docker_refuses(self):
        self.assertEqual(self.profile["defaultAction"], "SCMP_ACT_ERRNO")
        self.assertLessEqual(IO_URING, unconditional(self.profile))
        self.assertEqual(allowed(self.profile) & (DANGEROUS - {"personality", "process_vm_readv", "process_vm_writev", "ptrace"}), set())

    def test_the_tight_form_allows_no_more(self):
        tight = json.loads((DOCKER / "seccomp.json").read_text(encoding="utf-8"))
        self.assertEqual(allowed(tight) - allowed(self.profile), set())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose"])
