"""Checks of tests/docker/engine: the images. Each returns what it found."""

import json
import pathlib
import re
import subprocess
import tempfile
import time

from harness import containers
from harness.containers import BENCH, SERVER, engine, image
from in_engine import BUILD_LIMIT_S, ROOT, TIGHT, Skipped, await_that, container, require, require_pong, server

OVER_BASE_MAX = 15e6  # bytes
IDLE_RSS_MAX = 5e6
USER = 65532


def build(base):
    """both images build"""
    revision = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    took = []
    for target in (SERVER, BENCH):
        begin = time.monotonic()
        with tempfile.TemporaryFile("w+") as output:
            status = subprocess.run(["docker", "build", "-f", ROOT / "docker/Dockerfile", "--target", target, "-t", image(target), f"--build-arg=BASE={base}",
                                     f"--build-arg=REVISION={revision}", ROOT], stdout=output, stderr=output, timeout=BUILD_LIMIT_S, check=False).returncode
            output.seek(0)
            require(status == 0, f"{image(target)} does not build:\n" + "".join(output.readlines()[-30:]))
        took.append(f"{target} in {time.monotonic() - begin:.0f} s")
    labels = json.loads(engine("image", "inspect", "--format={{json .Config.Labels}}", image(SERVER)))
    require(labels["org.opencontainers.image.revision"] == revision, f"the labels name the revision {labels}")
    return ", ".join(took)


def size(base):
    """the image of the server is at most 15 MB larger than its base"""
    server_bytes, base_bytes, bench_bytes = (int(engine("image", "inspect", "--format={{.Size}}", name)) for name in (image(SERVER), base, image(BENCH)))
    return require(server_bytes - base_bytes <= OVER_BASE_MAX, f"server {(server_bytes - base_bytes) / 1e6:.1f} MB over its base of {base_bytes / 1e6:.1f} MB"
                   f" (bench {(bench_bytes - base_bytes) / 1e6:.0f} MB)")


def health(_):
    """the server starts confined and is healthy"""
    with server() as found:
        await_that(lambda: found.state("State.Health.Status") == "healthy", "healthy")
        status = pathlib.Path(f"/proc/{found.pid}/status").read_text(encoding="ascii")
        users = set(re.search(r"Uid:\t(.*)", status)[1].split())
        require(users == {str(USER)}, f"the server's users are {users}")
        require(re.search(r"CapEff:\t0+\n", status), "the server has capabilities")
        require(re.search(r"Seccomp:\t2\n", status) and re.search(r"NoNewPrivs:\t1\n", status), "the server has no filter of system calls")
        require(found.state("HostConfig.ReadonlyRootfs"), "the root is not read-only")
        require_pong(found.url)
        return f"user {USER}, no capability, read-only root, docker/seccomp.json, healthy, GET /ping answered"


def memory(_):
    """the idle server uses at most 5 MB"""
    found = []
    for router in ("gin", "beego"):
        with server(flags=[f"--router={router}"]) as one:
            await_that(lambda one=one: one.state("State.Health.Status") == "healthy", "healthy")
            try:
                text = pathlib.Path(f"/proc/{one.pid}/smaps_rollup").read_text(encoding="ascii")
            except PermissionError as error:
                raise Skipped("only root may read the memory of another user's process") from error
            rss, anonymous = (1024 * int(re.search(rf"(?m)^{name}: +(\d+) kB", text)[1]) for name in ("Rss", "Anonymous"))
            found.append((rss, f"{router} with {one.threads()} workers: RSS {rss / 1e6:.1f} MB, of these {anonymous / 1e6:.1f} MB anonymous"))
    text = "; ".join(text for _, text in found)
    return require(all(rss <= IDLE_RSS_MAX for rss, _ in found), text)


def filters(_):
    """both seccomp profiles let the server start, and one without io_uring is named as the cause"""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([ROOT / "docker/seccomp-default"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skipped(f"Docker's default profile cannot be fetched: {done.stderr.strip()}")
        extended = pathlib.Path(folder, "extended.json")
        extended.write_text(done.stdout, encoding="utf-8")
        profile = json.loads(done.stdout)
        profile["syscalls"].pop()  # what docker/seccomp-default added
        plain = pathlib.Path(folder, "plain.json")
        plain.write_text(json.dumps(profile), encoding="utf-8")
        for good in (TIGHT, f"seccomp={extended}"):
            with server(seccomp=good):
                pass
        with container(seccomp=f"seccomp={plain}") as refused:
            await_that(lambda: not refused.state("State.Running"), "the server ends")
            last = refused.log().strip().splitlines()[-1]
    return require("a seccomp profile forbids io_uring" in last, f"docker/seccomp.json and docker/seccomp-default start it; Docker's own since 25.0: \"{last}\"")


def knobs(_):
    """the report names each knob that the container could not set, and STRICT=1 refuses to start"""
    with server() as found:
        rows = found.knobs()
    for name in ("net.core.somaxconn", *["ulimit.nofile", "ulimit.memlock"] * bool(containers.ulimits())):
        require(rows.get(name) == "ok", f"{name} is not ok: {rows}")
    off = [name for name, state in rows.items() if state not in ("ok", "unasked")]
    with container("--env=STRICT=1") as refused:
        await_that(lambda: not refused.state("State.Running"), "the server ends")
        last = refused.log().strip().splitlines()[-1]
    require(off and "STRICT=1, and these knobs are off" in last, f"STRICT=1 started the server although {off} are off: {last}")
    return "states: " + ", ".join(f"{name} {state}" for name, state in rows.items())
