"""The remedy of a user who could not be moved names only what the switch takes now.

See rules#operator-controls.
"""

from __future__ import annotations

import pytest

from domain.licenses.license_failures import LICENSE_FAILURES
from domain.operator.operator_commands import GOES_BACK, operator_commands, remedy_now
from domain.switch.control_events import SwitchPaused
from domain.switch.stage import LIVE, PAUSABLE, TERMINAL
from tests.support.stories.aggregate_stories import advance, source_at
from tests.support.stories.samples import SWITCH_ID

REMEDIES = sorted(each.remedy for each in LICENSE_FAILURES.values() if each.remedy)


@pytest.mark.parametrize("is_paused", [False, True])
@pytest.mark.parametrize("stage", sorted(LIVE | TERMINAL))
def test_no_remedy_names_a_command_that_is_refused(stage: str, *, is_paused: bool) -> None:
    """A retry or a resume stands in a remedy only where it is taken."""
    source = source_at(stage)
    if is_paused and stage in PAUSABLE:
        advance(source, SwitchPaused)
    state = source.switch(SWITCH_ID)
    allowed = {each.command for each in operator_commands(state) if each.is_allowed}

    told = [remedy_now(remedy, state) for remedy in REMEDIES]

    assert "retry" in allowed or not [each for each in told if "then retry" in each]
    assert "resume" in allowed or not [each for each in told if "then resume" in each]
    assert ("" in told) == (stage in TERMINAL)


def test_each_remedy_reads_on_where_it_stands() -> None:
    """What the operator mends stays; what comes after it is what the switch takes."""
    remedy = LICENSE_FAILURES["LOCATION_NOT_SERVED"].remedy
    moving, held = source_at("moving").switch(SWITCH_ID), source_at("held").switch(SWITCH_ID)
    back, paused = source_at("rolling_back").switch(SWITCH_ID), source_at("moving")
    advance(paused, SwitchPaused)
    mend = "Set the user's usage location in the directory"

    assert remedy_now(remedy, held) == f"{mend}, then retry."
    assert remedy_now(remedy, paused.switch(SWITCH_ID)) == f"{mend}, then resume."
    assert remedy_now(remedy, moving) == f"{mend}; it is tried again by itself."
    assert remedy_now(remedy, back) == GOES_BACK
