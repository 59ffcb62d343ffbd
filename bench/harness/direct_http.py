"""HTTP requests to the servers under test. They never use a proxy: a proxy cannot reach the loopback address, and it would answer
with an error that looks like one of the server."""

import urllib.error
import urllib.request


class _AsItIs(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_plain_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _AsItIs())


def answer(url, limit_s):
    """Sends GET. Returns the status, the fields and the body as a load generator sees them: redirections are not followed, and no status
    is an error. Raises OSError if there is no answer within `limit_s`."""
    try:
        with _plain_opener.open(url, timeout=limit_s) as found:
            return found.status, found.headers, found.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def request(url, limit_s, posted=None, content_type="application/x-www-form-urlencoded"):
    """Sends GET, or POST with the bytes `posted` of this type. Returns the status and the body. Raises urllib.error.HTTPError for
    statuses of 400 and more, and OSError if there is no answer within `limit_s`."""
    asked = urllib.request.Request(url, posted, {"Content-Type": content_type} if posted is not None else {})
    with _opener.open(asked, timeout=limit_s) as answer:
        return answer.status, answer.read()
