"""40 switches of all outcomes run as workflows, and send exactly the notices of docs/notices.md.

`./run test -m long tests/workflow/record/test_forty_switches_run.py` runs it alone.
"""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.notices.document import written_kinds
from tests.support.notices.outcomes import OUTCOMES
from tests.support.notices.posted import posting
from tests.support.worlds.world import World

SWITCHES = 40


@pytest.mark.timeout(1800)
async def test_forty_switches_send_what_the_document_says(
    world: World, temporal_env: WorkflowEnvironment, tmp_path: Path
) -> None:
    """Every outcome at least twice; each kind that the record causes comes once for each switch."""
    with posting(world, tmp_path) as post:
        endings, organizations = [], set()
        for each in islice(cycle(OUTCOMES), SWITCHES):
            order, ended = await each.run(world, temporal_env)
            world.calm()
            endings.append((each.name, ended))
            organizations.add(order.organization_id)
        await post.send()
        got = post.got(frozenset(organizations))
        written = post.written(frozenset(organizations))

    assert endings == [(each.name, each.outcome) for each in islice(cycle(OUTCOMES), SWITCHES)]
    assert len(organizations) == SWITCHES
    assert got == written
    assert {kind for _, kind in got} == {each.kind for each in written_kinds()}
