"""The images and the services, as far as they can be checked without a container engine.

argv[1]: the server program; argv[2]: the program under_profile.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import yaml

from fake_machine import DOCKER, PATIENCE_S
from harness import __main__ as compare
from running_server import RunningServer

SERVER, UNDER_PROFILE = map(os.path.abspath, sys.argv[1:3])
del sys.argv[1:3]
ROOT = DOCKER.parent
HERE = pathlib.Path(__file__).resolve().parent
COMPOSE = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
STYLES = ("gin", "beego")


def with_defaults(text):
    """What Compose makes of the text if no variable is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def flags_of(style):
    return [with_defaults(flag) for flag in SERVICES[style]["command"]]


def stages():
    """The instructions of the Dockerfile by stage: name -> [(instruction, rest)]."""
    text = re.sub(r"(?m)^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8"))
    found, current = {"": []}, ""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction == "FROM":
            current = rest.split()[-1]
            found[current] = []
        if instruction:
            found[current].append((instruction, rest.strip()))
    return found


def of(stage, instruction):
    return [rest for name, rest in stages()[stage] if name == instruction]


class Dockerfile(unittest.TestCase):
    def test_every_stage_has_the_base_of_the_build_argument(self):
        self.assertEqual(of("", "ARG"), ["BASE=debian:bookworm-slim"])
        self.assertEqual({name: of(name, "FROM") for name in ("builder", "server", "bench")},
                         {name: [f"${{BASE}} AS {name}"] for name in ("builder", "server", "bench")})

    def test_images_install_parts_of_the_same_list_of_packages(self):
        parts = set(re.findall(r"(?m)^# == (\w+):", (ROOT / "tools/packages.txt").read_text(encoding="utf-8")))
        for stage, wanted in (("builder", {"programs"}), ("bench", {"bench", "plots", "cluster"})):
            self.assertIn("tools/install tools/packages.txt tools/", of(stage, "COPY"))
            chosen = re.match(r"tools/install --only=([\w,]+)", of(stage, "RUN")[0])[1].split(",")
            self.assertEqual(set(chosen), wanted)
            self.assertLessEqual(wanted, parts)

    def test_everything_that_is_copied_exists(self):
        for stage in ("builder", "server", "bench"):
            for rest in of(stage, "COPY"):
                words = rest.split()
                if not words[0].startswith("--from"):
                    for source in words[:-1]:
                        self.assertTrue((ROOT / source).exists(), source)

    def test_the_builder_has_every_folder_of_the_build(self):
        """Those that CMakeLists.txt adds without DUEL_DEVELOPER."""
        self.assertIn("-DDUEL_DEVELOPER=OFF", " ".join(of("builder", "RUN")))
        always = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8").partition("\nif(DUEL_DEVELOPER)")[0]
        copied = {rest.split()[0] for rest in of("builder", "COPY")}
        for folder in re.findall(r"(?m)^add_subdirectory\((.*)\)", always):
            self.assertTrue({folder, folder.partition("/")[0]} & copied, folder)

    def test_programs_that_are_copied_are_built(self):
        built = " ".join(of("builder", "RUN"))
        for stage in ("server", "bench"):
            for program in re.findall(r"/programs/(\S+)", " ".join(of(stage, "COPY"))):
                self.assertRegex(built, rf"for program in [^;]*\b{program}\b")
        self.assertIn("cmake --preset release", built)

    def test_images_have_no_root_and_the_labels_of_oci(self):
        version = re.search(r"project\(duel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
        for stage in ("server", "bench"):
            self.assertEqual(of(stage, "USER"), ["65532:65532"])
            self.assertIn(f"VERSION={version}", of(stage, "ARG"))
            labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", of(stage, "LABEL")[0]))
            self.assertEqual(labels, {"title", "description", "version", "revision", "licenses"})

    def test_ports_are_those_of_the_flags(self):
        flags = json.loads(of("server", "CMD")[0])
        self.assertEqual(" ".join(flag.split("=")[1] for flag in flags), of("server", "EXPOSE")[0])
        self.assertEqual(subprocess.run([SERVER, "--no-config", *flags, "--print-config"], capture_output=True, timeout=PATIENCE_S,
                                        check=False).returncode, 0)

    def test_the_build_sends_no_build_folder(self):
        self.assertLessEqual({".git", "build", "bench/results"}, set((ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")))


class Image(unittest.TestCase):
    """The files of the image `server` in a folder, under the image's seccomp profile. The program is that of this build."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = pathlib.Path(holder.name)
        for rest in of("server", "COPY"):
            words = rest.split()
            if words[0].startswith("--from"):
                continue
            target = self.root / words[-1].lstrip("/")
            for source in (ROOT / word for word in words[:-1]):
                if source.is_dir():
                    shutil.copytree(source, target)
                else:
                    file = target / source.name if words[-1].endswith("/") else target
                    file.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(source, file)
        (self.root / "usr/bin").mkdir()
        (self.root / "usr/bin/duel-server").symlink_to(SERVER)

    def command(self, instruction):
        """The words of ENTRYPOINT or HEALTHCHECK, with paths in the folder."""
        words = json.loads(re.sub(r"^.*CMD ", "", of("server", instruction)[0]))
        return [UNDER_PROFILE, self.root / "usr/share/duel/seccomp.json", f"{self.root}{words[0]}", *words[1:]]

    def start(self, *flags, **variables):
        environment = {"PATH": f"{self.root}/usr/bin:{os.environ['PATH']}", "WRITE": "0", **variables}
        process = subprocess.Popen([*self.command("ENTRYPOINT"), "--no-config", "--host=127.0.0.1", "--port=0", "--admin-port=any", *flags],
                                   env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.root)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        self.assertIn("listening on", line)
        return process, *(int(re.search(pattern, line)[1]) for pattern in (r"listening on http://[^ ]*:(\d+)", r"admin=http://[^ ]*:(\d+)"))

    def health(self, port):
        return subprocess.run(self.command("HEALTHCHECK"), env={"ADMIN_PORT": str(port), "PATH": os.environ["PATH"]}, capture_output=True, timeout=PATIENCE_S,
                              check=False).returncode

    def test_starts_answers_and_is_healthy(self):
        process, port, admin = self.start(REPORT=str(self.root / "knobs.json"))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=PATIENCE_S) as answer:
            self.assertEqual(answer.read(), b"pong")
        self.assertEqual(self.health(admin), 0)
        self.assertIn("vm.swappiness", (self.root / "knobs.json").read_text(encoding="utf-8"))
        process.terminate()
        self.assertEqual(process.wait(PATIENCE_S), 0, "the signal reaches the server, because it replaced the shell")
        self.assertEqual(self.health(admin), 1)

    def test_is_not_healthy_while_it_drains(self):
        process, port, admin = self.start("--drain-timeout=600s")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /ping HTTP/1.1\r\nHost: a\r\n")
            client.settimeout(PATIENCE_S)
            process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + PATIENCE_S
            while self.health(admin) == 0:
                self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll(), "a request is in flight")
            client.sendall(b"\r\n")
            self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(process.wait(PATIENCE_S), 0)

    def test_another_answer_is_not_healthy(self):
        for answer in (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", b"200\r\n", b""):
            with socket.create_server(("127.0.0.1", 0)) as listener:
                listener.settimeout(PATIENCE_S)
                check = subprocess.Popen(self.command("HEALTHCHECK"), env={"ADMIN_PORT": str(listener.getsockname()[1]), "PATH": os.environ["PATH"]})
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)
                self.assertEqual(check.wait(PATIENCE_S), 1, answer)


class Compose(unittest.TestCase):
    def test_services_and_profiles(self):
        self.assertEqual({name: service.get("profiles") for name, service in SERVICES.items()},
                         {"gin": None, "beego": None, "load": ["load"], "prometheus": ["monitoring"], "grafana": ["monitoring"]})

    def test_what_is_mounted_or_built_exists(self):
        for name, service in SERVICES.items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                self.assertTrue((DOCKER / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"], f"{name}: {source}")
            if "build" in service:
                self.assertTrue((DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file())
                self.assertIn(service["build"]["target"], stages())
            for other in service.get("depends_on", []):
                self.assertIn(other, SERVICES)
            for option in service["security_opt"]:
                if option.startswith("seccomp="):
                    self.assertTrue((DOCKER / option.partition("=")[2]).is_file())

    def test_every_service_is_confined(self):
        for service in SERVICES.values():
            self.assertEqual(service["cap_drop"], ["ALL"])
            self.assertIn("no-new-privileges:true", service["security_opt"])
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), "ports that an engine publishes pass the firewall of the host")

    def test_the_servers_differ_only_in_style_cpu_and_port(self):
        gin, beego = ({key: value for key, value in SERVICES[name].items() if key not in ("cpuset", "ports")} for name in STYLES)
        beego["command"] = [flag.replace("beego", "gin") for flag in beego["command"]]
        self.assertEqual(gin, beego)
        self.assertNotEqual(SERVICES["gin"]["cpuset"], SERVICES["beego"]["cpuset"])

    def test_programs_accept_their_options(self):
        for name in STYLES:
            done = subprocess.run([SERVER, "--no-config", *flags_of(name), "--print-config"], capture_output=True, text=True, timeout=PATIENCE_S,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"--router={name}", SERVICES[name]["command"])
        known = {text for action in compare.parser()._actions for text in action.option_strings}
        self.assertLessEqual({option.partition("=")[0] for option in SERVICES["load"]["command"]}, known)

    def test_a_stop_waits_longer_than_the_drain(self):
        drain = next(flag for flag in SERVICES["gin"]["command"] if flag.startswith("--drain-timeout="))
        self.assertGreater(int(SERVICES["gin"]["stop_grace_period"].rstrip("s")), int(drain.split("=")[1].rstrip("s")) + 2)

    def test_the_report_is_written_to_a_folder_that_can_be_written(self):
        self.assertIs(SERVICES["gin"]["read_only"], True)
        folder = SERVICES["gin"]["tmpfs"][0].split(":")[0]
        self.assertEqual(str(pathlib.PurePath(SERVICES["gin"]["environment"]["REPORT"]).parent), folder)

    def test_the_knobs_of_the_container_are_those_of_the_entrypoint(self):
        knobs = (DOCKER / "knobs/machine.sh").read_text(encoding="utf-8")
        self.assertEqual(str(SERVICES["gin"]["ulimits"]["nofile"]), re.search(r"(?m)^descriptors=(\d+)$", knobs)[1])
        self.assertEqual(SERVICES["gin"]["ulimits"]["memlock"], 1024 * int(re.search(r"(?m)^locked_kib=(\d+)$", knobs)[1]))
        self.assertIn(f"net.core.somaxconn {SERVICES['gin']['sysctls']['net.core.somaxconn']} ", knobs)


class Monitoring(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = RunningServer(SERVER, *(flag for flag in flags_of("gin") if not re.match("--(admin-)?(host|port)=", flag)))
        try:
            urllib.request.urlopen(f"{server.url}/ping", timeout=PATIENCE_S).close()
            with urllib.request.urlopen(f"{server.admin}metrics", timeout=PATIENCE_S) as answer:
                page = answer.read().decode()
        finally:
            server.stop()
        cls.metrics = {}
        for name, labels in re.findall(r"(?m)^([a-z]\w*)(?:\{(.*)\})? ", page):
            cls.metrics.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
        cls.dashboard = json.loads((DOCKER / "grafana/duel.json").read_text(encoding="utf-8"))

    def targets(self):
        return [(panel["title"], target) for panel in self.dashboard["panels"] for target in panel["targets"]]

    def test_the_dashboard_follows_the_schema_of_grafana(self):
        def go(*command):
            return subprocess.run(["go", *command], cwd=HERE / "dashboard", capture_output=True, text=True, timeout=PATIENCE_S, check=False)

        if not shutil.which("go") or go("mod", "download").returncode != 0:
            self.skipTest("go is not installed, or cannot download Grafana's schema")
        self.assertEqual(go("run", ".", DOCKER / "grafana/duel.json").stderr, "")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as wrong:
            wrong.write((DOCKER / "grafana/duel.json").read_text(encoding="utf-8").replace('"legendFormat"', '"legendformat"'))
            wrong.flush()
            self.assertIn("unexpected field 'legendformat'", go("run", ".", wrong.name).stderr)

    def test_prometheus_reads_the_admin_ports_of_the_servers(self):
        job = yaml.safe_load((DOCKER / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"][0]
        self.assertEqual(job["dns_sd_configs"][0]["names"], list(STYLES))
        self.assertEqual(job["dns_sd_configs"][0]["type"], "A", "the admin port refuses names as Host")
        self.assertIn(f"--admin-port={job['dns_sd_configs'][0]['port']}", SERVICES["gin"]["command"])
        self.assertIn(f"`{job['metrics_path']}`", (ROOT / "docs/metrics.md").read_text(encoding="utf-8"))

    def test_queries_name_only_metrics_that_exist(self):
        for title, target in self.targets():
            names = re.findall(r"\b(?:duel|process)_\w+", target["expr"])
            self.assertTrue(names, title)
            for name in names:
                self.assertIn(name, self.metrics, title)

    def test_queries_name_only_labels_that_exist(self):
        for title, target in self.targets():
            names = re.findall(r"\b(?:duel|process)_\w+", target["expr"])
            known = set().union(*(self.metrics[name] for name in names), {"instance", "job"})
            used = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            for group in re.findall(r"\b(?:by|on|group_left) \(([^)]*)\)", target["expr"]):
                used |= {word.strip() for word in group.split(",")}
            self.assertLessEqual(used, known, title)
            for name, matchers in re.findall(r"\b((?:duel|process)_\w+)\{([^}]*)\}", target["expr"]):
                self.assertLessEqual(set(re.findall(r"(\w+)=", matchers)), self.metrics[name], title)

    def test_counters_are_rates_and_levels_are_not(self):
        kinds = dict(re.findall(r"(?m)^\| [^|]*\| `(\w+)[^|]*\| (counter|level|histogram) \|", (ROOT / "docs/metrics.md").read_text(encoding="utf-8")))
        for title, target in self.targets():
            for name in re.findall(r"\b(?:duel|process)_\w+", target["expr"]):
                kind = kinds[re.sub("_bucket$", "", name)]
                is_rate = re.search(rf"rate\({name}(\{{[^}}]*\}})?\[\$__rate_interval\]\)", target["expr"]) is not None
                self.assertEqual(is_rate, kind != "level", f"{title}: {name} is a {kind}")

    def test_it_shows_what_the_project_measures(self):
        titles = " ".join(panel["title"].lower() for panel in self.dashboard["panels"])
        for word in ("requests", "latency", "allocations per request", "bytes allocated per request", "memory", "purges", "stall", "leaks"):
            self.assertIn(word, titles)

    def test_panels_do_not_overlap(self):
        taken = {}
        for panel in self.dashboard["panels"]:
            place = panel["gridPos"]
            for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
                self.assertNotIn(cell, taken, f"{panel['title']} is over {taken.get(cell)}")
                taken[cell] = panel["title"]
                self.assertLess(cell[0], 24)
        self.assertEqual(len({panel["id"] for panel in self.dashboard["panels"]}), len(self.dashboard["panels"]))

    def test_grafana_finds_prometheus_and_the_dashboard(self):
        source = yaml.safe_load((DOCKER / "grafana/datasource.yaml").read_text(encoding="utf-8"))["datasources"][0]
        host, port = re.fullmatch(r"http://(\w+):(\d+)", source["url"]).groups()
        self.assertEqual([with_defaults(text) for text in SERVICES[host]["ports"]], [f"127.0.0.1:{port}:{port}"])
        variable = self.dashboard["templating"]["list"][0]
        self.assertEqual((variable["type"], variable["query"]), ("datasource", source["type"]))
        self.assertEqual({target["datasource"]["uid"] for _, target in self.targets()}, {f"${{{variable['name']}}}"})
        folder = yaml.safe_load((DOCKER / "grafana/dashboards.yaml").read_text(encoding="utf-8"))["providers"][0]["options"]["path"]
        self.assertIn(f"./grafana/duel.json:{folder}/duel.json:ro", SERVICES["grafana"]["volumes"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose"])
