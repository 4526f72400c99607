"""A question to a server on this machine: does it answer?"""

from __future__ import annotations

import http.client

from ops.processes.processes import LOOPBACK

_TIMEOUT_SECONDS = 5.0
_OK = 200


def is_answering(port: int, path: str) -> bool:
    """Return whether a GET of `path` at a port of the loopback address is answered with status 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
