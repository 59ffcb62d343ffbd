"""HTTP requests to the servers under test. They never use a proxy: a proxy cannot reach the loopback address, and it would answer
with an error that looks like one of the server."""

import urllib.request

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def request(url, limit_s, posted=None):
    """Sends GET, or POST with the bytes `posted`. Returns the status and the body. Raises urllib.error.HTTPError for statuses of 400
    and more, and OSError if there is no answer within `limit_s`."""
    with _opener.open(url, data=posted, timeout=limit_s) as answer:
        return answer.status, answer.read()
