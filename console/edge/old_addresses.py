"""The API's addresses before it had a version: they answer for one release, and say what follows them.

See docs/api.md#versions.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.edge.body_limits import CALLBACK_PATH
from console.words.readers import API_REFERENCE

API_ROOT, OLD_ROOT = "/api/v1", "/api"
#: Addresses below the old root that have no version: the bureau knows its own, and people read the other.
_UNVERSIONED = frozenset({CALLBACK_PATH, API_REFERENCE})
#: From when on the old addresses are deprecated, and until when they answer at least.
DEPRECATED_AT = datetime(2026, 11, 30, tzinfo=UTC)
SUNSET_AT = datetime(2027, 5, 31, tzinfo=UTC)
_DOCUMENT = "/docs/api.md"
#: Stand in a path as they are (RFC 3986, `pchar`).
_PATH_SIGNS = "/:@!$&'()*+,;=~"


class OldAddresses:
    """ASGI middleware: serves `/api/…` as `/api/v1/…`, and says that it is old.

    The headers are `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link` (RFC 8288).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not is_old(scope["path"]):
            await self._app(scope, receive, send)
            return
        path = _renewed(scope["path"])
        # Whoever wrote the address may have left signs in it that would end the link.
        written = quote(path, safe=_PATH_SIGNS)
        renewed = {**scope, "path": path, "raw_path": written.encode()}
        headers = headers_of(written)

        async def send_deprecated(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self._app(renewed, receive, send_deprecated)


def is_old(path: str) -> bool:
    """Return whether a path is one of the API without its version."""
    is_new = path == API_ROOT or path.startswith(f"{API_ROOT}/")
    return path.startswith(f"{OLD_ROOT}/") and not is_new and path not in _UNVERSIONED


def headers_of(successor: str) -> dict[str, str]:
    """Return what an answer says of an old address.

    Args:
        successor: The address that follows it, as it is written in a request.
    """
    return {
        "Deprecation": f"@{int(DEPRECATED_AT.timestamp())}",
        "Sunset": format_datetime(SUNSET_AT, usegmt=True),
        "Link": f'<{successor}>; rel="successor-version", <{_DOCUMENT}>; rel="deprecation"; type="text/html"',
    }


def _renewed(path: str) -> str:
    return API_ROOT + path.removeprefix(OLD_ROOT)
