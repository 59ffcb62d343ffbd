"""The manifests of docker/k8s: the schemas of Kubernetes, and what schemas cannot check.

argv[1]: the server program. The schemas come from the package kubernetes-validate; without it their test is skipped.
"""

import pathlib
import re
import subprocess
import sys
import unittest
import urllib.request

import yaml

from fake_machine import DOCKER, PATIENCE_S
from harness import __main__ as compare
from running_server import RunningServer

try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

SERVER = sys.argv.pop(1)
ROOT = DOCKER.parent
MANIFESTS = {path: [found for found in yaml.safe_load_all(path.read_text(encoding="utf-8")) if found]
             for path in sorted((DOCKER / "k8s").rglob("*.yaml"))}
OBJECTS = [(path, found) for path, objects in MANIFESTS.items() for found in objects]
CUSTOM = {"ServiceMonitor": "monitoring.coreos.com/v1", "Application": "argoproj.io/v1alpha1"}
VERSIONS = ("1.25", "1.31", "1.37")  # the oldest and the newest that the package has, and one between
# The server's time to spare after --drain-timeout: a second signal ends it within 2 s (servers/main.cc).
SPARE_S = 2


def of_kind(*kinds):
    return [found for _, found in OBJECTS if found["kind"] in kinds]


def named(kind, name):
    return next(found for found in of_kind(kind) if found["metadata"]["name"] == name)


def templates():
    """The pod templates: (name of the owner, labels, spec)."""
    for found in of_kind("Deployment", "DaemonSet", "Job"):
        template = found["spec"]["template"]
        yield found["metadata"]["name"], template["metadata"]["labels"], template["spec"]


def containers(spec):
    return [*spec.get("initContainers", []), *spec["containers"]]


def selected(labels):
    """The pods that have these labels."""
    return [spec for _, found, spec in templates() if labels.items() <= found.items()]


def server_pod():
    return named("Deployment", "duel")["spec"]["template"]["spec"]


def server_flags():
    return dict(argument.removeprefix("--").split("=", 1) for argument in server_pod()["containers"][0]["args"])


def number_of(text):
    """ "64k", "512Mi" or "10s" as a number of bytes or seconds."""
    digits, unit = re.fullmatch(r"(\d+)([a-zA-Z]*)", text).groups()
    return int(digits) * {"": 1, "s": 1, "m": 60, "k": 2**10, "Mi": 2**20, "Gi": 2**30}[unit]


class Schemas(unittest.TestCase):
    @unittest.skipIf(kubernetes_validate is None, "the Python package kubernetes-validate is missing")
    def test_every_object_is_valid(self):
        for path, found in OBJECTS:
            for version in VERSIONS:
                if found["kind"] not in CUSTOM:
                    with self.subTest(f"{path.name} {found['kind']} {version}"):
                        kubernetes_validate.validate(found, version, strict=True)

    @unittest.skipIf(kubernetes_validate is None, "the Python package kubernetes-validate is missing")
    def test_the_schemas_refuse_a_wrong_object(self):
        wrong = yaml.safe_load("{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, tragetPort: 80}]}}")
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)

    def test_custom_objects_have_the_version_of_their_operator(self):
        for found in of_kind(*CUSTOM):
            self.assertEqual(found["apiVersion"], CUSTOM[found["kind"]])

    def test_every_file_has_an_object(self):
        self.assertTrue(all(MANIFESTS.values()))
        self.assertEqual({found["kind"] for _, found in OBJECTS},
                         {"Deployment", "Service", "ServiceMonitor", "PodDisruptionBudget", "NetworkPolicy", "DaemonSet", "Application", "Job"})


