"""`POST /$batch`: at most 20 requests in one, each with an answer of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from providers.sandbox.answers import (
    HTTP_NO_CONTENT,
    HTTP_NOT_FOUND,
    HTTP_OK,
    Refusal,
    directory_error,
)
from providers.sandbox.fault_items import item_fault
from providers.sandbox.graph_calls import LicenseWrites
from providers.sandbox.graph_views import selected_fields, user_view
from providers.sandbox.licenses import bad_request, find_user
from providers.sandbox.model import Json

#: Requests in one batch (directory notes, $batch).
BATCH_LIMIT = 20
HTTP_FAILED_DEPENDENCY = 424
HTTP_FAILURES_FROM = 400
_JSON_HEADERS = {"Content-Type": "application/json"}
_ITEM_FIELDS = ("id", "method", "url")
#: How nearly every item of a license move reads; taking a URL apart costs more than its change.
_PLAIN_ASSIGN = re.compile(r"/users/([0-9a-zA-Z-]+)/assignLicense")
_ASSIGN_PARTS = 3
_USER_PARTS = 2

Patch = Callable[[str, Any], None]
Order = Callable[[list[Json]], list[Json]]


def _as_asked(responses: list[Json]) -> list[Json]:
    return responses


def read_requests(body: Json) -> list[Json]:
    """Return the items of a batch.

    Raises:
        Refusal: The batch as a whole is malformed; nothing of it happens.
    """
    requests = body.get("requests")
    if not isinstance(requests, list) or not requests:
        raise bad_request(
            "Invalid batch payload format: 'requests' must be a list with at least one request."
        )
    if len(requests) > BATCH_LIMIT:
        raise bad_request(f"Number of batch requests ({len(requests)}) exceeds the maximum of {BATCH_LIMIT}.")
    seen: set[str] = set()
    for item in requests:
        _check_item(item, seen)
        seen.add(item["id"].lower())
    return requests


def _check_item(item: Any, seen: set[str]) -> None:
    if not isinstance(item, dict) or any(type(item.get(name)) is not str for name in _ITEM_FIELDS):
        raise bad_request("Invalid batch payload format: each request needs id, method and url.")
    if item["id"].lower() in seen:
        raise bad_request(f"Request Id: {item['id']} has to be unique in a batch.")
    if "body" in item and not any(name.lower() == "content-type" for name in item.get("headers", {})):
        raise bad_request(f"Write request id : {item['id']} does not contain Content-Type header or body.")


class BatchRunner:
    """Runs the items of one batch in order; the answers may leave in another order."""

    def __init__(self, writes: LicenseWrites, patch: Patch) -> None:
        self._writes = writes
        self._patch = patch
        self._statuses: dict[str, int] = {}

    def run(self, requests: list[Json], *, is_shuffled: bool, order: Order = _as_asked) -> Json:
        """Return the answer of the batch.

        Args:
            requests: The items.
            is_shuffled: Answer in another order than was asked.
            order: The order of the answers that a fault wants.
        """
        answers = [self._answer(item) for item in requests]
        responses = order([answer for answer in answers if answer is not None])
        return {"responses": responses[::-1] if is_shuffled else responses}

    def _answer(self, item: Json) -> Json | None:
        """Run an item, and answer it as a fault of the program says; None leaves it out."""
        fault = item_fault(self._writes.sandbox, self._writes.organization, item)
        if fault is None:
            return self._item(item)
        if fault.is_carried_out:
            self._item(item)
        if fault.refusal is None:
            return None
        self._statuses[item["id"].lower()] = fault.refusal.status
        body = directory_error(self._writes.sandbox, fault.refusal)
        headers = _JSON_HEADERS | fault.refusal.headers
        return {"id": item["id"], "status": fault.refusal.status, "headers": headers, "body": body}

    def _item(self, item: Json) -> Json:
        headers = _JSON_HEADERS
        try:
            self._check_dependencies(item)
            status, body = self._dispatch(item)
        except Refusal as refusal:
            status, body = refusal.status, directory_error(self._writes.sandbox, refusal)
            headers = _JSON_HEADERS | refusal.headers
        self._statuses[item["id"].lower()] = status
        if told := self._writes.quota_headers():
            headers = headers | told
        answer = {"id": item["id"], "status": status, "headers": headers}
        return answer if body is None else answer | {"body": body}

    def _check_dependencies(self, item: Json) -> None:
        for other in item.get("dependsOn") or ():
            if self._statuses.get(str(other).lower(), HTTP_NOT_FOUND) >= HTTP_FAILURES_FROM:
                raise Refusal(
                    HTTP_FAILED_DEPENDENCY,
                    "FailedDependency",
                    f"The request failed because request {other} failed.",
                )

    def _dispatch(self, item: Json) -> tuple[int, Json | None]:
        method = item["method"].upper()
        if method == "POST" and (plain := _PLAIN_ASSIGN.fullmatch(item["url"])):
            return HTTP_OK, self._writes.assign(plain.group(1), item.get("body"))
        url = urlsplit(item["url"])
        parts = unquote(url.path).strip("/").removeprefix("v1.0/").split("/")
        if parts[0] != "users":
            raise bad_request(f"Resource not found for the segment '{parts[0]}'.")
        if method == "POST" and len(parts) == _ASSIGN_PARTS and parts[2] == "assignLicense":
            return HTTP_OK, self._writes.assign(parts[1], item.get("body"))
        if method == "GET" and len(parts) == _USER_PARTS:
            select = parse_qs(url.query).get("$select", [None])[0]
            user = find_user(self._writes.organization, parts[1])
            return HTTP_OK, user_view(user, selected_fields(select))
        if method == "PATCH" and len(parts) == _USER_PARTS:
            self._writes.save()
            self._patch(parts[1], item.get("body"))
            self._writes.restamp()
            return HTTP_NO_CONTENT, None
        raise bad_request(f"{method} {url.path} is not supported in a batch here.")
