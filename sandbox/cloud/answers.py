"""Answers in the three dialects of the outside: directory, seller, and billing (problem documents)."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import uuid4

import orjson
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from sandbox.cloud.state import Sandbox, recorded_answer
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization

MAX_BODY_BYTES = 4 * 1024 * 1024
JSON_TYPE = "application/json"
#: So many digits always fit 64 bits.
_DIGITS_MAX = 18
#: Beginnings of the directory's paths; its other version is not there, and says so in the same words.
DIRECTORY = "/v1.0/"
_DIRECTORY_PATHS = ("/v1.0", "/beta")

HTTP_OK = 200
HTTP_CREATED = 201
HTTP_ACCEPTED = 202
HTTP_NO_CONTENT = 204
HTTP_BAD_REQUEST = 400
HTTP_UNAUTHORIZED = 401
HTTP_FORBIDDEN = 403
HTTP_NOT_FOUND = 404
HTTP_CONFLICT = 409
HTTP_UNPROCESSABLE = 422
HTTP_TOO_MANY = 429
HTTP_UNAVAILABLE = 503


class Refusal(Exception):
    """An answer that is no success, in the dialect of the path that it came in on."""

    def __init__(
        self, status: int, code: str, text: str, *, headers: dict[str, str] | None = None, data: Any = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.headers = headers or {}
        self.data = data


def bad(code: str, text: str) -> Refusal:
    """Return the seller's 400."""
    return Refusal(HTTP_BAD_REQUEST, code, text)


def invalid(text: str) -> Refusal:
    """Return the refusal of fields that do not go with each other, or with what is there."""
    return Refusal(HTTP_UNPROCESSABLE, "INVALID_FIELD", text)


def json_answer(
    body: Any,
    status: int = HTTP_OK,
    headers: dict[str, str] | None = None,
    media_type: str = JSON_TYPE,
) -> Response:
    """Return `body` as JSON."""
    return Response(orjson.dumps(body), status, headers, media_type)


def directory_error(sandbox: Sandbox, refusal: Refusal, client_request_id: str = "") -> Json:
    """Return the error body of the directory, with the id that the client gave its request, if any."""
    request_id = str(uuid4())
    inner: Json = {
        "date": iso(sandbox.now())[:19],
        "request-id": request_id,
        "client-request-id": client_request_id or request_id,
    }
    if refusal.status == HTTP_TOO_MANY:
        inner |= {"code": "429", "message": "Please retry after", "status": "429"}
    return {"error": {"code": refusal.code, "message": refusal.text, "innerError": inner}}


def seller_error(refusal: Refusal) -> Json:
    """Return the error body of the seller."""
    return {
        "code": seller_code(refusal.code),
        "description": refusal.text,
        "data": refusal.data or [],
        "source": "PartnerFD",
    }


def seller_code(code: str) -> int | str:
    """Return a code as the seller writes it: as a number where it is one."""
    return int(code) if is_short_number(code) else code


def is_short_number(text: str) -> bool:
    """Tell whether a text is a whole number that JSON can carry; not everything that is a digit makes one."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS_MAX


def problem(refusal: Refusal) -> Json:
    """Return the problem document of our own interfaces."""
    return {
        "type": f"https://planswitch.example/problems/{refusal.code.lower().replace('_', '-')}",
        "title": refusal.code.replace("_", " ").capitalize(),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.text,
    }


def refusal_answer(sandbox: Sandbox, scope: Scope, refusal: Refusal) -> Response:
    """Return a refusal in the dialect of the path of a request."""
    path: str = scope["path"]
    if is_of_directory(path):
        body = directory_error(sandbox, refusal, Headers(scope=scope).get("client-request-id", ""))
        inner = body["error"]["innerError"]
        ids = {name: inner[name] for name in ("request-id", "client-request-id")}
        return json_answer(body, refusal.status, refusal.headers | ids)
    if path.startswith("/v1/"):
        return json_answer(seller_error(refusal), refusal.status, refusal.headers)
    return json_answer(problem(refusal), refusal.status, refusal.headers, "application/problem+json")


def is_of_directory(path: str) -> bool:
    """Return whether a path is one of the directory, of whatever version."""
    return any(path == start or path.startswith(f"{start}/") for start in _DIRECTORY_PATHS)


def without_annotations(body: Json) -> Json:
    """Return an object without what a client says about it, such as `@odata.type`."""
    return {name: value for name, value in body.items() if not name.startswith("@")}


async def read_content(request: Request) -> bytes:
    """Return the body of a request; of one that is too large no more than shows it."""
    content = bytearray()
    async for part in request.stream():
        if len(content) <= MAX_BODY_BYTES:
            content += part
    return bytes(content)


async def json_body(request: Request) -> Json:
    """Return the request's body as an object; an empty body is an empty object.

    Raises:
        Refusal: The body is too big or no JSON object.
    """
    raw = await read_content(request)
    if len(raw) > MAX_BODY_BYTES:
        raise Refusal(HTTP_BAD_REQUEST, "Request_BadRequest", "The request is too large.")
    if not raw:
        return {}
    try:
        body = orjson.loads(raw)
    except ValueError as error:
        raise Refusal(
            HTTP_BAD_REQUEST, "Request_BadRequest", "Unable to read JSON request payload."
        ) from error
    if not isinstance(body, dict):
        raise Refusal(HTTP_BAD_REQUEST, "Request_BadRequest", "The request body must be a JSON object.")
    return body


def digest_of(body: Json) -> str:
    """Return a digest of a request body that does not depend on the order of its fields."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Idempotency:
    """The key of one effectful request, looked up before and recorded with its effect."""

    def __init__(self, organization: Organization, request: Request, header: str, body: Json) -> None:
        key = request.headers.get(header, "")
        self.key = f"{request.method} {request.url.path} {key}" if key else ""
        self.digest = digest_of(body)
        self._organization = organization

    def earlier(self, *, is_body_checked: bool) -> Response | None:
        """Return the recorded answer of the same key, or None.

        Raises:
            Refusal: The key was used with another body, where that is checked.
        """
        recorded = self._organization.answers.get(self.key) if self.key else None
        if recorded is None:
            return None
        if is_body_checked and recorded["digest"] != self.digest:
            raise Refusal(
                HTTP_CONFLICT, "IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key was used with another body."
            )
        return json_answer(recorded["body"], recorded["status"])

    def facts(self, status: int, body: Json) -> Json:
        """Return the part of a record that makes a repeat get the same answer."""
        return {"answer": recorded_answer(self.key, status, body, self.digest)} if self.key else {}