class Ports(unittest.TestCase):
    def test_a_service_sends_to_a_port_that_its_pods_have(self):
        for service in of_kind("Service"):
            pods = selected(service["spec"]["selector"])
            self.assertTrue(pods, service["metadata"]["name"])
            for port in service["spec"]["ports"]:
                for pod in pods:
                    self.assertIn(port["targetPort"], [found["name"] for found in pod["containers"][0]["ports"]])

    def test_the_server_listens_on_the_ports_of_its_pod(self):
        ports = {port["name"]: str(port["containerPort"]) for port in server_pod()["containers"][0]["ports"]}
        self.assertEqual(ports, {"http": server_flags()["port"], "admin": server_flags()["admin-port"]})

    def test_probes_use_a_port_of_their_container(self):
        for name, _, spec in templates():
            for container in containers(spec):
                for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                    probe = container.get(kind, {})
                    for action in ("httpGet", "tcpSocket"):
                        if action in probe:
                            self.assertIn(probe[action]["port"], [port["name"] for port in container["ports"]], name)

    def test_the_monitor_finds_the_service_and_its_port(self):
        monitor = named("ServiceMonitor", "duel")["spec"]
        services = [service for service in of_kind("Service") if monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()]
        self.assertEqual([service["metadata"]["name"] for service in services], ["duel-admin"])
        self.assertEqual([each["port"] for each in monitor["endpoints"]], [port["name"] for port in services[0]["spec"]["ports"]])

    def test_only_the_monitoring_reaches_the_admin_port(self):
        policy = named("NetworkPolicy", "duel")["spec"]
        self.assertEqual(len(selected(policy["podSelector"]["matchLabels"])), 1)
        open_ports = [port["port"] for rule in policy["ingress"] if "from" not in rule for port in rule["ports"]]
        self.assertEqual(open_ports, ["http"])

    def test_the_dask_programs_meet_at_one_port(self):
        scheduler, worker = (named("Deployment", f"load-{name}")["spec"]["template"]["spec"]["containers"][0] for name in ("scheduler", "worker"))
        port = scheduler["ports"][0]["containerPort"]
        self.assertEqual(scheduler["command"][scheduler["command"].index("--port") + 1], str(port))
        address = f"tcp://load-scheduler:{port}"
        self.assertIn(address, worker["command"])
        self.assertIn(f"--load-workers={address}", named("Job", "compare")["spec"]["template"]["spec"]["containers"][0]["args"])
        self.assertEqual(named("Service", "load-scheduler")["spec"]["ports"][0]["port"], port)

    def test_the_load_goes_to_the_server(self):
        target = next(text for text in named("Job", "compare")["spec"]["template"]["spec"]["containers"][0]["args"] if text.startswith("--attach="))
        self.assertEqual(target, f"--attach=http://duel:{named('Service', 'duel')['spec']['ports'][0]['port']}")


