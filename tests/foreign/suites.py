"""The cases of other people's suites, read from what the registries carry. Nothing of theirs is kept in this repository."""
import dataclasses
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import types
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Missing(Exception):
    """The tool or the registry of a suite is not there: the suite is skipped, by name."""


@dataclasses.dataclass
class Case:
    name: str
    data: bytes                 # sent on one connection
    accept: bool                # what the suite expects
    status: int = 0             # of the answer, if the suite names it
    requests: list = None       # what the parser should have seen: dicts of method, target, minor, fields, body
    first_only: bool = False    # only the first request of the bytes counts
    to_end: bool = True         # the end of the bytes belongs to the case: bytes that are not complete are an error
    path: str = ""              # of the file that is asked for, if the suite is about files
    body: bytes = None          # of the answer


def run(command, **options):
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=120, **options)
    except FileNotFoundError as absent:
        raise Missing(f"{command[0]} is not installed") from absent
    except subprocess.TimeoutExpired as slow:
        raise Missing(f"{command[0]} did not end within two minutes") from slow
    if done.returncode != 0:
        error = done.stderr.decode(errors="replace")
        if re.search(r"HASHES|checksum|hash", error):  # that is no missing registry
            raise SystemExit(error)
        raise Missing(f"{' '.join(map(str, command[:3]))}: {error.strip().splitlines()[-1] if error.strip() else 'failed'}")
    return done.stdout


NO_HOST = re.compile(rb"^([A-Z-]{1,20} \S+ HTTP/1\.1\r\n)(?!(?:[^\r\n]+\r\n)*Host:)", re.IGNORECASE | re.MULTILINE)


def with_host(cases):
    """Copies of the valid cases that lack the Host field: without it every server of HTTP/1.1 must refuse them (RFC 9112 §3.2),
    and the rest of the case would not be tested."""
    copies = []
    for case in cases:
        data, count = NO_HOST.subn(rb"\1Host: localhost\r\n", case.data)
        # Another number: a body that looks like a request.
        if not case.accept or count != (1 if case.requests is None else sum(one["minor"] for one in case.requests)):
            continue
        requests = None
        if case.requests is not None:
            requests = [{**one, **({"fields": [("Host", b"localhost"), *one["fields"]]} if "fields" in one and one["minor"] == 1 else {})}
                        for one in case.requests]
        copies.append(dataclasses.replace(case, name=case.name + " with Host", data=data, requests=requests))
    return copies


# --- Go: the tables of the tests of net/http

GO_TABLES = ["readrequest_test.go:reqTests", "readrequest_test.go:badRequestTests", "request_test.go:readRequestErrorTests",
             "serve_test.go:TestServerValidatesHostHeader.tests", "serve_test.go:TestServerValidatesHeaders.tests",
             "serve_test.go:TestServerValidatesMethod.tests", "fs_test.go:ServeFileRangeTests"]
RANGED_FILE = b"0123456789\n"  # as long as Go's


def raw(value):
    return bytes.fromhex(value["hex"])


def go_request(entry, body):
    fields = [] if isinstance(entry["Header"], list) else [
        (name, raw(one)) for name, values in entry["Header"].items() for one in values]
    return {"method": raw(entry["Method"]), "target": raw(entry["RequestURI"]), "minor": entry["ProtoMinor"],
            "some_fields": fields, "body": body}


def go(_build):
    root = Path(run(["go", "env", "GOROOT"]).decode().strip()) / "src/net/http"
    if not (root / "readrequest_test.go").exists():
        raise Missing(f"{root} has no tests")
    output = run(["go", "run", HERE / "go_tables.go", *[f"{root}/{table}" for table in GO_TABLES]])
    tables = json.loads(output)
    absent = [table for table in GO_TABLES if table.split(":")[1] not in tables]
    if absent:
        raise SystemExit(f"this Go has other tests: {absent} are not there")

    cases = []
    for index, (data, request, body, _trailer, error) in enumerate(tables["reqTests"]):
        accept = error == {"hex": ""}
        cases.append(Case(f"reqTests {index}", raw(data), accept, first_only=True,
                          requests=[go_request(request, raw(body))] if accept else None))
    for name, data in tables["badRequestTests"]:
        cases.append(Case(raw(name).decode(), raw(data), False))
    for index, row in enumerate(tables["readRequestErrorTests"]):
        data, error = (row[0], row[1]) if isinstance(row, list) else (row["in"], row.get("err", {"hex": ""}))
        if raw(data):  # a server does not answer a client that sends nothing
            cases.append(Case(f"readRequestErrorTests {index}", raw(data), error == {"hex": ""}, first_only=True))
    for index, (proto, host, status) in enumerate(tables["TestServerValidatesHostHeader.tests"]):
        line = raw(proto) if not raw(proto).startswith(b"HTTP/") else b"GET / " + raw(proto)
        cases.append(Case(f"host {index}", line + b"\r\n" + raw(host) + b"\r\n", status == 200, status))
    for index, (header, status) in enumerate(tables["TestServerValidatesHeaders.tests"]):
        cases.append(Case(f"header {index}", b"GET / HTTP/1.1\r\nHost: foo\r\n" + raw(header) + b"\r\n", status == 200, status))
    for index, (method, status) in enumerate(tables["TestServerValidatesMethod.tests"]):
        cases.append(Case(f"method {index}", raw(method) + b" / HTTP/1.1\r\nHost: a\r\n\r\n", status == 200, status))
    for row in tables["ServeFileRangeTests"]:
        wanted = raw(row["r"])
        ranges = row.get("ranges", [])
        body = RANGED_FILE[slice(*ranges[0])] if len(ranges) == 1 else None
        field = b"Range: " + wanted + b"\r\n" if wanted else b""
        cases.append(Case("range " + wanted.decode(), b"GET /static/ranged HTTP/1.1\r\nHost: a\r\n" + field + b"\r\n", True,
                          row["code"], path="/static/ranged", body=body))
    return cases + with_host(cases)


