"""How calls of the authority come in and are answered: over TLS alone, with forms and plain pages."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from sandbox.authority.certificates import HOSTS
from sandbox.authority.refusals import AuthorityRefusal, refusal_body
from sandbox.cloud.answers import HTTP_BAD_REQUEST, MAX_BODY_BYTES, Refusal, json_answer, read_content
from sandbox.cloud.state import Sandbox

#: Answers of the authority are for whoever asked, and for no cache.
NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:10vh auto;padding:0 1rem}"
    "button{font:inherit;padding:.4rem 1rem}label,p{display:block;margin:.6rem 0}"
)
Answering = Callable[[Request], Coroutine[Any, Any, Response]]


def base_url_of(request: Request) -> str:
    """Return the address under which a client has called the authority.

    Raises:
        Refusal: It called without TLS, or under a name that is not this server's.
    """
    try:
        host, port = request.url.hostname, request.url.port
    except ValueError:
        host = port = None
    if request.url.scheme != "https" or host not in HOSTS:
        names = ", ".join(HOSTS)
        raise Refusal(HTTP_BAD_REQUEST, "TLS_NEEDED", f"The authority answers over https alone, as {names}.")
    name = f"[{host}]" if ":" in host else host
    return f"https://{name}:{port or request.scope['server'][1]}"


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form; of a field that comes twice the last.

    Raises:
        AuthorityRefusal: The body is too large or no form.
    """
    content = await read_content(request)
    if len(content) > MAX_BODY_BYTES:
        raise AuthorityRefusal("9002313")
    try:
        return dict(parse_qsl(content.decode(), keep_blank_values=True))
    except ValueError as error:
        raise AuthorityRefusal("9002313") from error


def answering(sandbox: Sandbox, answer: Answering) -> Answering:
    """Return a handler that answers refusals of the authority in its own form."""

    async def handle(request: Request) -> Response:
        base_url_of(request)
        try:
            return await answer(request)
        except AuthorityRefusal as refusal:
            return json_answer(refusal_body(sandbox, refusal), refusal.status, NOT_STORED)

    return handle


def refused_token(sandbox: Sandbox, number: str, scope: Scope) -> Response:
    """Return the refusal of a token by its number alone; who asks for it is not looked at."""
    refusal = AuthorityRefusal(number, tenant=str(scope["path"]).split("/")[1])
    return json_answer(refusal_body(sandbox, refusal), refusal.status, NOT_STORED)


def page(title: str, body: str, status: int = 200) -> Response:
    """Return a page; `body` is HTML whose facts were escaped."""
    content = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    return HTMLResponse(content, status, NOT_STORED | {"Content-Security-Policy": _POLICY})


def form(fields: dict[str, str], inside: str, button: str, *, action: str = "") -> str:
    """Return a form as HTML.

    Args:
        fields: Fields that nobody sees.
        inside: What people fill in, as HTML.
        button: Words of the button.
        action: Path that takes it; that of the page by default.
    """
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    target = f' action="{escape(action)}"' if action else ""
    return f'<form method="post"{target}>{hidden}{inside}<button>{escape(button)}</button></form>'
