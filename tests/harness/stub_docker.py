#!/usr/bin/python3
"""Replaces docker in tests: runs the commands of containers as processes of this machine, with the stubs of the server and of wrk.

STUB_DOCKER is the folder with its containers and networks: a file per container with the id of its process, and a file per network.
STUB_DOCKER_FAULT selects faults, separated by commas:
  engine    does not answer
  image     has no images
  network   makes no networks
  refuses   starts no server
  elsewhere runs the servers on another machine
  limits    may not raise limits of processes
  times     does not tell the CPU time of a load generator
"""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
SERVER = HERE / "stub_server.py"
STATE = pathlib.Path(os.environ["STUB_DOCKER"])
FAULTS = os.environ.get("STUB_DOCKER_FAULT", "").split(",")
KNOBS = {"knobs": [{"name": "vm.swappiness", "want": "1", "got": "60", "state": "refused", "reason": "Read-only file system"}]}


def fail(text, status=1):
    print(text, file=sys.stderr)
    sys.exit(status)


def split(words):
    """The options {name: [value]} and what follows them."""
    options = {}
    while words and words[0].startswith("--"):
        name, _, value = words.pop(0).partition("=")
        options.setdefault(name, []).append(value)
    return options, words


def state_of(name, kind="container"):
    found = STATE / kind / name
    return found if found.is_file() else fail(f"Error: No such {kind}: {name}")


def create(name, pid=0):
    (STATE / "container").mkdir(exist_ok=True, parents=True)
    (STATE / "container" / name).write_text(str(pid), encoding="ascii")


def run(words):
    with open(STATE / "calls", "a", encoding="utf-8") as calls:
        print(json.dumps(words), file=calls)
    options, (image, *command) = split(words)
    (name,) = options["--name"]
    if "--rm" in options:
        if "limits" in FAULTS:
            fail("docker: Error response from daemon: runc create failed: error setting rlimit type 8: operation not permitted: unknown", 125)
        return
    if "--detach" in options:
        create(name)
        return
    if "refuses" in FAULTS:
        create(name)
        fail("docker: Error response from daemon: seccomp is not here.\nSee 'docker run --help'.", 125)
    pathlib.Path(options["--env"][0].removeprefix("REPORT=")).write_text(json.dumps(KNOBS), encoding="ascii")
    create(name, os.getppid() if "elsewhere" in FAULTS else os.getpid())
    os.execv(SERVER, [str(SERVER), *command])


def inspect(options, name):
    pid = int(state_of(name).read_text(encoding="ascii"))
    key = options["--format"][0].removeprefix("{{json .").removesuffix("}}")
    found = {"State.Pid": pid, "State.OOMKilled": False, "NetworkSettings.Networks": {"one": {"IPAddress": "127.0.0.1"}}}
    print(json.dumps(found[key]))


def remove(kind, name):
    state = state_of(name, kind)
    pid = int(state.read_text(encoding="ascii")) if kind == "container" else 0
    if pid and "elsewhere" not in FAULTS:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    state.unlink()


def list_names(kind):
    print(*sorted(path.name for path in (STATE / kind).glob("*")), sep="\n")


def main():
    command, *words = sys.argv[1:]
    if "engine" in FAULTS:
        fail("Cannot connect to the Docker daemon at unix:///nowhere. Is the docker daemon running?")
    if command in ("container", "image", "network"):
        command = f"{command} {words.pop(0)}"
    if command == "run":
        return run(words)
    if command == "exec":
        _, *program = words
        if "times" in FAULTS:
            program[2] = program[2].replace("times;", "")
        os.execvp(program[0], program)
    options, rest = split(words)
    if command == "version":
        print("20.10.24")
    elif command == "image inspect":
        if "image" in FAULTS:
            fail(f"Error: No such image: {rest[0]}")
        print("sha256:" + hashlib.sha256(SERVER.read_bytes()).hexdigest())
    elif command == "create":
        create(options["--name"][0])
    elif command == "cp":
        shutil.copy(SERVER, rest[1])
    elif command == "network create":
        if "network" in FAULTS:
            fail("Error response from daemon: could not find plugin bridge")
        (STATE / "network").mkdir(exist_ok=True, parents=True)
        (STATE / "network" / rest[0]).touch()
    elif command in ("container rm", "network rm"):
        remove(command.split()[0], rest[0])
    elif command == "container inspect":
        inspect(options, rest[0])
    elif command in ("ps", "network ls"):
        list_names("network" if command == "network ls" else "container")
    else:
        fail(f"the stub does not know {command}")


if __name__ == "__main__":
    main()