# --- gunicorn: the files of tests/requests of its source distribution

def unpack(archive, into):
    if not into.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(into, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(into)
    return next(into.iterdir())


class Options(dict):
    def set(self, name, value):
        self[name] = value


def read_expectation(path):
    """Runs the .py file with stand-ins for the modules of gunicorn that it uses."""
    config, errors = types.ModuleType("gunicorn.config"), types.ModuleType("gunicorn.http.errors")
    config.Config = Options
    errors.__getattr__ = lambda name: type(name, (Exception,), {})
    errors.__path__ = []
    stand_ins = {"gunicorn": types.ModuleType("gunicorn"), "gunicorn.config": config,
                 "gunicorn.http": types.ModuleType("gunicorn.http"), "gunicorn.http.errors": errors}
    kept = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        names = {"uri": lambda text: text, "cfg": Options()}
        exec(compile(path.read_text(), path, "exec"), names)  # pylint: disable=exec-used
    finally:
        for name, module in kept.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})
    return names["request"], names["cfg"]


def gunicorn(build):
    archives = build / "gunicorn"
    if not list(archives.glob("*.tar.gz")):
        run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary=:all:",
             "--require-hashes", "--requirement", HERE / "gunicorn.txt", "--dest", archives])
    folder = unpack(next(archives.glob("*.tar.gz")), archives / "source") / "tests/requests"
    cases, skipped = [], {}
    for path in sorted(folder.glob("*/*.http")):
        expected, options = read_expectation(path.with_suffix(".py"))
        if options:  # this server has no such option
            for name in options:
                skipped[name] = skipped.get(name, 0) + 1
            continue
        data = path.read_bytes().replace(b"\n", b"")
        data = re.sub(rb"\\(r|n|t|0|x[0-9A-Fa-f]{2})",
                      lambda m: {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}.get(m[1]) or bytes([int(m[1][1:], 16)]), data)
        accept = path.parent.name == "valid"
        requests = None
        if accept:
            requests = [{"method": one["method"].encode(), "target": one["uri"].encode("latin-1"), "minor": one["version"][1],
                         "fields": [(name, value.encode("latin-1")) for name, value in one["headers"]], "body": one["body"]}
                        for one in (expected if isinstance(expected, list) else [expected])]
        cases.append(Case(f"{path.parent.name}/{path.stem}", data, accept, requests=requests))
    cases += with_host(cases)
    print("  left out, as they set options that this server does not have: "
          + ", ".join(f"{count} x {name}" for name, count in sorted(skipped.items())))
    return cases


# --- http_desync_guardian: the YAML files of the crate

def content_for(fields):
    """The body that belongs to a head which the suite accepts."""
    for name, value in fields:
        if name.lower() == b"transfer-encoding":
            return b"0\r\n\r\n"
    for name, value in fields:
        if name.lower() == b"content-length" and value.strip().isdigit():
            return b"x" * int(value)
    return b""


def vendored(manifest, project, name):
    """The folder of the crate `name`, fetched by cargo. cargo fetches the crates that it depends on too; nobody builds or runs them,
    so only the hash of this crate is pinned: a lock file would name the registry's host."""
    crate = project / "vendor" / name
    checksums = crate / ".cargo-checksum.json"  # cargo writes it last
    if not checksums.exists():
        project.mkdir(parents=True, exist_ok=True)
        (project / "Cargo.toml").write_text(manifest.read_text())
        (project / "empty.rs").write_text("")
        run(["cargo", "vendor", "--quiet", "vendor"], cwd=project)
    fetched = json.loads(checksums.read_text())["package"]
    if fetched != tomllib.loads(manifest.read_text())["package"]["metadata"]["sha256"]:
        raise SystemExit(f"{name}: the hash is {fetched}, and not that of {manifest.name}; remove {project}")
    return crate


def text(value):
    return str("" if value is None else value).encode("latin-1", "replace")


def desync(build):
    try:
        import yaml  # pylint: disable=import-outside-toplevel
    except ImportError as absent:
        raise Missing("the Debian package python3-yaml is not installed") from absent
    crate = vendored(HERE / "desync.toml", build / "desync", "http_desync_guardian")
    cases = []
    for path in sorted(crate.glob("tests/*.yaml")):
        for index, one in enumerate(yaml.safe_load(path.read_text())):
            fields = [(text(field["name"]), text(field.get("value"))) for field in one.get("headers") or []]
            if not any(name.strip().lower() == b"host" for name, _ in fields):
                fields.insert(0, (b"Host", b"localhost"))  # the suite leaves it out; HTTP/1.1 needs it
            accept = one["expected"]["tier"] in ("Compliant", "Acceptable")
            version = text(one.get("version"))
            line = text(one["method"]) + b" " + text(one["uri"]) + (b" " + version if version else b"")
            head = line + b"\r\n" + b"".join(name + b": " + value + b"\r\n" for name, value in fields) + b"\r\n"
            cases.append(Case(f"{path.stem} {index}: {one['name']}", head + (content_for(fields) if accept else b""), accept,
                              to_end=False))
    return cases
