"""Compares what the servers do with what a suite expects."""
import json

from wire import REFUSALS


def pieces(data):
    """The ways in which a case is sent: whole, in halves, and in pieces of seven bytes (a large case in 16)."""
    size = 7 if len(data) <= 4000 else len(data) // 16
    half = len(data) // 2
    return {"whole": [data], "halves": [data[:half], data[half:]] if half else [data],
            "pieces": [data[at:at + size] for at in range(0, len(data), size)] or [data]}


def parsed(answer):
    seen = json.loads(answer.body)
    return {"method": bytes.fromhex(seen["method"]), "target": bytes.fromhex(seen["target"]), "minor": seen["minor"],
            "fields": [(bytes.fromhex(name), bytes.fromhex(value)) for name, value in seen["fields"]],
            "body": bytes.fromhex(seen["body"])}


def difference(wanted, seen):
    """The first thing in which the parser differs from the suite; empty if it does not."""
    for key in ("method", "target", "minor", "body"):
        if wanted[key] != seen[key]:
            return key
    fields = [(name.decode("latin-1").upper(), value) for name, value in seen["fields"]]
    if "fields" in wanted and [(name.upper(), value) for name, value in wanted["fields"]] != fields:
        return "fields"
    # A suite that takes some fields out of the list (Go: Host, Transfer-Encoding) names the others.
    for name, value in wanted.get("some_fields", []):
        if (name.upper(), value) not in fields:
            return "fields"
    return ""


def outcome(case, server, exchange):
    """A few words: what happened to the case. A case that is as the suite expects gives "accept" or "refuse"."""
    if exchange.rest:
        return "bytes that are no answer"
    if case.first_only:
        exchange.answers = exchange.answers[:1]
        exchange.waits = exchange.waits and not exchange.answers
    refused = [answer.status for answer in exchange.answers if answer.status in REFUSALS and server.is_refusal(answer)]
    if not case.accept:
        if not refused:
            return "refuse" if exchange.waits and case.to_end and not case.status else "accept"
        return "refuse" if case.status in (0, refused[0]) else f"refuse with {refused[0]}"
    if refused:
        return f"refuse with {refused[0]}"
    if exchange.waits:
        return "wait for more"
    if not exchange.answers:
        return "no answer"
    if case.path and server.has_files:
        answer = exchange.answers[0]
        if answer.status != case.status:
            return f"answer {answer.status}"
        return "accept" if case.body in (None, answer.body) else "another body"
    if case.requests is not None:
        if len(exchange.answers) != len(case.requests):
            return f"{len(exchange.answers)} requests"
        if server.echoes:
            for wanted, answer in zip(case.requests, exchange.answers):
                if answer.status >= 400:
                    return f"answer {answer.status}"
                if not answer.body:  # to HEAD, and to OPTIONS *, which the core answers
                    continue
                if differs := difference(wanted, parsed(answer)):
                    return f"another {differs}"
    return "accept"


def try_case(case, servers):
    """What happened, by (server, split)."""
    head_only = case.data.lstrip(b"\r\n").startswith(b"HEAD ")
    return {(server.name, split): outcome(case, server, server.exchange(sent, head_only))
            for server in servers for split, sent in pieces(case.data).items()}
