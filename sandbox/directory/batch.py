"""`POST /$batch`: at most 20 requests in one, each with an answer of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from sandbox.cloud.answers import HTTP_NOT_FOUND, HTTP_OK, JSON_TYPE, Refusal, directory_error
from sandbox.cloud.licenses import bad_request, find_user
from sandbox.directory.fault_items import item_fault
from sandbox.directory.graph_calls import LicenseWrites
from sandbox.directory.inner_calls import InnerCalls, ItemAnswer, item_target
from sandbox.directory.plan_views import plan_views
from sandbox.directory.user_views import selected_fields, user_view
from sandbox.kernel.model import Json

#: Requests in one batch (vendor#batches).
BATCH_LIMIT = 20
HTTP_FAILED_DEPENDENCY = 424
HTTP_FAILURES_FROM = 400
_JSON_HEADERS = {"Content-Type": JSON_TYPE}
_ITEM_FIELDS = ("id", "method", "url")
#: How nearly every item of a license move reads; taking a URL apart costs more than its change.
_PLAIN_ASSIGN = re.compile(r"/users/([0-9a-zA-Z-]+)/assignLicense")
#: How its reads read, and those of other paths are called like any request.
_PLAIN_USER = re.compile(r"/users/([0-9a-zA-Z-]+)(?:\?(\$select=[A-Za-z,]+))?")

Order = Callable[[list[Json]], list[Json]]


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
    earlier: set[str] = set()
    for item in requests:
        _check_item(item, earlier)
        earlier.add(item["id"].lower())
    return requests


def _check_item(item: Any, earlier: set[str]) -> None:
    if not isinstance(item, dict) or any(type(item.get(name)) is not str for name in _ITEM_FIELDS):
        raise bad_request("Invalid batch payload format: each request needs id, method and url.")
    if item["id"].lower() in earlier:
        raise bad_request(f"Request Id: {item['id']} has to be unique in a batch.")
    if not _PLAIN_ASSIGN.fullmatch(item["url"]) and not _PLAIN_USER.fullmatch(item["url"]):
        item_target(item["url"])
    headers, others = item.get("headers") or {}, item.get("dependsOn") or []
    if not isinstance(headers, dict) or not isinstance(others, list):
        raise bad_request(f"Invalid batch payload format: headers or dependsOn of request {item['id']}.")
    if item.get("body") is not None and not any(name.lower() == "content-type" for name in headers):
        raise bad_request(f"Write request id : {item['id']} does not contain Content-Type header or body.")


class BatchRunner:
    """Runs the items of one batch in order; the answers may leave in another order."""

    def __init__(self, writes: LicenseWrites, calls: InnerCalls, permit: Callable[[str, str], None]) -> None:
        self._writes = writes
        self._calls = calls
        #: Refuses a method and a path for which the token of the batch has no permission.
        self._permit = permit
        self._statuses: dict[str, int] = {}

    async def run(self, requests: list[Json], *, is_shuffled: bool, order: Order) -> Json:
        """Return the answer of the batch.

        Args:
            requests: The items.
            is_shuffled: Answer in another order than that of the requests.
            order: The order of the answers that a fault wants.
        """
        answers = [await self._answer(item) for item in requests]
        responses = order([answer for answer in answers if answer is not None])
        return {"responses": responses[::-1] if is_shuffled else responses}

    async def _answer(self, item: Json) -> Json | None:
        """Run an item, and answer it as a fault of the program says; None leaves it out."""
        fault = item_fault(self._writes.sandbox, self._writes.organization, item)
        if fault is None:
            return await self._item(item)
        if fault.is_carried_out:
            await self._item(item)
        if fault.refusal is None:
            return None
        self._statuses[item["id"].lower()] = fault.refusal.status
        body = directory_error(self._writes.sandbox, fault.refusal)
        headers = _JSON_HEADERS | fault.refusal.headers
        return {"id": item["id"], "status": fault.refusal.status, "headers": headers, "body": body}

    async def _item(self, item: Json) -> Json:
        try:
            self._check_dependencies(item)
            outcome = await self._dispatch(item)
        except Refusal as refusal:
            body = directory_error(self._writes.sandbox, refusal)
            outcome = ItemAnswer(status=refusal.status, body=body, headers=_JSON_HEADERS | refusal.headers)
        self._statuses[item["id"].lower()] = outcome.status
        headers = dict(outcome.headers) | self._writes.quota_headers()
        answer = {"id": item["id"], "status": outcome.status, "headers": headers}
        return answer if outcome.body is None else answer | {"body": outcome.body}

    def _check_dependencies(self, item: Json) -> None:
        for other in item.get("dependsOn") or ():
            if self._statuses.get(str(other).lower(), HTTP_NOT_FOUND) >= HTTP_FAILURES_FROM:
                raise Refusal(
                    HTTP_FAILED_DEPENDENCY,
                    "FailedDependency",
                    f"The request failed because request {other} failed.",
                )

    async def _dispatch(self, item: Json) -> ItemAnswer:
        method = item["method"].upper()
        if method == "POST" and (plain := _PLAIN_ASSIGN.fullmatch(item["url"])):
            self._permit(method, item["url"])
            return _done(self._writes.assign(plain.group(1), item.get("body")))
        if method == "GET" and (plain := _PLAIN_USER.fullmatch(item["url"])):
            self._permit(method, f"/users/{plain.group(1)}")
            return _done(self._user(plain.group(1), plain.group(2)))
        # What stands in memory goes to the journal before something else is written there.
        self._writes.save()
        answer = await self._calls.answer(item)
        self._writes.restamp()
        return answer

    def _user(self, key: str, query: str | None) -> Json:
        organization = self._writes.organization
        fields = selected_fields(parse_qs(query)["$select"][0] if query else None)
        user = find_user(organization, key)
        return user_view(user, fields, plan_views(self._writes.sandbox, organization))


def _done(body: Json) -> ItemAnswer:
    return ItemAnswer(status=HTTP_OK, body=body, headers=_JSON_HEADERS)
