"""What the product itself has recorded holds, whatever switches went through (ADR 33)."""

from __future__ import annotations

from pathlib import Path

from temporalio.client import Client

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from audit.verification.findings import Outcome
from audit.verification.store_verification import Question, verify_store
from store.roles.role import DatabaseRole
from tests.support.databases.database_roles import url_as
from tests.support.licenses.held import held_switch
from tests.support.sealing import sealer_of
from tests.support.seals import AT
from tests.support.worlds.world import World, open_world

#: Users who can't be moved.
FAILED = 2


async def test_the_record_of_real_switches_holds(
    world: World, temporal_client: Client, database_url: str, tmp_path: Path
) -> None:
    """Events, calls, rosters and moves of every switch of a world are those that were sealed."""
    # Its record is its own: other tests take from that of the shared world what they say is lost.
    async with open_world(temporal_client, database_url, world.sandbox, tmp_path) as own:
        own.share_seeds_of(world)
        order, handle = await held_switch(own, missing_usage_location=FAILED)
        await own.roll_back(handle)
        await own.result(handle)
        users = own.store.roster_summary(order.switch_id)
    folder, keys = SealFolder(tmp_path / "seals"), KeyFile(tmp_path / "k")
    keys.make(AT)
    with sealer_of(database_url, folder, keys) as sealer:
        while (seal := sealer.seal_once(AT)) is not None and seal.is_full:
            pass
    (reader_url,) = url_as(database_url, DatabaseRole.READER)

    answer = verify_store(
        Question(
            database_url=reader_url,
            folder=folder.path,
            policy_file=None,
            state_file=tmp_path / "audit-state.json",
        )
    )

    assert answer.outcome is Outcome.HOLDS, answer
    assert users is not None
    assert answer.coverage.roster_rows >= users.count
    # Forward and back.
    assert answer.coverage.move_rows >= users.count + users.count - FAILED
    assert answer.coverage.calls > 0
    assert not answer.coverage.unsealed_events
