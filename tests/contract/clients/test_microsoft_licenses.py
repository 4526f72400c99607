"""License changes against the sandbox's directory: idempotent by state, one call for add and remove."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.ports.directory_port import DirectoryUser, HeldLicense, LicenseChange
from domain.ports.seller_port import OrderLine
from tests.support.clouds.cloud_server import SERVICE, SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

USERS = 20
SEATS = 40


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _organization(sandbox: SandboxCloud, *, seats: int = SEATS, users: int = USERS) -> str:
    """Make an organization that owns target licenses and return its id."""
    organization_id: str = sandbox.organization(users=users)["organization_id"]
    line = OrderLine(plan_id=TARGET_PLAN, quantity=seats, term="P1M", billing_cycle="monthly", currency="EUR")
    sandbox.cloud.seller.place_order(organization_id, line, cart_key="cart", checkout_key="checkout")
    return organization_id


def _users(sandbox: SandboxCloud, organization_id: str) -> Sequence[DirectoryUser]:
    return sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users


def _moves(users: Sequence[DirectoryUser]) -> list[LicenseChange]:
    return [
        LicenseChange(
            directory_id=user.directory_id,
            add_plan_id=TARGET_PLAN,
            disabled_service_ids=(SERVICE,),
            remove_plan_id=SOURCE_PLAN,
        )
        for user in users
    ]


def _source(user: DirectoryUser) -> HeldLicense:
    held = user.license_of(SOURCE_PLAN)
    assert held is not None
    return held


def _held(sandbox: SandboxCloud, organization_id: str, directory_id: str) -> dict[str, tuple[str, ...]]:
    user = sandbox.cloud.directory.users(organization_id, [directory_id])[0]
    return {held.plan_id: held.disabled_service_ids for held in user.licenses}


def test_services_that_somebody_set_by_hand_are_left(sandbox: SandboxCloud) -> None:
    """A user who was moved by hand keeps the services that the hand gave (switch#services)."""
    organization_id = _organization(sandbox)
    user = _users(sandbox, organization_id)[0]
    sandbox.edit(
        organization_id,
        kind="licenses",
        user_id=user.directory_id,
        add=[{"skuId": TARGET_PLAN, "disabledPlans": []}],
        remove=[SOURCE_PLAN],
    )

    result = sandbox.cloud.directory.change_licenses(organization_id, _moves([user]))[0]

    assert result.is_done
    assert _held(sandbox, organization_id, user.directory_id)[TARGET_PLAN] == ()


def test_one_batch_tells_every_users_own_failure(sandbox: SandboxCloud) -> None:
    """A deleted user, one without location, one fed by a group and a conflict fail; the others move."""
    organization_id = _organization(sandbox)
    users = _users(sandbox, organization_id)
    gone, nowhere, fed, busy = (user.directory_id for user in users[:4])
    sandbox.edit(organization_id, kind="delete_user", user_id=gone)
    sandbox.edit(organization_id, kind="user", user_id=nowhere, usage_location=None)
    sandbox.edit(organization_id, kind="group_license", user_id=fed, plan_id=SOURCE_PLAN)
    sandbox.edit(
        organization_id,
        kind="refusal",
        user_id=busy,
        status=409,
        code="Directory_ConcurrencyViolation",
        text="Please wait briefly and retry.",
    )

    results = sandbox.cloud.directory.change_licenses(organization_id, _moves(users))

    assert [result.error for result in results[:4]] == [
        "USER_GONE",
        "LOCATION_NOT_SERVED",
        "LICENSE_FROM_GROUP",
        "USER_BUSY",
    ]
    assert all(result.is_done for result in results[4:])
    assert not any(user.directory_id in result.text for user, result in zip(users, results, strict=True))


def test_quota_throttles_single_users(sandbox: SandboxCloud) -> None:
    """With the real quota on, items are throttled on their own and tell how long to wait."""
    organization_id = _organization(sandbox, seats=20)
    users = _users(sandbox, organization_id)
    sandbox.settings(is_quota_on=True)
    throttled = None
    for _ in range(400):
        results = sandbox.cloud.directory.change_licenses(
            organization_id,
            [
                LicenseChange(
                    directory_id=user.directory_id, add_plan_id=TARGET_PLAN, disabled_service_ids=()
                )
                for user in users
            ],
        )
        throttled = next((result for result in results if result.error == "THROTTLED"), None)
        if throttled:
            break

    assert throttled is not None
    assert throttled.retry_after_seconds > 0
    assert throttled.is_retryable


def test_one_pool_of_connections_serves_many_threads(sandbox: SandboxCloud) -> None:
    """Clients may be used from several threads at once: every batch gets its own answers."""
    organization_id = _organization(sandbox, seats=400, users=320)
    users = _users(sandbox, organization_id)
    batches = [_moves(users[start : start + 20]) for start in range(0, len(users), 20)]

    with ThreadPoolExecutor(max_workers=8) as pool:
        answered = list(
            pool.map(lambda batch: sandbox.cloud.directory.change_licenses(organization_id, batch), batches)
        )

    assert all(result.is_done for results in answered for result in results)
    ids = [[result.directory_id for result in results] for results in answered]
    assert ids == [[change.directory_id for change in batch] for batch in batches]


@pytest.mark.parametrize("state", ["Disabled", "Error"])
def test_a_license_in_a_state_that_gives_nothing_does_not_count(sandbox: SandboxCloud, state: str) -> None:
    """A license whose only state is an error is listed, and serves nobody till it works (switch#licenses)."""
    organization_id = _organization(sandbox)
    user = _users(sandbox, organization_id)[0]
    told = {"kind": "license_state", "user_id": user.directory_id, "plan_id": TARGET_PLAN}
    sandbox.edit(organization_id, **told, is_active=False, state=state)
    sandbox.cloud.directory.change_licenses(organization_id, _moves([user]))
    (during,) = sandbox.cloud.directory.users(organization_id, [user.directory_id])
    sandbox.edit(organization_id, **told, is_active=True)
    (after,) = sandbox.cloud.directory.users(organization_id, [user.directory_id])

    assert during.license_of(TARGET_PLAN) is not None
    assert (during.can_use(TARGET_PLAN), after.can_use(TARGET_PLAN)) == (False, True)
