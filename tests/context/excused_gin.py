"""Decides which differences of the Gin style are excused. router/gin/README.md has the classes with their reasons."""

import base64
import ipaddress
import json
import re
import urllib.parse

from excuses import (View, core_refusal, decide, dump, etag, hidden_file, invalid_range, joined_ranges, jsonp_callback, no_content,
                     range_of_head, refusal_text, surrogate_pair, type_not_guessed, wrong_keys)

ERROR = b"error"


def _json_body(v):
    """The body of a request that is bound as JSON; None for another request."""
    return v.recorded.request.partition(b"\r\n\r\n")[2] if re.match(r"/(bind/\w+/json|bind/\w+/auto|mustbind|twice|any/json)", v.path) else None


def vary(v):
    """The answer says on which fields of the request it depends (RFC 9110 §12.5.5)."""
    names = set((v.field("Vary") or "").split(", "))
    return v.of("vary") if names <= {"Accept", "X-Forwarded-Prefix"} and v.recorded.field("Vary") is None else set()


def allow(v):
    """405 has an Allow field (RFC 9110 §15.5.6)."""
    missed = v.both(405) or v.app == "miss-quiet"
    return v.of("allow") if missed and v.field("Allow") and v.recorded.field("Allow") is None else set()


def redirected_to_nothing(v):
    """A redirect whose Location has no route is not sent."""
    location = (v.recorded.field("Location") or "").partition("?")[0]
    return v.parts if v.recorded.status in (301, 307) and v.status == 404 and location in ("/params/",) else set()


def address_spelling(v):
    """An address has one spelling."""
    if v.path != "/ip" or wrong_keys(v) != {"ClientIP"}:
        return set()
    theirs, ours = (urllib.parse.unquote(dump(text)["ClientIP"]) for text in (v.text, v.body))
    try:
        same = ipaddress.ip_address(theirs)
        same = getattr(same, "ipv4_mapped", None) or same
        return v.of("body", "content-length") if ours == str(same) or ipaddress.ip_address(ours) == same else set()
    except ValueError:
        return set()


def forwarded_list(v):
    """All X-Forwarded-For fields are one list (RFC 9110 §5.3). If it or X-Real-IP is malformed, the peer is the client."""
    if v.path != "/ip" or wrong_keys(v) != {"ClientIP"}:
        return set()
    fields = re.findall(rb"(?im)^x-forwarded-for:[ \t]*([^\r\n]*)", v.recorded.request.partition(b"\r\n\r\n")[0])
    items = [item.strip().decode("latin-1") for field in fields for item in field.split(b",")] or [v.recorded.sent("X-Real-IP") or "127.0.0.1"]

    def is_address(text):
        try:
            return bool(ipaddress.ip_address(text))
        except ValueError:
            return False
    ours = urllib.parse.unquote(dump(v.body)["ClientIP"])
    if "" in items and ours in items:  # empty elements do not count (RFC 9110 §5.6.1)
        return v.of("body", "content-length")
    malformed = not all(is_address(item) for item in items)
    return v.of("body", "content-length") if malformed and ours == "127.0.0.1" or len(fields) > 1 and ours in items else set()


def platform_address(v):
    """The field of the platform must hold one address; otherwise it counts as missing."""
    if v.app != "ip-platform" or wrong_keys(v) != {"ClientIP"}:
        return set()
    try:
        ipaddress.ip_address(v.recorded.sent("X-Platform-IP") or "")
        return set()
    except ValueError:
        return v.of("body", "content-length")


def basic_scheme(v):
    """The scheme Basic has no letter case, and blanks may follow it (RFC 9110 §11.1, §11.4)."""
    sent = v.recorded.sent("Authorization") or ""
    found = re.fullmatch(r"(?i)basic +(\S+)", sent)
    if not found or re.fullmatch(r"Basic \S+", sent) or v.path not in ("/auth", "/realm"):
        return set()
    right = base64.b64decode(found[1]).decode() in ("admin:secret", "ann:p:w", "ü:ß", "empty:")
    return v.parts if right and v.status == 200 and v.recorded.status == 401 else set()


