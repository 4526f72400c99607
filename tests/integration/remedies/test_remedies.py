"""Every reason of the rules is walked from its refusal to its remedy and to the end (rules#reasons)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.remedies.walk import begin
from tests.support.remedies.walks import TERMINAL, WALKS


@pytest.mark.parametrize("code", WALKS)
async def test_remedy_of_a_reason_leads_to_its_end(console: ConsoleWorld, tmp_path: Path, code: str) -> None:
    """What the refusal says to do is typed as it says it; the switch completes, or support has the facts."""
    way = WALKS[code]

    walk = await begin(console, tmp_path, code, way)
    await way.walk(walk)

    assert walk.ended == ("told" if code in TERMINAL else "completed")
    if walk.ended == "completed":
        assert walk.failings() == {}
