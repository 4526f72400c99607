"""What the product itself has recorded holds, whatever switches went through (ADR 33)."""

from __future__ import annotations

from pathlib import Path

from audit.seals.folder import SealFolder
from audit.seals.keys import KeyFile
from audit.verification.findings import Outcome
from audit.verification.store_verification import Question, verify_store
from ops.stack.postgres_server import EmbeddedPostgres
from store.roles.role import DatabaseRole
from tests.support.databases.database_roles import url_as
from tests.support.licenses.held import held_switch
from tests.support.sealing import sealer_of
from tests.support.seals import AT
from tests.support.worlds.world import World

#: Users who can't be moved.
FAILED = 2


async def test_the_record_of_real_switches_holds(
    world: World, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Events, calls, rosters and moves of every switch of this world are those that were sealed."""
    order, handle = await held_switch(world, missing_usage_location=FAILED)
    await world.roll_back(handle)
    await world.result(handle)
    pool = world.store.application.datastore.pool
    assert isinstance(pool.kwargs, dict)
    name = pool.kwargs["dbname"]
    owner_url, folder, keys = (
        postgres_server.url(name),
        SealFolder(tmp_path / "seals"),
        KeyFile(tmp_path / "k"),
    )
    keys.make(AT)
    with sealer_of(owner_url, folder, keys) as sealer:
        while (seal := sealer.seal_once(AT)) is not None and seal.is_full:
            pass
    (reader_url,) = url_as(owner_url, DatabaseRole.READER)

    answer = verify_store(
        Question(
            database_url=reader_url,
            folder=folder.path,
            policy_file=None,
            state_file=tmp_path / "audit-state.json",
        )
    )

    assert answer.outcome is Outcome.HOLDS, answer
    users = world.store.roster_summary(order.switch_id)
    assert users is not None
    assert answer.coverage.roster_rows >= users.count
    # Forward and back.
    assert answer.coverage.move_rows >= users.count + users.count - FAILED
    assert answer.coverage.calls > 0
    assert not answer.coverage.unsealed_events
