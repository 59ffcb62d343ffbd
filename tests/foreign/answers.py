"""Answers of the demos to many requests, for httplint."""
import json
import os
import subprocess
import sys
from pathlib import Path

import suites
from wire import read_answers, received

HERE = Path(__file__).resolve().parent
TAG = "ETAG"  # stands for the tag of the file in a request

FILE = "/static/ranged"
REQUESTS = [
    ("GET", "/ping", {}, ""), ("HEAD", "/ping", {}, ""), ("GET", "/json", {}, ""), ("HEAD", "/json", {}, ""),
    ("GET", "/list/3", {}, ""), ("GET", "/list/x", {}, ""), ("GET", "/list/300", {}, ""),
    ("POST", "/echo", {"Content-Type": "text/plain"}, "hello"), ("POST", "/echo", {}, ""),
    ("GET", "/api/v1/user/7", {}, ""), ("GET", "/api/v1/user/%C3%A9", {}, ""), ("GET", "/nowhere", {}, ""),
    ("HEAD", "/nowhere", {}, ""), ("POST", "/ping", {}, ""), ("DELETE", "/json", {}, ""), ("OPTIONS", "/ping", {}, ""),
    ("OPTIONS", "*", {}, ""), ("OPTIONS", "/nowhere", {}, ""), ("PURGE", "/ping", {}, ""), ("TRACE", "/ping", {}, ""),
    ("GET", "/ping/", {}, ""), ("GET", "//ping", {}, ""), ("GET", "/PING", {}, ""),
    ("GET", FILE, {}, ""), ("HEAD", FILE, {}, ""), ("GET", FILE, {"Range": "bytes=2-4"}, ""),
    ("GET", FILE, {"Range": "bytes=99-"}, ""), ("GET", FILE, {"Range": "bytes=0-1,4-5"}, ""),
    ("GET", FILE, {"If-None-Match": TAG}, ""), ("GET", FILE, {"If-Match": '"other"'}, ""),
    ("GET", FILE, {"If-Range": TAG, "Range": "bytes=-3"}, ""), ("GET", "/static/nothing", {}, ""), ("GET", "/static/", {}, ""),
    ("GET", "/static/page.html", {}, ""), ("GET", "/static/style.css", {}, ""), ("GET", "/static/a.svg", {}, ""),
    ("GET", "/sql/user/1", {}, ""), ("GET", "/sql/user/99999", {}, ""), ("GET", "/sql/user/x", {}, ""),
    ("GET", "/orm/user/1", {}, ""), ("GET", "/session", {}, ""), ("GET", "/fixed/css/site.css", {}, ""),
    ("GET", "/repos/a/b", {}, ""), ("PUT", "/user/starred/a/b", {}, ""),
    ("GET", "/ping", {"Accept-Encoding": "gzip"}, ""), ("GET", "/list/300", {"Accept-Encoding": "gzip"}, ""),
    ("GET", "/ping", {"Connection": "close"}, ""), ("GET", "/ping", {"Expect": "a-pony"}, ""),
    ("GET", "/ping", {"Transfer-Encoding": "chunked", "Content-Length": "1"}, ""), ("GET", "/ping", {"Host": "a b"}, ""),
    ("POST", "/echo", {"Content-Type": "application/x-www-form-urlencoded"}, "%"), ("GET", "/x" * 5000, {}, ""),
    ("GET", "/ping", {"X": "y" * 70000}, ""), ("POST", "/echo", {"Content-Length": "99999999999"}, "")]


def written(method, target, fields, body):
    lines = {"Host": "localhost", **({"Content-Length": str(len(body))} if body else {}), **fields}
    if method == "POST" and not body and "Content-Length" not in fields:
        lines["Content-Length"] = "0"
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return lines, (head + body).encode()


def asked(server, method, target, fields, body):
    lines, data = written(method, target, fields, body)
    answer = server.exchange([data], method == "HEAD").answers
    if not answer:  # the only answer came after the end of the bytes, or none
        return None
    answer = answer[0]
    return {"method": method, "target": target, "sent": list(lines.items()), "status": answer.status,
            "phrase": answer.phrase.decode(), "fields": [(n.decode("latin-1"), v.decode("latin-1")) for n, v in answer.fields],
            "body": answer.body.hex(), "data": data}


def linted(build, servers):
    """As judged() of `run`: the number of cases, and the answers of which httplint says something bad."""
    packages = build / "httplint"
    if not (packages / "httplint").exists():
        suites.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--require-hashes", "--requirement", HERE / "httplint.txt", "--target", packages])
    exchanges = []
    for server in servers:
        with server.connect() as connection:
            connection.sendall(f"GET {FILE} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            tag = read_answers(received(connection))[0][0].get(b"etag").decode()
        for method, target, fields, body in REQUESTS:
            fields = {name: tag if value == TAG else value for name, value in fields.items()}
            if one := asked(server, method, target, fields, body):
                exchanges.append((server.name, one))
    sent = json.dumps([{k: v for k, v in one.items() if k != "data"} for _, one in exchanges])
    done = subprocess.run([sys.executable, "-B", HERE / "lint.py"], input=sent, capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(packages)})
    if done.returncode != 0:
        raise SystemExit(f"lint.py failed: {done.stderr}")
    differing = []
    for (name, one), notes in zip(exchanges, json.loads(done.stdout)):
        differing += [(f"{name} {one['method']} {one['target'][:40]} {one['status']}", one["data"], note) for note in notes]
    return len(exchanges), differing
