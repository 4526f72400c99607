"""The directory's `$batch`: at most 20 requests in one call, answered in any order; and its quota.

See vendor#batches and vendor#quota.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from domain.kernel.errors import AccessExpired, InvalidInput, ProviderUnavailable, UnknownOrganization
from domain.licenses.write_quota import Allowance
from domain.ports.directory_port import DirectoryUser, NamedUser
from domain.ports.refusals import REFUSALS_MAX, Refusal, same_once
from providers.microsoft.directory.users import USER_FIELDS, named_user_of, names_queries, user_of
from providers.transport.answers import JsonObject, is_refused, refusal_of, understood
from providers.transport.http import ProviderHttp, ProviderRequest, segment
from providers.transport.meanings import FailedAnswer, Meaning, access_lost, claims_of, failed_answer

#: Users in one batch.
BATCH_SIZE = 20
#: Writes of one application at one organization, and of all applications there.
WRITE_ALLOWANCES = (
    Allowance(writes=3_000, window_seconds=150.0),
    Allowance(writes=18_000, window_seconds=300.0),
)
_NOT_LET_IN = frozenset({Meaning.ACCESS_EXPIRED, Meaning.PERMISSION_MISSING})


class Batches:
    """Batch calls to the directory of one connection."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http

    def send(
        self, organization_id: str, operation: str, requests: Sequence[JsonObject]
    ) -> list[JsonObject | None]:
        """Send one batch; return the items in the order of `requests`, None for one that is missing.

        A request is the method, url and body of an item; its id is set here.

        Raises:
            InstallationTrouble: An item says that the installation is not let in (401, 403).
        """
        items = self._send_once(organization_id, operation, requests)
        expired = [
            number
            for number, item in enumerate(items)
            if self._meaning(operation, item) is Meaning.ACCESS_EXPIRED
        ]
        if expired:
            first = self._failed(operation, items[expired[0]] or {})
            self._http.renew_token(organization_id, claims=claims_of(first.headers))
            again = self._send_once(organization_id, operation, [requests[number] for number in expired])
            for number, item in zip(expired, again, strict=True):
                items[number] = item
        self._require_let_in(operation, items)
        return items

    def _send_once(
        self, organization_id: str, operation: str, requests: Sequence[JsonObject]
    ) -> list[JsonObject | None]:
        numbered = [{"id": str(number), **request} for number, request in enumerate(requests, start=1)]
        request = ProviderRequest(
            operation=operation,
            method="POST",
            path="/$batch",
            body={"requests": numbered},
            summarize=_summary,
            refusals=_refusals,
        )

        def items_of(body: JsonObject) -> list[JsonObject | None]:
            items = {str(item["id"]): item for item in body["responses"]}
            return [items.get(each["id"]) for each in numbered]

        return self._http.read(organization_id, request, items_of)

    def _require_let_in(self, operation: str, items: Sequence[JsonObject | None]) -> None:
        """Ask the batch anew where an item speaks of the installation: that says nothing of its user."""
        trouble = next((item for item in items if self._meaning(operation, item) in _NOT_LET_IN), None)
        if trouble is not None:
            error = self._failed(operation, trouble).error(UnknownOrganization)
            raise access_lost(error) if isinstance(error, AccessExpired) else error

    def _meaning(self, operation: str, item: JsonObject | None) -> Meaning | None:
        """Return what an item that is no success means; None for one that is, or is not there."""
        with understood(self._http.provider, operation):
            is_judged = item is not None and is_refused(item)
        return self._failed(operation, item).meaning if item is not None and is_judged else None

    def _failed(self, operation: str, item: JsonObject) -> FailedAnswer:
        provider = self._http.provider
        with understood(provider, operation):
            headers = item.get("headers") or {}
            return failed_answer(provider, operation, int(item["status"]), item.get("body"), headers)

    def users(self, organization_id: str, directory_ids: Sequence[str]) -> tuple[DirectoryUser, ...]:
        """Read users by id; those who are gone are left out.

        Raises:
            InvalidInput: More than BATCH_SIZE ids, or one twice.
            ProviderThrottled: At least one user could not be read yet.
            ProviderUnavailable: The same, without a time to wait.
        """
        check_batch(directory_ids)
        if not directory_ids:
            return ()
        requests = [
            {"method": "GET", "url": f"/users/{segment(each)}?$select={USER_FIELDS}"}
            for each in directory_ids
        ]
        items = self.send(organization_id, "users", requests)
        with understood(self._http.provider, "users"):
            users = (self._user(item) for item in items)
            return tuple(user for user in users if user is not None)

    def users_by_name(self, organization_id: str, names: Sequence[str]) -> tuple[NamedUser, ...]:
        """Return the users who have one of the names, each once; a query is one request of a batch.

        Raises:
            ProviderThrottled: A query could not be answered yet.
            ProviderUnavailable: The same, without a time to wait.
        """
        requests = [{"method": "GET", "url": f"/users?{query}"} for query in names_queries(names)]
        users: dict[str, NamedUser] = {}
        for start in range(0, len(requests), BATCH_SIZE):
            items = self.send(organization_id, "users_by_name", requests[start : start + BATCH_SIZE])
            for item in items:
                users |= {each.user.directory_id: each for each in self._named(item)}
        return tuple(users.values())

    def _named(self, item: JsonObject | None) -> tuple[NamedUser, ...]:
        operation = "users_by_name"
        if item is None:
            raise self._left_out(operation)
        if is_refused(item):
            raise self._failed(operation, item).error(UnknownOrganization)
        with understood(self._http.provider, operation):
            return tuple(named_user_of(each) for each in item["body"]["value"])

    def _left_out(self, operation: str) -> ProviderUnavailable:
        message = f"The {self._http.provider} left a user out of its answer."
        return ProviderUnavailable(
            message, remedy="Read again.", provider=self._http.provider, operation=operation, status=0
        )

    def _user(self, item: JsonObject | None) -> DirectoryUser | None:
        if item is None:
            raise self._left_out("users")
        if not is_refused(item):
            return user_of(item["body"])
        failed = self._failed("users", item)
        if failed.meaning is Meaning.UNKNOWN:
            return None
        raise failed.error(UnknownOrganization)


def check_batch(directory_ids: Sequence[str]) -> None:
    """Refuse more than one batch, and one user twice: two writes to one user would collide.

    Raises:
        InvalidInput: The batch is not what the directory takes.
    """
    if len(directory_ids) > BATCH_SIZE:
        allowed = f"at most {BATCH_SIZE} users in one call"
        raise InvalidInput(field="users", value=len(directory_ids), allowed=allowed)
    different = {each.lower() for each in directory_ids}
    if len(different) < len(directory_ids):
        repeated = len(directory_ids) - len(different)
        raise InvalidInput(field="users", value=f"{repeated} repeated", allowed="each user once")


def _refusals(body: Any) -> tuple[Refusal, ...]:
    """Return what items that were not done say, whatever the body is; each different answer once."""
    refused = (each for each in _items(body) if str(each.get("status")).isdecimal() and is_refused(each))
    return same_once(refusal_of(each) for each in refused)[:REFUSALS_MAX]


def _summary(body: Any) -> str:
    """Return how many items had which status; an outer 200 says nothing on them.

    Whatever the body is: the call is reported before anybody judges its shape.
    """
    counts = Counter(str(item.get("status")) for item in _items(body))
    return ", ".join(f"{count} x {status}" for status, count in sorted(counts.items()))


def _items(body: Any) -> list[JsonObject]:
    responses = body.get("responses") if isinstance(body, dict) else None
    return [each for each in responses if isinstance(each, dict)] if isinstance(responses, list) else []