class Programs(unittest.TestCase):
    """The flags of the manifests, with the programs themselves."""

    def test_the_server_accepts_its_flags(self):
        done = subprocess.run([SERVER, "--no-config", *server_pod()["containers"][0]["args"], "--print-config"], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_paths_of_probes_and_monitor_exist(self):
        flags = [flag for flag in server_pod()["containers"][0]["args"] if not re.match("--(admin-)?(host|port)=", flag)]
        server = RunningServer(SERVER, *flags)
        try:
            container = server_pod()["containers"][0]
            paths = [container[kind]["httpGet"]["path"] for kind in ("startupProbe", "readinessProbe", "livenessProbe")]
            for path in [*paths, named("ServiceMonitor", "duel")["spec"]["endpoints"][0]["path"]]:
                # The kubelet and Prometheus name the address of the pod as Host.
                request = urllib.request.Request(f"{server.admin.rstrip('/')}{path}", headers={"Host": "10.1.2.3:6060"})
                with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                    self.assertEqual(answer.status, 200)
        finally:
            self.assertEqual(server.stop(), 0)

    def test_readiness_and_liveness_differ(self):
        container = server_pod()["containers"][0]
        self.assertEqual([container[kind]["httpGet"]["path"] for kind in ("readinessProbe", "livenessProbe")], ["/readyz", "/healthz"],
                         "a server that drains must not be started again")

    def test_bench_compare_knows_its_options(self):
        known = {text for action in compare.parser()._actions for text in action.option_strings}
        for argument in named("Job", "compare")["spec"]["template"]["spec"]["containers"][0]["args"]:
            self.assertIn(argument.partition("=")[0], known)

    def test_dask_knows_its_options(self):
        for name in ("scheduler", "worker"):
            command = named("Deployment", f"load-{name}")["spec"]["template"]["spec"]["containers"][0]["command"]
            try:
                done = subprocess.run([command[0], "--help"], capture_output=True, text=True, timeout=PATIENCE_S, check=True)
            except FileNotFoundError:
                self.skipTest(f"{command[0]} is missing (the package python3-distributed)")
            known = set(re.findall(r"--[a-z-]+", done.stdout))
            self.assertLessEqual({text for text in command if text.startswith("--")}, known)


class Drain(unittest.TestCase):
    def test_the_grace_period_is_longer_than_prestop_and_drain(self):
        pod = server_pod()
        command = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
        self.assertEqual(command[0], "sleep")
        longest_s = int(command[1]) + number_of(server_flags()["drain-timeout"]) + SPARE_S
        self.assertGreater(pod["terminationGracePeriodSeconds"], longest_s)

    def test_an_update_never_has_fewer_servers(self):
        spec = named("Deployment", "duel")["spec"]
        self.assertEqual(spec["strategy"]["rollingUpdate"]["maxUnavailable"], 0)
        self.assertGreater(spec["replicas"], named("PodDisruptionBudget", "duel")["spec"]["maxUnavailable"])


class Confinement(unittest.TestCase):
    def test_every_container_is_confined(self):
        for name, _, spec in templates():
            with self.subTest(name):
                self.assertIs(spec["automountServiceAccountToken"], False)
                self.assertIs(spec["enableServiceLinks"], False, "a Service named duel would set DUEL_PORT")
                self.assertIn("seccompProfile", spec["securityContext"])
                for container in containers(spec):
                    context = container["securityContext"]
                    self.assertIs(context["allowPrivilegeEscalation"], False)
                    self.assertIs(context["readOnlyRootFilesystem"], True)
                    self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
                    self.assertEqual({"cpu", "memory"}, set(container["resources"]["limits"]))

    def test_only_the_copy_of_the_profile_is_root(self):
        for name, _, spec in templates():
            for container in containers(spec):
                context = spec["securityContext"] | container["securityContext"]
                if (name, container["name"]) != ("duel-seccomp", "copy"):
                    self.assertIs(context["runAsNonRoot"], True, name)

    def test_the_profile_of_the_server_is_put_where_the_kubelet_looks(self):
        wanted = server_pod()["securityContext"]["seccompProfile"]
        self.assertEqual(wanted["type"], "Localhost")
        copy = named("DaemonSet", "duel-seccomp")["spec"]["template"]["spec"]
        volume, mount = copy["volumes"][0], copy["initContainers"][0]["volumeMounts"][0]
        _, source, target = copy["initContainers"][0]["command"]
        path = pathlib.PurePath(volume["hostPath"]["path"]) / pathlib.PurePath(target).relative_to(mount["mountPath"])
        self.assertEqual(path, pathlib.PurePath("/var/lib/kubelet/seccomp", wanted["localhostProfile"]))
        self.assertEqual(volume["name"], mount["name"])
        self.assertRegex((DOCKER / "Dockerfile").read_text(encoding="utf-8"), rf"(?m)^COPY docker/seccomp.json {re.escape(source)}$")

    def test_the_memory_limit_is_above_what_the_connections_can_need(self):
        """The sum of SECURITY.md: the body, twice while it grows; 80 KiB for an incomplete request; 64 KiB and one answer to send. An answer of
        the demo is at most as long as the body."""
        flags = server_flags()
        body = number_of(flags["max-body"])
        most = int(flags["max-connections"]) * (2 * body + (80 << 10) + (64 << 10) + body)
        self.assertGreater(number_of(server_pod()["containers"][0]["resources"]["limits"]["memory"]), most)


class Agreement(unittest.TestCase):
    """Manifests, images and pages say the same."""

    def test_the_tag_is_the_version_of_the_project(self):
        version = re.search(r"project\(duel VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"))[1]
        for _, _, spec in templates():
            for container in containers(spec):
                self.assertRegex(container["image"], rf"^registry\.example/duel-(server|bench):{re.escape(version)}$")

    def test_the_user_is_the_one_of_the_image(self):
        users = re.findall(r"(?m)^USER (\d+):(\d+)$", (DOCKER / "Dockerfile").read_text(encoding="utf-8"))
        context = server_pod()["securityContext"]
        self.assertEqual({(str(context["runAsUser"]), str(context["runAsGroup"]))}, set(users))

    def test_argo_cd_finds_the_folder(self):
        self.assertTrue((ROOT / named("Application", "duel")["spec"]["source"]["path"] / "deployment.yaml").is_file())

    def test_the_page_links_the_files_and_copies_none(self):
        page = (ROOT / "docs/load-cluster.md").read_text(encoding="utf-8")
        self.assertNotIn("apiVersion", page)
        self.assertIn("(../docker/k8s/load)", page)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose"])
