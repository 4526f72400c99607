"""Answers in their reader's words: commands for a shell, addresses for programs, links for a page.

One function goes over a whole answer. It looks at what the product itself says, and never at the record:
reasons of operators, words of providers and the audit stay as they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access.dependencies import SESSION_COOKIE
from console.words.readers import (
    SHELL_AGENT,
    in_addresses,
    in_page_words,
    is_for_programs,
    with_organization,
    with_switch,
)

#: Fields in which the product tells what to do.
TOLD_FIELDS = frozenset(
    {
        "detail",
        "error_message",
        "message",
        "next_step",
        "remedy",
        "trouble",
        "wait_remedy",
        "what",
        "what_to_do",
        "why",
        "why_not",
    }
)
_AS_RECORDED = ("/audit", "/bundles", "/differences", "/state", "/timeline")
_JSON, _JSON_SUFFIX = b"application/json", b"+json"
_COMMAND_MARK = b"`"


class Reader(StrEnum):
    """Who reads an answer."""

    SHELL = "shell"
    PROGRAM = "program"
    PAGE = "page"


def reader_of(request: Request) -> Reader:
    """Return who reads the answer to a request: a session is a browser's page."""
    if request.headers.get("User-Agent", "").startswith(SHELL_AGENT):
        return Reader.SHELL
    is_page = SESSION_COOKIE in request.cookies and "X-API-Key" not in request.headers
    return Reader.PAGE if is_page else Reader.PROGRAM


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What facts are about; those that name another one are about that."""

    switch_id: str = ""
    organization_id: str = ""
    #: The product, such as the one that a switch leaves.
    subscription_id: str = ""

    def of(self, answer: dict[str, Any]) -> Subject:
        """Return what the facts of an answer are about."""
        source = answer.get("source")
        product = (
            answer.get("source_subscription_id")
            or answer.get("subscription_id")
            or (source.get("subscription_id") if isinstance(source, dict) else None)
        )
        named = {
            "switch_id": answer.get("switch_id"),
            "organization_id": answer.get("organization_id"),
            "subscription_id": product,
        }
        return replace(self, **{name: value for name, value in named.items() if isinstance(value, str)})


_NOTHING = Subject()


def worded(answer: Any, reader: Reader, subject: Subject = _NOTHING) -> Any:
    """Return a whole answer in the words of its reader.

    Args:
        answer: JSON-able facts.
        reader: Who reads them.
        subject: What they are about.
    """
    if isinstance(answer, list):
        return [worded(each, reader, subject) for each in answer]
    if not isinstance(answer, dict):
        return answer
    named = subject.of(answer)
    return {
        name: _worded_text(value, reader, named)
        if name in TOLD_FIELDS and isinstance(value, str)
        else worded(value, reader, named)
        for name, value in answer.items()
    }


def _worded_text(text: str, reader: Reader, subject: Subject) -> str:
    if reader is Reader.PROGRAM:
        return in_addresses(with_switch(text, subject.switch_id))
    text = with_organization(text, subject.organization_id, subject.subscription_id)
    return in_page_words(text) if reader is Reader.PAGE else with_switch(text, subject.switch_id[:8])


class WordedAnswers:
    """ASGI middleware: JSON answers of the API go out in the words of their reader; streams pass through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not is_for_programs(path) or path.endswith(_AS_RECORDED):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Wording(scope, send).send)


class _Wording:
    """Holds a JSON answer back until it is whole, and sends it in its reader's words."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._reader = reader_of(Request(scope))
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start" and _is_json(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self._start)

    async def _send_whole(self, start: Message) -> None:
        body = self._body
        if _COMMAND_MARK in body:
            facts = worded(json.loads(body), self._reader, _addressed(self._scope))
            body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
            others = [each for each in start["headers"] if each[0].lower() != b"content-length"]
            start["headers"] = [*others, (b"content-length", str(len(body)).encode())]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _addressed(scope: Scope) -> Subject:
    """Return what the address of a request names: a refusal itself names nothing."""
    parts = scope.get("path_params") or {}
    return Subject(
        organization_id=str(parts.get("organization_id") or ""),
        subscription_id=str(parts.get("subscription_id") or ""),
    )


def _is_json(message: Message) -> bool:
    headers: dict[bytes, bytes] = {name.lower(): value for name, value in message["headers"]}
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip()
    # JSON lines are a stream, of which nobody holds the whole.
    return kind == _JSON or kind.endswith(_JSON_SUFFIX)
