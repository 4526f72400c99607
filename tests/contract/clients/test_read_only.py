"""Under read access each write of each adapter is refused and each read passes (vendor#read-only-access)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import PlanSwitchError, ReadOnlyAccess
from domain.ports.directory_port import LicenseChange
from providers.access.profiles import Access
from providers.factory import cloud_factory
from providers.transport.http import ProviderHttp
from providers.transport.operations import OPERATIONS
from tests.support.adapters.every_adapter import EveryAdapter
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def test_each_operation_of_the_table_is_refused_or_passes_as_declared(sandbox: SandboxCloud) -> None:
    """Each request that the adapters send is sent again under read access: only the reads are sent."""
    adapters = EveryAdapter(url=sandbox.url)
    adapters.use_everything(sandbox.organization(users=20, group_licensed=8, is_trial=True))
    sent = list(adapters.requests)
    assert {request.operation for _, _, request in sent} == set(OPERATIONS)

    outcomes = {access: set[str]() for access in Access}
    for provider, organization_id, request in sent:
        http = ProviderHttp(**adapters.options(provider, Access.READ))
        try:
            with suppress_answers():
                http.send(organization_id, request)
            outcomes[Access.READ].add(request.operation)
        except ReadOnlyAccess:
            outcomes[Access.WRITE].add(request.operation)
    adapters.line.close()

    assert outcomes == {
        access: {name for name, each in OPERATIONS.items() if each is access} for access in Access
    }


def test_adapters_change_nothing_under_read_access(sandbox: SandboxCloud) -> None:
    """An adapter that reads before it writes is stopped at the write: cloud and referee see no change."""
    made = sandbox.organization(users=20)
    organization_id, source_id = made["organization_id"], made["subscription_id"]
    build, close = cloud_factory(sandbox.url, access=Access.READ)
    calls: list[Any] = []
    cloud = build(calls.append)
    before = cloud.seller.subscription(organization_id, source_id)
    user = cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users[0]
    move = LicenseChange(directory_id=user.directory_id, add_plan_id=TARGET_PLAN, remove_plan_id=SOURCE_PLAN)

    with pytest.raises(ReadOnlyAccess):
        cloud.seller.cancel_subscription(organization_id, source_id, key="cancel")
    with pytest.raises(ReadOnlyAccess):
        cloud.directory.change_licenses(organization_id, [move])

    assert cloud.seller.subscription(organization_id, source_id) == before
    assert cloud.directory.users(organization_id, [user.directory_id]) == (user,)
    assert {each.operation for each in calls} == {"subscription", "users_page", "users"}
    close()


def suppress_answers() -> suppress:
    """Let a provider's answered no count as an answer, and the refusal before it not."""
    answered = tuple(
        each for each in PlanSwitchError.__subclasses__() if not issubclass(ReadOnlyAccess, each)
    )
    return suppress(*answered)
