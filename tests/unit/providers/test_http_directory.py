"""The directory client on answers that a healthy cloud seldom gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from domain.kernel.errors import InvalidInput
from domain.ports.cloud import Cloud, ProviderCall
from domain.ports.directory_port import LicenseChange, LicenseChangeResult
from providers.factory import cloud_factory
from providers.microsoft.directory.batches import BATCH_SIZE
from tests.support.clouds.http_handlers import HandlerLine

OLD = "18181a46-0d4e-45cd-891e-60aabd171b4e"
NEW = "6fd2c87f-b296-42f0-b197-1e91e994b900"
SERVICE = "57ff2da0-773e-42df-b2af-ffb7a2317929"
USER = "161ab652-cdbc-490d-82a4-0ada1f0db247"
NOT_THERE = "User does not have a corresponding license."
MOVE = LicenseChange(directory_id=USER, add_plan_id=NEW, disabled_service_ids=(SERVICE,), remove_plan_id=OLD)
Item = dict[str, Any]
Answers = Callable[[Item], Item]


def _cloud(handler: Callable[[httpx2.Request], httpx2.Response]) -> tuple[Cloud, list[ProviderCall]]:
    calls: list[ProviderCall] = []
    factory, _close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    return factory(calls.append), calls


def _batched(answer: Answers) -> tuple[Cloud, list[Item]]:
    """Return a cloud whose batches answer each item with `answer`, in reverse order, and the items seen."""
    seen: list[Item] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        items = json.loads(request.content)["requests"]
        seen.extend(items)
        responses = [{"id": item["id"], **answer(item)} for item in reversed(items)]
        return httpx2.Response(200, json={"responses": responses})

    return _cloud(handler)[0], seen


def _refusal(status: int, text: str, headers: dict[str, str] | None = None) -> Item:
    body = {"error": {"code": "Request_BadRequest", "message": text}}
    return {"status": status, "headers": headers or {}, "body": body}


def _user(*licenses: tuple[str, tuple[str, ...]], group: str | None = None, user_id: str = USER) -> Item:
    assigned = [{"skuId": plan, "disabledPlans": list(disabled)} for plan, disabled in licenses]
    states = [each | {"assignedByGroup": group, "state": "Active"} for each in assigned]
    body = {"id": user_id, "assignedLicenses": assigned, "licenseAssignmentStates": states}
    return {"status": 200, "body": body}


def _move(cloud: Cloud, change: LicenseChange = MOVE) -> LicenseChangeResult:
    return cloud.directory.change_licenses("contoso", [change])[0]


def _not_there(read_back: Item) -> Answers:
    return lambda item: read_back if item["method"] == "GET" else _refusal(400, NOT_THERE)


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (400, f"Subscription with SKU {NEW} does not have any available licenses.", "NO_LICENSE_FREE"),
        (
            400,
            "License assignment cannot be done for user with invalid usage location.",
            "LOCATION_NOT_SERVED",
        ),
        (
            400,
            f"License assignment failed because service plan {SERVICE} depends on the service plan(s) {OLD}",
            "NEEDED_SERVICE_OFF",
        ),
        (
            400,
            "License assignment failed because service plans a and b are mutually exclusive.",
            "SERVICES_EXCLUDE",
        ),
        (
            400,
            "User license is inherited from a group membership and it cannot be removed directly.",
            "LICENSE_FROM_GROUP",
        ),
        (400, "Another object has the same proxy address.", "ADDRESS_TAKEN"),
        (400, "License x cannot be assigned to a user.", "PLAN_NOT_ASSIGNABLE"),
        (400, "Something else.", "OTHER"),
        (423, "The resource is locked.", "USER_BUSY"),
        (404, f"Resource '{USER}' does not exist.", "USER_GONE"),
        (409, "Please wait briefly and retry.", "USER_BUSY"),
        (429, "Please retry again later.", "THROTTLED"),
        (503, "Busy.", "UNAVAILABLE"),
        (424, "Failed Dependency", "UNAVAILABLE"),
    ],
)
def test_each_refusal_of_one_user_has_its_word(status: int, text: str, error: str) -> None:
    """The words (rules#license-failures) come from status and text; the user's id stays out of the text."""
    cloud, _seen = _batched(lambda _item: _refusal(status, text))

    result = _move(cloud)

    assert (result.status, result.error) == (status, error)
    assert not result.is_done
    assert USER not in result.text


def test_refusals_over_plans_name_the_plans() -> None:
    """The operator sees which plan has no licenses left."""
    text = f"Subscription with SKU {NEW} does not have any available licenses."

    assert _move(_batched(lambda _item: _refusal(400, text))[0]).text == text


def test_results_come_in_the_order_asked() -> None:
    """Items are told apart by their ids, whatever order they come back in (vendor#batches)."""
    changes = [LicenseChange(directory_id=f"user-{n}", add_plan_id=NEW) for n in range(BATCH_SIZE)]
    cloud, _seen = _batched(
        lambda item: _refusal(404, "Gone.") if "user-7" in item["url"] else {"status": 200, "body": {}}
    )

    results = cloud.directory.change_licenses("contoso", changes)

    assert [result.directory_id for result in results] == [change.directory_id for change in changes]
    assert [result.directory_id for result in results if not result.is_done] == ["user-7"]


def test_add_and_remove_are_one_request_with_both_lists() -> None:
    """Adding and removing are one request (switch#licenses), and both lists are always sent."""
    cloud, seen = _batched(lambda _item: {"status": 200})
    _move(cloud)
    _move(cloud, LicenseChange(directory_id=USER, add_plan_id=None, remove_plan_id=OLD))

    assert seen[0]["url"] == f"/users/{USER}/assignLicense"
    assert [item["body"] for item in seen] == [
        {"addLicenses": [{"skuId": NEW, "disabledPlans": [SERVICE]}], "removeLicenses": [OLD]},
        {"addLicenses": [], "removeLicenses": [OLD]},
    ]


def test_throttled_item_tells_its_own_wait() -> None:
    """A 429 item carries its own Retry-After; the other users of the batch are done."""
    change = LicenseChange(directory_id="other", add_plan_id=NEW)
    cloud, _seen = _batched(
        lambda item: {"status": 200} if "other" in item["url"] else _refusal(429, "", {"retry-after": "9"})
    )

    throttled, done = cloud.directory.change_licenses("contoso", [MOVE, change])

    assert (throttled.error, throttled.retry_after_seconds, done.is_done) == ("THROTTLED", 9.0, True)


def test_missing_item_is_unavailable() -> None:
    """A user whom the answer leaves out is asked again, not taken for done."""
    cloud, _calls = _cloud(lambda _request: httpx2.Response(200, json={"responses": []}))

    result = _move(cloud)

    assert (result.error, result.is_retryable) == ("UNAVAILABLE", True)


def test_repeat_of_a_move_that_was_done_ends_done() -> None:
    """After a lost answer the source is gone and the target there: done, without another write."""
    cloud, seen = _batched(_not_there(_user((NEW.upper(), (SERVICE.upper(),)))))

    result = _move(cloud)

    assert (result.is_done, result.status) == (True, 200)
    assert [item["method"] for item in seen] == ["POST", "GET"]


def test_target_with_other_services_is_left_as_it_is() -> None:
    """A target that is held with services set by hand counts as done, and nothing more is sent."""
    cloud, seen = _batched(_not_there(_user((NEW, ()))))

    assert _move(cloud).is_done
    assert [item["method"] for item in seen] == ["POST", "GET"]


def test_user_with_neither_plan_is_reported_not_licensed() -> None:
    """A user whose license was taken by hand is for the operator: nothing is added behind his back."""
    cloud, seen = _batched(_not_there(_user((OLD.replace("1", "2"), ()))))

    result = _move(cloud)

    assert (result.error, result.is_done, result.is_retryable) == ("NOT_HELD", False, False)
    assert [item["method"] for item in seen] == ["POST", "GET"]


def test_removal_of_what_is_gone_is_done() -> None:
    """Removing a license that is gone already counts as done."""
    cloud, _seen = _batched(_not_there(_user((NEW, ()))))

    assert _move(cloud, LicenseChange(directory_id=USER, add_plan_id=None, remove_plan_id=OLD)).is_done


@pytest.mark.parametrize(("group", "error"), [(None, "USER_BUSY"), ("group-1", "LICENSE_FROM_GROUP")])
def test_source_that_is_still_there_is_told_apart(group: str | None, error: str) -> None:
    """A source that came back is tried again; one that a group gives can't be removed here."""
    cloud, _seen = _batched(_not_there(_user((OLD, ()), group=group)))

    assert _move(cloud).error == error


def test_user_gone_between_move_and_reading_back() -> None:
    """A user who is deleted while he is read back is reported as deleted."""
    cloud, _seen = _batched(_not_there(_refusal(404, "Gone.")))

    assert _move(cloud).error == "USER_GONE"


@pytest.mark.parametrize(
    ("read_back", "error", "wait"),
    [
        (_refusal(429, "Later.", {"Retry-After": "3"}), "THROTTLED", 3.0),
        (_refusal(503, "Busy."), "UNAVAILABLE", 0.0),
    ],
)
def test_reading_back_that_fails_loses_no_result(read_back: Item, error: str, wait: float) -> None:
    """When reading back fails, only the unclear users are to be repeated; the others keep their results."""
    change = LicenseChange(directory_id="other", add_plan_id=NEW)

    def answer(item: Item) -> Item:
        return {"status": 200} if "other" in item["url"] else _not_there(read_back)(item)

    unclear, done = _batched(answer)[0].directory.change_licenses("contoso", [MOVE, change])

    assert (unclear.error, unclear.retry_after_seconds, unclear.is_retryable) == (error, wait, True)
    assert done.is_done


@pytest.mark.parametrize(
    "changes",
    [
        [LicenseChange(directory_id=f"user-{n}", add_plan_id=NEW) for n in range(BATCH_SIZE + 1)],
        [MOVE, LicenseChange(directory_id=USER.upper(), add_plan_id=NEW)],
        [LicenseChange(directory_id=USER, add_plan_id=None)],
        [LicenseChange(directory_id=USER, add_plan_id=NEW, remove_plan_id=NEW.upper())],
    ],
    ids=["too many", "one user twice", "nothing", "same plan"],
)
def test_batch_that_makes_no_sense_is_not_sent(changes: list[LicenseChange]) -> None:
    """More than 20 users, one user twice, no change, or one plan both ways are refused before the call."""
    cloud, seen = _batched(lambda _item: {"status": 200})

    with pytest.raises(InvalidInput):
        cloud.directory.change_licenses("contoso", changes)

    assert seen == []


def test_nothing_to_do_asks_nobody() -> None:
    """No changes and no ids need no call."""
    cloud, seen = _batched(lambda _item: {"status": 200})

    assert cloud.directory.change_licenses("contoso", []) == ()
    assert cloud.directory.users("contoso", []) == ()
    assert seen == []


def test_record_of_a_batch_counts_its_items() -> None:
    """The outer 200 says nothing, so the record says how many items had which status."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        items = json.loads(request.content)["requests"]
        return httpx2.Response(
            200, json={"responses": [{"id": each["id"], **_refusal(409, "Wait.")} for each in items]}
        )

    cloud, calls = _cloud(handler)
    _move(cloud)

    assert [(call.operation, call.status, call.text) for call in calls] == [
        ("change_licenses", 200, "1 x 409")
    ]
