"""Access that ends in the middle: the switch renews it, or waits and goes on by itself; nobody is blamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.client import Client

from domain.kernel.awaited import Party
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.rows import RecordedCall
from tests.support.access.access_world import USERS, AccessWorld, open_access_world
from tests.support.access.authority import running_authority

UNAUTHORIZED = 401
#: Calls whose token ends.
CHANGES = {"cancel_subscription", "change_licenses"}


@pytest_asyncio.fixture(scope="module", name="cloud")
async def _cloud(
    temporal_client: Client, postgres_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[AccessWorld]:
    """Yield a world with a worker that signs in at an authority."""
    folder = Path(tmp_path_factory.mktemp("access"))
    database_url = postgres_server.create_database("access_world")
    with running_authority(folder) as authority:
        async with open_access_world(temporal_client, database_url, authority, folder) as opened:
            yield opened


def _require_repeated_once(calls: Sequence[RecordedCall]) -> None:
    """Each request that was refused for its token went out once more, word for word, and was answered."""
    refused = [each.call for each in calls if each.call.status == UNAUTHORIZED]
    # What is read may be read several times.
    digests = {call.request_digest for call in refused if call.operation in CHANGES}
    answers: dict[str, list[int]] = {digest: [] for digest in digests}
    for each in calls:
        if each.call.request_digest in answers:
            answers[each.call.request_digest].append(each.call.status)
    assert answers
    assert {tuple(sorted(statuses)) for statuses in answers.values()} == {(200, UNAUTHORIZED)}


async def test_tokens_that_end_in_the_middle_are_renewed_and_nobody_notices(cloud: AccessWorld) -> None:
    """An expired token and a claims challenge cost one call each, in every step (access#tokens)."""
    # One after the other: they have one token of the seller, which either would end for both.
    for fault in ("token_expired", "claims_challenge"):
        order = cloud.order()
        cloud.faults(
            order,
            {"operation": "change_licenses", "fault": fault, "hits": [2]},
            {"operation": "cancel_subscription", "fault": fault, "hits": [1]},
        )
        result = await cloud.world.complete(order)

        assert (result.outcome, result.moved) == ("completed", USERS)
        assert not cloud.notes(order)
        calls = cloud.world.store.calls(order.switch_id)
        refused = [each.call.operation for each in calls if each.call.status == UNAUTHORIZED]
        # Other calls may be under way with the token that ends, such as reads of users.
        assert set(refused) >= CHANGES
        assert refused.count("cancel_subscription") == 1
        _require_repeated_once(calls)
        cloud.require_nobody_blamed(order)


async def test_consent_that_is_withdrawn_is_waited_for_and_the_switch_goes_on_by_itself(
    cloud: AccessWorld,
) -> None:
    """The wait names who consents, by which link; after the consent nobody has to do anything more."""
    order = cloud.order()
    cloud.faults(order, {"operation": "change_licenses", "fault": "consent_missing", "hits": [2]})
    handle, answer = await cloud.world.start(order)
    assert answer.accepted
    note = await cloud.until_noted(order, "ACCESS_LOST")

    assert note.party == Party.ADMINISTRATOR.value
    assert "AADSTS65001" in note.message
    assert f"/{order.organization_id}/adminconsent?client_id={cloud.authority.client_id}" in note.remedy
    cloud.authority.cloud.edit(order.organization_id, kind="consent", client_id=cloud.authority.client_id)
    result = await cloud.world.result(handle)

    assert (result.outcome, result.moved) == ("completed", USERS)
    cloud.require_nobody_blamed(order)
