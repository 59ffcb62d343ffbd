"""Tests of bench/compare --docker with a stub of the container engine."""

import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import unittest

import planned
from compare_case import HERE, BENCH, LIMIT_S, SpawningCase
from harness import cgroup, containers, processes, verify
from harness.errors import HarnessError
from ports import free_ports

PLACES = ("host", "again", "shared", "bridge")
DEAD = f"{cgroup.PREFIX}.{os.getpid()}.1.1"  # no process with this id started at that time
OTHER = "somebody-else"


class Docker(SpawningCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state = self.folder / "engine"
        self.state.mkdir()
        (self.folder / "bin").mkdir()
        self.port = free_ports()
        for program in ("wrk", "docker"):
            os.symlink(HERE / f"stub_{program}.py", self.folder / "bin" / program)

    def start(self, *flags, **faults):
        environment = {**processes.environment(), "PYTHONPATH": str(BENCH), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                       "STUB_DOCKER": str(self.state), **faults}
        return self.spawn([sys.executable, "-B", "-m", "harness", "--docker", f"--port={self.port}", f"--results={self.folder / 'results'}",
                           "--wrk-threads=1", "--connections=1", "--seconds=1", *flags], environment)

    def run_to_end(self, *flags, **faults):
        process = self.start(*flags, **faults)
        text, _ = process.communicate(timeout=LIMIT_S)
        return process.returncode, text

    def left(self):
        """What the engine still has."""
        return [path.name for kind in ("container", "network") for path in (self.state / kind).glob("*")]

    def calls(self):
        return [json.loads(line) for line in (self.state / "calls").read_text(encoding="utf-8").splitlines()]


class Comparison(Docker):
    @classmethod
    def setUpClass(cls):
        """One session for the tests that only read."""
        super().setUpClass()
        cls.session = cls("run_to_end")
        cls.session.setUp()
        cls.addClassCleanup(cls.session.doCleanups)
        for kind in ("container", "network"):
            (cls.session.state / kind).mkdir()
            for name in (DEAD, OTHER):
                (cls.session.state / kind / name).write_text("0", encoding="ascii")
        cls.status, cls.text = cls.session.run_to_end("--rounds=2", "--seed=7")

    def test_host_and_container_stand_side_by_side(self):
        self.assertEqual(self.status, 0, self.text)
        self.assertRegex(self.text, r"(?m)^requests/s( +\*?20){8}$")
        self.assertRegex(self.text, r"(?m)^Gin: CPU-us/request +[0-9.]+ \[.*\] +~ ")
        self.assertTrue((self.session.session_folder() / "container.svg").is_file())

    def test_every_place_is_in_the_records(self):
        rows = self.session.rows()
        timed = {(row["router"], row["cell"].partition("_")[2]) for row in rows}
        self.assertEqual(timed, {(router, place) for router in ("gin", "beego") for place in PLACES})

    def test_throttling_and_limits_are_in_the_records(self):
        for row in self.session.rows():
            inside = row["cell"].partition("_")[2] in ("shared", "bridge")
            self.assertEqual(row["memory_limit_bytes"], str(containers.MEMORY_BYTES) if inside else "")
            self.assertEqual(bool(row["cpu_quota_percent"]), inside)
            self.assertTrue({"throttled_periods", "quota_periods", "throttled_share"} <= set(row))

    def test_knobs_of_each_kind_of_container_are_in_the_records(self):
        facts = json.loads((self.session.session_folder() / "raw" / "facts.json").read_text(encoding="utf-8"))
        self.assertEqual(set(facts["knobs_of_containers"]), {"shared", "bridge"})
        for (knob,) in facts["knobs_of_containers"].values():
            self.assertEqual((knob["name"], knob["want"], knob["got"], knob["state"]), ("vm.swappiness", "1", "60", "refused"))
        self.assertEqual(facts["engine"]["engine_version"], "20.10.24")
        self.assertRegex(facts["engine"]["server_image"], "^sha256:")

    def test_what_is_measured_is_what_was_planned(self):
        status, plan = self.session.run_to_end("--plan", "--rounds=2", "--seed=7")
        self.assertEqual(status, 0, plan)
        self.assertEqual([(load.server, load.client) for load in planned.loads(plan)], [self.with_planned_names(row) for row in self.session.rows()])

    def with_planned_names(self, row):
        """The commands of a record with the names of a plan (containers.PLANNED_*) in place of what only a session has."""
        place = row["cell"].partition("_")[2]
        name = f"{re.escape(cgroup.PREFIX)}[.0-9]+"
        server, client = (row[command].replace(str(self.session.session_folder()), "RECORDS") for command in ("cmd_server", "cmd_client"))
        server = re.sub(f"--name={name}", f"--name={containers.PLANNED_SERVER}", server)
        server = re.sub(f"--network={name}", f"--network={containers.PLANNED_NETWORK}", server)
        server = re.sub(f"{re.escape(str(containers.IMAGES))}/[0-9a-f]+/", f"{containers.PLANNED_PROGRAM.parent}/", server)
        client = re.sub(f"docker exec {name}", f"docker exec {containers.PLANNED_LOAD}_{place.upper()}", client).replace(row["run_id"], "RUN_ID")
        return server, client.replace("127.0.0.1", containers.PLANNED_ADDRESS) if place == "bridge" else client

    def test_every_figure_follows_from_the_raw_files(self):
        self.assertIn("follow from the raw files", verify.verify(self.session.session_folder()))

    def test_server_and_load_have_disjoint_cpus_and_the_same_limits(self):
        sets = {}
        probe, *calls = self.session.calls()
        self.assertIn("--rm", probe)
        for call in calls:
            self.assertIn(f"--ulimit=memlock={containers.LOCKED_BYTES}:{containers.LOCKED_BYTES}", call)
            values = dict(word.split("=", 1) for word in call if word.startswith("--") and "=" in word)
            sets.setdefault("--detach" in call, set()).add(values["--cpuset-cpus"])
            self.assertEqual(values["--memory"], values["--memory-swap"])
            self.assertIn("--cap-drop=ALL", call)
            self.assertIn("--read-only", call)
        server, load = (set(",".join(sets[detached]).split(",")) for detached in (False, True))
        self.assertFalse(server & load)

    def test_nothing_is_left_of_this_call_or_of_one_that_was_killed(self):
        for kind in ("container", "network"):
            self.assertIn(f"removed the {kind} {DEAD}", self.text)
        self.assertEqual(self.session.left(), [OTHER] * 2)


class Plan(Docker):
    def test_it_shows_every_container_and_needs_no_engine(self):
        (self.folder / "bin" / "docker").unlink()
        status, plan = self.run_to_end("--plan", "--rounds=1", PATH=str(self.folder / "bin"))
        self.assertEqual(status, 0, plan)
        self.assertFalse((self.folder / "results").exists())
        self.assertIn("\n    docker network create --driver=bridge NETWORK\n", plan)
        for place, network in (("SHARED", "host"), ("BRIDGE", "NETWORK")):
            self.assertRegex(plan, rf"\n    docker run --name=LOAD_{place} --network={network} .* duel-bench:\S+ -c ")
        started = re.findall(r"\nstart server \d\S+ in a container, cpu_percent=\d+, memory_bytes=\d+\n    docker run --name=SERVER ", plan)
        self.assertEqual(len(started), 4)  # two styles in two networks


class Faults(Docker):
    def refuses(self, cause, status, *flags, **faults):
        found, text = self.run_to_end(*flags, **faults)
        self.assertEqual(found, status, text)
        self.assertIn(cause, text.strip().splitlines()[-1])
        self.assertEqual(self.left(), [])

    def test_without_an_engine_or_images_the_cure_is_named(self):
        self.refuses("Cannot connect to the Docker daemon", 2, STUB_DOCKER_FAULT="engine")
        self.refuses("build it with docker build -f docker/Dockerfile --target server", 2, STUB_DOCKER_FAULT="image")
        (self.folder / "bin" / "docker").unlink()
        self.refuses("the program docker is not installed", 2, PATH=str(self.folder / "bin"))

    def test_a_container_that_the_engine_refuses_is_named(self):
        self.refuses("seccomp is not here", 1, STUB_DOCKER_FAULT="refuses")

    def test_a_process_that_is_not_the_server_is_neither_read_nor_signalled(self):
        self.refuses("start bench/compare on the machine whose engine runs the containers", 1, STUB_DOCKER_FAULT="elsewhere")

    def test_a_load_generator_without_cpu_time_is_refused(self):
        self.refuses("did not tell its CPU time", 1, STUB_DOCKER_FAULT="times")

    def test_an_engine_without_networks_and_rights_leaves_one_place_out_and_says_so(self):
        status, text = self.run_to_end("--rounds=1", STUB_DOCKER_FAULT="network,limits")
        self.assertEqual(status, 0, text)
        self.assertIn("bridge network: not measured: ", text)
        self.assertEqual({row["cell"].partition("_")[2] for row in self.rows()}, {"host", "again", "shared"})
        self.assertFalse([call for call in self.calls()[1:] for word in call if word.startswith("--ulimit")], "limits that the engine may not raise")

    def test_ctrl_c_leaves_nothing(self):
        process = self.start("--rounds=1000")
        for line in process.stdout:
            if "round 1 " in line and "container" in line:
                break
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=LIMIT_S)
        self.assertEqual(process.returncode, 130, text)
        self.assertEqual(self.left(), [])


class Parts(unittest.TestCase):
    def test_cpu_time_of_children(self):
        self.assertEqual(containers.cpu_s_of_children("REPORT {}\n0m0.00s 0m0.01s\n0m1.250000s 2m0.500000s\n"), 121.75)
        for text in ("", "REPORT {}", "0m1s"):
            with self.assertRaises(HarnessError):
                containers.cpu_s_of_children(text)

    def test_names_of_programs_that_live_are_not_abandoned(self):
        self.assertFalse(cgroup.is_abandoned(cgroup.new_name()))
        self.assertTrue(cgroup.is_abandoned(DEAD))
        for other in ("duel-bench", f"{DEAD}x", "postgres"):
            self.assertFalse(cgroup.is_abandoned(other))


if __name__ == "__main__":
    unittest.main()
