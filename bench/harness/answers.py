"""The answer of a server, byte by byte, in a form in which two servers can be compared.

HTTP leaves to a server the order of fields of different names (RFC 9110, section 5.3), and how it marks the end of the content (RFC 9112,
section 6). net/http sends chunks if an answer is longer than its buffer of 2 KiB and the handler does not tell the length.
"""

import re
import socket

LIMIT_S = 5


def ask(server, path, method="GET", body=b""):
    """The whole answer to one request."""
    length = f"Content-Length: {len(body)}\r\n" if method == "POST" else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: {server.authority}\r\nConnection: close\r\n{length}\r\n"
    with socket.create_connection((server.host, server.port), timeout=LIMIT_S) as connection:
        connection.sendall(head.encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def comparable(answer):
    """The answer with a masked date, its fields in the order of their names, and the length in place of chunks."""
    head, separator, content = answer.partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    if re.search(rb"(?im)^transfer-encoding: *chunked\r?$", head):
        content = joined(content)
        fields = [b"Content-Length: %d" % len(content) if field.lower().startswith(b"transfer-encoding:") else field for field in fields]
    fields = [re.sub(rb"(?i)^date:.*", b"Date: (masked)", field) for field in fields]
    return b"\r\n".join([status, *sorted(fields, key=bytes.lower)]) + separator + content


def joined(chunks):
    """The content of chunks without extensions and trailers (RFC 9112, section 7.1); `chunks` itself if they are not complete."""
    rest, content = chunks, b""
    while match := re.match(rb"([0-9a-fA-F]+)\r\n", rest):
        size = int(match[1], 16)
        piece, rest = rest[match.end():match.end() + size], rest[match.end() + size:]
        if not rest.startswith(b"\r\n"):
            return chunks
        if size == 0:
            return content
        content, rest = content + piece, rest[2:]
    return chunks
