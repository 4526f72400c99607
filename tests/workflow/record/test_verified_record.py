"""What the product itself has recorded holds, whatever switches went through (ADR 33)."""

from __future__ import annotations

from pathlib import Path

from psycopg.conninfo import make_conninfo

from audit.verification.findings import Outcome
from audit.verification.store_verification import Question, verify_store
from tests.support.licenses.held import held_switch
from tests.support.sealing import SealedRecord
from tests.support.worlds.world import World

#: Users who can't be moved.
FAILED = 2


async def test_the_record_of_real_switches_holds(world: World, tmp_path: Path) -> None:
    """Events, calls, rosters and moves of every switch of this world are those that were sealed."""
    order, handle = await held_switch(world, missing_usage_location=FAILED)
    await world.roll_back(handle)
    await world.result(handle)
    pool = world.store.application.datastore.pool
    assert isinstance(pool.kwargs, dict)
    place = {name: pool.kwargs[name] for name in ("dbname", "host", "port", "user", "password")}
    record = SealedRecord.of(world.store, make_conninfo(**place), tmp_path)
    while (seal := record.seal()) is not None and seal.is_full:
        pass

    answer = verify_store(
        Question(
            database_url=record.database_url,
            folder=record.folder.path,
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