def core_field(v):
    """Host and Transfer-Encoding are fields of the request (RFC 9110 §7.2, RFC 9112 §6.1); net/http removes them."""
    name = (v.recorded.sent("X-Name") or "").lower()
    return v.of("body", "content-length") if v.path == "/header" and name in ("host", "transfer-encoding") and wrong_keys(v) == {"GetHeader"} else set()


def length_of_core(v):
    """Content-Length belongs to the core: it is the length of the body (RFC 9110 §8.6)."""
    return v.of("content-length") if re.match(r"/(data|panic)/", v.path) and v.recorded.method == "HEAD" and v.status == v.recorded.status else set()


def reader_too_short(v):
    """A reader that ends before its length is an error of the handler; net/http cuts the answer off."""
    return v.parts if v.path == "/stream/10" and v.status == 500 else set()


def no_json_form(v):
    """A value that has no form in JSON is an error of the handler: 500; Gin sends an empty body with the type JSON."""
    failing = {"127", "129", "132", "133", "134", "135", "136", "137", "138", "139", "123"}
    row = v.path.rpartition("/")[2]
    value = v.path.startswith("/json/") and row in failing or v.path == "/write/21" or re.match(r"/(abort|quiet)/17$", v.path) or \
        v.path == "/xml/13"
    return v.parts if value and v.status == 500 else set()


def json_after_value(v):
    """Nothing may follow the JSON text of a body (RFC 8259 §2); Gin reads the first value."""
    body = _json_body(v)
    try:
        text = (body or b"").decode("utf-8", "replace").lstrip(" \t\r\n")
        _, end = json.JSONDecoder(strict=False).raw_decode(text)
        more = text[end:].strip(" \t\r\n")
    except (ValueError, RecursionError):
        return set()
    return v.parts if more and (v.status == 400 or v.path == "/twice") else set()


def body_again(v):
    """The body is in memory, so that it can be bound again; Gin's second read finds nothing."""
    return v.of("body", "content-length") if v.path == "/twice" and wrong_keys(v) == {"second"} and v.body.count(b"=true ") == 2 else set()


def json_text(v):
    """A JSON body is UTF-8 without lone surrogates (RFC 8259 §8.1, §8.2); Go replaces what is not."""
    body = _json_body(v) or b""
    try:
        body.decode()
        malformed = re.search(rb"\\u[dD][89a-fA-F]", body)
    except UnicodeDecodeError:
        malformed = True
    return v.parts if malformed and v.status == 400 and v.body == ERROR else set()


def json_depth(v):
    """A JSON body has at most 64 levels: a limit of the memory that a client can ask for (RFC 8259 §9)."""
    body = _json_body(v) or b""
    depth = deepest = 0
    for byte in body:
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    return v.parts if deepest > 64 and v.status == 400 else set()


def json_number(v):
    """A number that a double cannot hold is out of range (RFC 8259 §6)."""
    return v.parts if re.search(rb"[0-9][eE]\+?[0-9]{3,}", _json_body(v) or b"") and v.status == 400 else set()


def duplicate_name(v):
    """Of duplicate names in an object, the last counts (RFC 8259 §4); Go mixes the elements of their lists."""
    body = _json_body(v) or b""
    return v.of("body", "content-length") if len(re.findall(rb'"list":', body)) > 1 and v.both(200) else set()


def number_form(v):
    """Numbers in text are decimal and finite: JSON has no hexadecimal floats, no underscores, no inf and no nan."""
    odd = re.search(r"(?i)inf|nan|0x|_", v.recorded.target)
    return v.parts if odd and re.match(r"/(bind|uri)/", v.path) and v.body == ERROR and v.recorded.status == 200 else set()


def unsupported_type(v):
    """A body of TOML, protobuf or MessagePack cannot be bound: 415 (RFC 9110 §15.5.16)."""
    kind = (v.recorded.sent("Content-Type") or "").partition(";")[0].strip().lower()
    known = re.fullmatch(r"application/(x-)?(toml|protobuf|msgpack)", kind)
    return v.parts if known and v.path.startswith(("/bind/", "/mustbind/")) and v.status in (400, 415) else set()


