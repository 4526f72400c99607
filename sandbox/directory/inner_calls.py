"""Items of a batch that call the sandbox's own paths, as if each came by itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Scope

from sandbox.cloud.answers import DIRECTORY, JSON_TYPE
from sandbox.cloud.licenses import bad_request
from sandbox.directory.unknown_paths import path_refusal
from sandbox.faults.fault_calls import BATCH_PATH
from sandbox.kernel.model import Json
from sandbox.lists.paging import PAGING

#: Headers of the batch that hold for each of its items; an item says the others itself.
_SHARED_HEADERS = frozenset({b"authorization", b"host"})
_UNSENT_HEADERS = frozenset({"content-length", "date", "server"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemAnswer:
    """What one item of a batch is answered."""

    status: int
    #: None: the answer has none.
    body: Any
    headers: Mapping[str, str]


class InnerCalls:
    """The paths of the directory, for the items of one batch."""

    def __init__(self, request: Request) -> None:
        self._request = request

    async def answer(self, item: Json) -> ItemAnswer:
        """Return the answer of the path that an item names.

        Raises:
            Refusal: There is no such path or method, or it is a batch itself.
        """
        path, query = item_target(item["url"])
        if path == BATCH_PATH:
            raise bad_request("A batch can't be a request of a batch.")
        scope = self._scope(item, path, query)
        content = _Content(orjson.dumps(item["body"]) if item.get("body") is not None else b"")
        try:
            await self._request.app.router(scope, content.receive, content.send)
        except HTTPException as error:
            raise path_refusal(path, error) from error
        return content.answer()

    def _scope(self, item: Json, path: str, query: str) -> Scope:
        outer = self._request.scope
        shared = [(name, value) for name, value in outer["headers"] if name in _SHARED_HEADERS]
        own = [
            (str(name).lower().encode("latin-1", "replace"), str(value).encode("latin-1", "replace"))
            for name, value in (item.get("headers") or {}).items()
        ]
        return {name: value for name, value in outer.items() if name not in {PAGING, "path_params"}} | {
            "method": item["method"].upper(),
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": shared + [each for each in own if each[0] not in _SHARED_HEADERS],
        }


class _Content:
    """Body of one item, and what comes back."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._status = 0
        self._headers: dict[str, str] = {}
        self._answered = b""

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            named = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"])
            self._headers = {name.title(): value for name, value in named if name not in _UNSENT_HEADERS}
        self._answered += message.get("body", b"")

    def answer(self) -> ItemAnswer:
        kind = self._headers.get("Content-Type", "").partition(";")[0]
        body: Any = None
        if self._answered:
            is_json = kind == JSON_TYPE
            body = orjson.loads(self._answered) if is_json else base64.b64encode(self._answered).decode()
        return ItemAnswer(status=self._status, body=body, headers=self._headers)


def item_target(url: str) -> tuple[str, str]:
    """Return path and query of an item's URL; some clients send it whole, with host and version.

    Raises:
        Refusal: It is no URL.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise bad_request(f"Invalid URL in a batch request: {url}") from error
    path = "/" + unquote(parts.path).lstrip("/")
    return path if path.startswith(DIRECTORY) else f"{DIRECTORY.rstrip('/')}{path}", parts.query
