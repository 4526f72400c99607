"""Errors as problem documents (RFC 9457) with code and remedy; one table decides the status.

A validator's own messages speak of types of Python; nothing of them is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from activities.contract import RefusalReason
from console.words.openapi import openapi_of
from console.words.readers import API_REFERENCE, is_for_programs, sign_in_path, worded, worded_reason
from console.words.rendering import page
from domain.kernel.errors import CODES, AmbiguousSwitch, InvalidInput, PlanSwitchError, handling_of
from domain.kernel.facts import as_plain
from domain.kernel.shown_values import Words
from domain.reasons.phrases import spoken_figures
from domain.reasons.reasons import Reason, docs_link, names_support
from domain.text.plain_text import cleaned_text
from domain.text.schema_words import Document, allowed_words, resolved
from services.temporal.switch_workflows import Refused

#: Where a field may stand; the first part of its path in a request.
PLACES = frozenset({"body", "query", "path", "header"})
_MISSING, _UNKNOWN, _WRONG_CASE = "missing", "extra_forbidden", "value_error"
_NO_FIELD = Words("no field here")
#: Fields that are named where a name is none of them.
_NAMES_MAX = 50
MEDIA_TYPE = "application/problem+json"
#: Codes of errors that HTTP itself names.
_HTTP_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}
_UNEXPECTED_STATUS = 500
#: Characters of an address that an answer repeats.
_PATH_SHOWN_MAX = 200
_SEE_OTHER = 303
#: Code of whoever is not signed in.
UNAUTHORIZED = "UNAUTHORIZED"
_log = structlog.get_logger()


def add_handlers(app: FastAPI) -> None:
    """Let every error of `app` become a problem document."""
    app.add_exception_handler(PlanSwitchError, product_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected_error)


def problem(
    request: Request,
    *,
    code: str,
    status: int,
    detail: str,
    remedy: str = "",
    reasons: list[dict[str, Any]] | None = None,
    field: str = "",
    candidates: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document, or a page that says the same to a person.

    Args:
        request: The request that failed; its id goes into the document.
        code: Stable code; the last part of `type`.
        status: HTTP status.
        detail: What happened.
        remedy: What to do.
        reasons: Every reason of a refusal (rules#reasons).
        field: The field that is refused; "" where none is.
        candidates: Ids of what an ambiguous text may mean.
        headers: Further headers of the answer.
    """
    document = document_of(
        code=code, status=status, detail=worded(request, detail), remedy=worded(request, remedy)
    )
    worded_reasons = [worded_reason(request, each) for each in reasons or ()]
    document |= {"reasons": worded_reasons, "request_id": getattr(request.state, "request_id", "")}
    document |= {"field": field} if field else {}
    document |= {"candidates": list(candidates)} if candidates else {}
    if not is_for_programs(request.url.path):
        return _problem_page(request, document, headers or {})
    return JSONResponse(document, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def document_of(*, code: str, status: int, detail: str, remedy: str) -> dict[str, Any]:
    """Return a problem as a document, without the request that has it."""
    return {
        "type": f"urn:planswitch:error:{code.lower().replace('_', '-')}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "code": code,
        "remedy": remedy,
        "reasons": [],
        "request_id": "",
    }


def _problem_page(request: Request, document: dict[str, Any], headers: Mapping[str, str]) -> Response:
    if document["code"] == UNAUTHORIZED and request.method == "GET":
        return RedirectResponse(sign_in_path(request), status_code=_SEE_OTHER)
    words = {name: document[name] for name in ("title", "code", "detail", "remedy", "request_id")}
    switch_ids = document.get("candidates", []) if document["code"] == AmbiguousSwitch.code else []
    shown = page("problem.html", status=int(document["status"]), switch_ids=switch_ids, **words)
    shown.headers.update(headers)
    return shown


def product_error(request: Request, error: Exception) -> Response:
    """Return the answer to an error of this product."""
    assert isinstance(error, PlanSwitchError)  # noqa: S101 - registered for this class
    code = error.refusal_code if isinstance(error, Refused) else error.code
    if code not in CODES:
        _log.warning("error_code_not_in_table", code=code)
    contact = request.app.state.dependencies.support_contact
    retry_after = error.details.get("retry_after_seconds")
    return problem(
        request,
        code=code,
        status=handling_of(code).http_status,
        detail=error.message,
        remedy=error.remedy,
        reasons=[reason_facts(reason, contact) for reason in error.details.get("reasons", ())],
        field=str(error.details.get("field", "")),
        candidates=[str(each) for each in error.details.get("candidates", ())],
        headers={} if retry_after is None else {"Retry-After": str(int(retry_after) + 1)},
    )


def reason_facts(reason: Reason | RefusalReason | dict[str, Any], support_contact: str) -> dict[str, Any]:
    """Return a reason ready for JSON, with the link to its explanation.

    Args:
        reason: The reason, whoever told it.
        support_contact: Whom this installation calls support; told where the remedy says support.
    """
    facts: dict[str, Any]
    if isinstance(reason, RefusalReason):
        facts = {"code": reason.code, "message": reason.message, "remedy": reason.remedy}
    elif isinstance(reason, Reason):
        plain = {name: as_plain(getattr(reason, name)) for name in ("blocks", "stages", "retry")}
        words = {"code": reason.code, "message": reason.message, "remedy": reason.remedy}
        facts = {**words, **plain, "evidence": spoken_figures(reason.evidence)}
    else:
        facts = as_plain(reason)
    support = {"contact": support_contact} if names_support(facts["remedy"]) else None
    return {**facts, "docs": docs_link(facts["code"]), "support": support}


def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    document = openapi_of(request.app)
    path = getattr(request.scope.get("route"), "path_format", "")
    operation = document["paths"].get(path, {}).get(request.method.lower(), {})
    return product_error(request, refused_request(error.errors()[0], document, operation))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(methods_of(request.app.state.routes, request.scope))
    detail, remedy = _missing_address(request, error.status_code, headers.get("Allow", ""))
    return problem(
        request,
        code=_HTTP_CODES.get(error.status_code, "HTTP_ERROR"),
        status=error.status_code,
        detail=detail,
        remedy=remedy,
        headers=headers,
    )


def methods_of(routes: Iterable[BaseRoute], scope: Scope) -> list[str]:
    """Return the methods that the address of a request takes, for the header `Allow`."""
    methods: set[str] = set()
    for each in routes:
        if isinstance(each, Route) and each.matches(scope)[0] is not Match.NONE:
            methods |= each.methods or set()
    return sorted(methods)


def _missing_address(request: Request, status: int, allowed: str) -> tuple[str, str]:
    """Return what is told of an address, or a method, that does not exist, and what to do."""
    path = cleaned_text(request.url.path)[:_PATH_SHOWN_MAX]
    is_program = is_for_programs(request.url.path)
    remedy = f"{API_REFERENCE} lists every address." if is_program else "Begin at the list of switches."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{path} takes no {request.method}; allowed: {allowed}.", remedy
    if status == HTTPStatus.NOT_FOUND:
        what = "address" if is_program else "page"
        return f"There is no {what} {path}.", remedy
    return f"{request.method} {path}: {HTTPStatus(status).phrase}.", remedy


def _unexpected_error(request: Request, error: Exception) -> Response:
    _log.error("request_failed", path=request.url.path, error=type(error).__name__, exc_info=error)
    return problem(
        request,
        code="UNEXPECTED",
        status=_UNEXPECTED_STATUS,
        detail="The server failed in a way that it does not know.",
        remedy=(
            "Look for the request id in the log of `planswitch serve` (logs/serve.log of an embedded stack)"
            " and report it."
        ),
    )


def refused_request(finding: Mapping[str, Any], document: Document, operation: Document) -> InvalidInput:
    """Return the refusal of a request by what its validator found first.

    Args:
        finding: What was found: `type`, `loc`, `input`, `ctx`.
        document: The OpenAPI document.
        operation: The operation of it that was asked for; {} where it is in none.
    """
    place, *path = finding["loc"]
    if place == "body":
        contents: Sequence[Document] = [*operation.get("requestBody", {}).get("content", {}).values(), {}]
        schema: Document = contents[0].get("schema", {})
    else:
        schema = {"type": "object", "properties": _parameters(operation, place)}
    return refused_field(finding, path, document, schema)


def refused_body(finding: Mapping[str, Any], model: type[BaseModel]) -> InvalidInput:
    """Return the refusal of a body that was built from a form, or read as it came."""
    document = model.model_json_schema(ref_template="#/$defs/{model}")
    return refused_field(finding, finding["loc"], document, document)


def refused_field(
    finding: Mapping[str, Any], path: Sequence[str | int], document: Document, schema: Document
) -> InvalidInput:
    """Return the refusal of one field.

    Args:
        finding: What was found.
        path: Names and numbers that lead to the field.
        document: What references of the schema lead into.
        schema: What the whole may be.
    """
    kind, field = finding["type"], ".".join(str(part) for part in path) or "body"
    if kind == _UNKNOWN:
        names = list(_at(document, schema, path[:-1]).get("properties", {}))[:_NAMES_MAX]
        remedy = f"Leave {field} out, or name another field; nothing was changed."
        return InvalidInput(field=field, value=_NO_FIELD, allowed=", ".join(names), remedy=remedy)
    if kind == _WRONG_CASE:
        # A rule of ours over several fields; it says itself what is allowed.
        allowed = str(finding.get("ctx", {}).get("error", "another value"))
        return InvalidInput(field=field, value=finding.get("input"), allowed=allowed)
    value = None if kind == _MISSING else finding.get("input")
    return InvalidInput(
        field=field, value=value, allowed=allowed_words(document, _at(document, schema, path))
    )


def _at(document: Document, schema: Document, path: Sequence[str | int]) -> Document:
    place = resolved(document, schema)
    for part in path:
        inner = place.get("items") if isinstance(part, int) else place.get("properties", {}).get(part)
        if inner is None:
            inner = _listed(place) if isinstance(part, int) else {}
        place = resolved(document, inner or {})
    return place


def _listed(schema: Document) -> Document:
    """Return what a list holds that may also be absent."""
    lists: list[Document] = [each for each in schema.get("anyOf", ()) if each.get("type") == "array"]
    items: Document = lists[0].get("items", {}) if lists else {}
    return items


def _parameters(operation: Document, place: str) -> dict[str, Any]:
    return {each["name"]: each["schema"] for each in operation.get("parameters", ()) if each["in"] == place}