def bind_answers(v):
    """A failed bind() tells the client what is wrong (RFC 9110 §15.5); Gin's sends no body."""
    theirs = b"refused aborted=true status=400 errors=1"
    ours = re.fullmatch(rb'\{"error":"[^"]*"\}' + re.escape(theirs), v.body)
    return v.of("body", "content-type", "content-length") if v.both(400) and v.text == theirs and ours else set()


def malformed_type(v):
    """Parameters of the type of a form mean nothing, and cannot make it another type (RFC 9110 §8.3.1)."""
    kind, *parameters = (v.recorded.sent("Content-Type") or "").split(";")
    names = [parameter.partition("=")[0].strip() for parameter in parameters]
    malformed = len(set(names)) < len(names) or not all("=" in parameter for parameter in parameters)
    form = kind.strip().lower() == "application/x-www-form-urlencoded" and malformed
    return v.of("body", "content-length") if form and v.both(200) and v.path == "/form" else set()


def _is_multipart(v):
    return "multipart/form-data" in (v.recorded.sent("Content-Type") or "").lower()


def extended_parameter(v):
    """name* and filename* are not read: RFC 7578 §4.2 forbids them."""
    return v.of("body", "content-length") if _is_multipart(v) and re.search(rb"name\*", v.recorded.request) and v.both(200) else set()


def file_name(v):
    """File names lose folders and drives (RFC 7578 §4.2): a handler may use them as paths."""
    name = re.search(rb'filename="([^\r\n]*)"', v.recorded.request)
    return v.of("body", "content-length") if _is_multipart(v) and v.both(200) and name and re.search(rb"[/\\:]|^\.\.?$", name[1]) else set()


def malformed_form(v):
    """A form that breaks RFC 2046 §5.1.1 or RFC 7578 §4.2 is an error, and has no values: another reader, such as a filter in
    front, could read another form. Gin drops the malformed part, or reads on."""
    ours = b"MultipartForm=error" in v.body or b"GetPostForm=false" in v.body or v.body == ERROR
    return v.of("body", "content-length", "status") if _is_multipart(v) and ours and _breaks_form(v) else set()


_DISPOSITION = rb'[a-z-]+([ \t\r\n]*;[ \t\r\n]*[^ \t;="]+[ \t]*=[ \t]*([^ \t;="()<>@,:\\/\[\]?]+|"([^"\\]|\\.)*"))*[ \t;]*'


def _breaks_form(v):
    """Whether a multipart body is malformed, by rules that share nothing with the reader under test."""
    body = v.recorded.request.partition(b"\r\n\r\n")[2]
    boundary = re.search(r'boundary="?([^";]*)"?', v.recorded.sent("Content-Type") or "")
    if not boundary or not 1 <= len(boundary[1]) <= 70:
        return True
    line = b"--" + re.escape(boundary[1].encode("latin-1"))
    if re.search(line + rb"(--)?[ \t]*\n", body) or not re.search(line + rb"--[ \t]*(\r\n|$)", body):
        return True  # bare line feeds, or no end
    parts = re.split(rb"(?:^|\r\n)" + line + rb"(?:--)?[ \t]*(?:\r\n|$)", body)[1:-1]
    return len(parts) > 1000 or any(_breaks_part(part) for part in parts)


