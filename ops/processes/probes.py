"""Questions to a server on this machine: does it answer, and what."""

from __future__ import annotations

import http.client
import json
from typing import Any

from ops.processes.processes import LOOPBACK

_TIMEOUT_SECONDS = 5.0
_OK = 200


def ask(port: int, path: str, *, method: str = "GET", body: dict[str, Any] | None = None) -> Any | None:
    """Return the JSON answer of a local server, or None when it gave none with status 200.

    Args:
        port: TCP port on the loopback address.
        path: Path of the request, for example "/health".
        method: HTTP method.
        body: Sent as JSON when given.
    """
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(
            method,
            path,
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        text = answer.read()
        return _parsed(text) if answer.status == _OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def is_answering(port: int, path: str) -> bool:
    """Tell whether a GET of `path` is answered with status 200."""
    return ask(port, path) is not None


def _parsed(text: bytes) -> Any:
    """Return the JSON value of an answer; an answer that is not JSON counts as an empty object."""
    try:
        return json.loads(text)
    except ValueError:
        return {}