def _breaks_part(part):
    head, end, _ = (b"\r\n" + part).partition(b"\r\n\r\n")
    fields = [field for field in re.split(rb"\r\n(?![ \t])", head) if field]
    if not end or len(head) > 4096 or not all(re.match(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$", field) for field in fields):
        return True
    for field in fields:
        name, _, value = field.partition(b":")
        if name.lower() == b"content-disposition":
            names = re.findall(rb'[; \t](name|filename)[ \t]*=[ \t]*("[^"]*"|[^;]*)', value)
            duplicate = any(len({text for key, text in names if key == wanted}) > 1 for wanted in (b"name", b"filename"))
            return duplicate or not re.fullmatch(_DISPOSITION, value.strip(), re.IGNORECASE)
    return False


def part_encoding(v):
    """Content-Transfer-Encoding of a part is not read (RFC 7578 §4.7)."""
    coded = b"content-transfer-encoding" in v.recorded.request.lower()
    return v.of("body", "content-length") if _is_multipart(v) and coded and v.both(200) else set()


def panic_after_writing(v):
    """An exception becomes a 500, even if something was written: a half answer must not look complete. Fields that describe the
    lost body, and those that let caches keep it (RFC 9111 §3), are dropped."""
    if not v.path.startswith("/panic/") or v.status not in (500, 503):
        return set()
    described = v.of("content-type", "etag", "cache-control")
    return v.parts if v.recorded.status != v.status else described


def raw_bytes(v):
    """A target with bytes that no URI may hold is 400 (RFC 9112 §3.2)."""
    return v.parts if re.search(r"[\x80-\xff]", v.recorded.target) and v.status == 400 else set()


def location_bytes(v):
    """A Location without a host has no control bytes and backslashes: browsers drop or change them (RFC 3986 §2)."""
    target = v.query.get("to", "")
    return v.of("location") if v.path.endswith(("/redirect", "/redirect/")) and re.search(r"[\x00-\x20\x7f\\]", target) else set()


def location_colon(v):
    """A relative Location must not begin with a colon (RFC 3986 §4.2), so it is joined to the path of the request."""
    return v.of("location", "body", "content-length") if v.query.get("to", "").startswith(":") and v.status == v.recorded.status else set()


def cookie_path(v):
    """A cookie whose Path has bytes that no path may hold is not set: without them it would be another path."""
    odd = re.search(r"[^\x20-\x7e]|;", v.query.get("path", "") + v.query.get("domain", ""))
    return v.of("set-cookie") if v.path == "/setcookie" and odd and v.field("Set-Cookie") is None else set()


def _preferred(v, offers):
    """The offer that the client prefers by RFC 9110 §12.5.1; None if it accepts none."""
    ranges = [part.strip().partition(";")[::2] for field in re.findall(r"(?im)^accept:[ \t]*([^\r\n]*)", v.recorded.request.decode("latin-1"))
              for part in field.split(",") if part.strip()]
    best = None
    for place, offer in enumerate(offers):
        here = (0, 0, 0)
        for position, (kind, parameters) in enumerate(ranges):
            kind, weight = kind.strip().lower(), re.search(r"(?i)(?:^|;)\s*q=([0-9.]+)\s*(?:;|$)", parameters)
            family = kind.partition("/")[0]
            exact = 3 if kind == offer.lower() else 1 if "*/*" in (kind, offer) else \
                2 if "/" in kind and offer.lower().startswith(family + "/") and "*" in (kind.partition("/")[2], offer.partition("/")[2]) else 0
            if exact > here[0]:
                here = (exact, float(weight[1]) if weight and float(weight[1]) <= 1 else 1.0, position)
        if here[0] and here[1] > 0 and (best is None or (-here[1], here[2], place) < best[0]):
            best = ((-here[1], here[2], place), offer)
    return best[1] if best else offers[0] if not ranges else None


def weighted_accept(v):
    """The weights of Accept count, exact types go before ranges, all Accept fields are one list, and types have no letter case
    (RFC 9110 §12.5.1)."""
    if v.path == "/negotiate/format":
        ours = urllib.parse.unquote(dump(v.body).get("format", "")) or None
        return v.of("body", "content-length") if ours == _preferred(v, (v.recorded.sent("X-Offer") or "").split(",")) else set()
    kind = (v.field("Content-Type") or "").partition(";")[0] or None
    known = v.path == "/negotiate" and kind == _preferred(v, ("application/json", "application/xml", "application/x-yaml"))
    return v.parts - {"vary"} if known and v.status == (200 if kind else 406) else set()


def map_in_xml(v):
    """A map is written as gin.H is; Go has no XML for it, and sends an empty body."""
    return v.of("body", "content-length") if v.path == "/xml/13" and v.both(200) and v.text == b"" else set()


def index_path(v):
    """index.html has its own path; net/http redirects to the folder."""
    return v.parts if v.of_file and re.search(r"index\.html$", v.path + v.query.get("p", "")) and v.status in (200, 206, 304, 416, 412) and \
        v.recorded.status == 301 else set()


def _asked(v):
    """The path of the file that is asked for."""
    return v.query["p"] if v.path in ("/file", "/fromfs", "/attach") and "p" in v.query else urllib.parse.unquote(v.path)


def dot_segment(v):
    """Paths with dot segments are not followed: no path leads out of the folder (RFC 3986 §5.2.4: clients remove them)."""
    return v.parts if v.of_file and re.search(r"(^|/)\.\.?(/|$)", _asked(v)) and v.status == 404 else set()


def slash_after_file(v):
    """The path of a file has no slash at its end: it would name a folder."""
    return v.parts if v.of_file and re.search(r"\.[a-z]+/$", _asked(v)) and v.status == 404 and v.recorded.status in (200, 301) else set()


def name_too_long(v):
    """A name that the system refuses is not there: 404. A client's mistake is no 500."""
    return v.parts if v.of_file and len(_asked(v)) > 255 and v.status == 404 and v.recorded.status == 500 else set()


def epoch(v):
    """A file that was changed at the beginning of 1970 has that Last-Modified (RFC 9110 §8.8.2); Go takes it for none."""
    return v.parts if v.of_file and (v.field("ETag") or "").startswith('"0-') else set()


def folder_of_query(v):
    """A folder that a query names: Go redirects to a path that has no route, as its relative Location ignores the query."""
    redirected = 301 in (v.status, v.recorded.status) and v.status in (200, 301, 404) and not re.search(r"[^/.]\.(?!html)[a-z]+$", _asked(v))
    return v.parts if v.path in ("/file", "/fromfs", "/attach") and redirected else set()


def range_unit(v):
    """Range units have no letter case (RFC 9110 §14.1)."""
    return v.parts if v.of_file and re.match(r"(?!bytes)(?i:bytes)=", v.recorded.sent("Range") or "") and v.status == 206 else set()


def listing_condition(v):
    """If-None-Match goes before If-Modified-Since (RFC 9110 §13.1.3), also in a listing; Go ignores it there."""
    both = v.recorded.sent("If-None-Match") is not None and v.recorded.sent("If-Modified-Since") is not None
    return v.parts if both and v.path.startswith("/listing/") and v.path.endswith("/") and (v.status, v.recorded.status) == (200, 304) else set()


def empty_listing(v):
    """A folder without index.html is 404 without a body; Gin sends 404 with an empty list."""
    return v.of("body", "content-type", "last-modified") if v.path.startswith("/static/") and v.both(404) and (
        b"<pre>\n</pre>" in v.text or v.recorded.method == "HEAD") else set()


CLASSES = [range_unit, dot_segment, slash_after_file, name_too_long, epoch, folder_of_query, listing_condition, empty_listing, core_refusal, vary, allow, redirected_to_nothing, address_spelling, forwarded_list, platform_address, basic_scheme, core_field,
           length_of_core, reader_too_short, no_json_form, json_after_value, body_again, json_text, json_depth, json_number, duplicate_name,
           number_form, unsupported_type, bind_answers, malformed_type, extended_parameter, file_name, part_encoding, malformed_form,
           panic_after_writing, raw_bytes, location_bytes, location_colon, cookie_path, surrogate_pair, jsonp_callback, no_content,
           weighted_accept, map_in_xml, etag, refusal_text, range_of_head, invalid_range, joined_ranges, type_not_guessed, hidden_file, index_path]


def _is_file(path):
    return path.startswith(("/static", "/listing", "/file", "/fromfs", "/attach", "/one", "/gone"))


def excuse(difference):
    return decide(View(difference, _is_file), CLASSES)
