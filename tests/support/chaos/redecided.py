"""Deciding a fault run again: what was recorded must come out, whatever went wrong in between."""

from __future__ import annotations

from collections.abc import Iterator

from activities.contract import SwitchOrder
from audit.whatif.switches import what_if
from domain.kernel.errors import UnknownSwitch
from tests.support.acts.deciding_again import basis
from tests.support.worlds.world import World


def other_decisions(world: World, order: SwitchOrder) -> Iterator[str]:
    """Yield each decision that today's functions make otherwise, and each whose inputs are not recorded.

    Rule: docs/audit.md#what-would-other-rules-have-said.
    """
    try:
        answer = what_if(world.store, basis(catalogs=world.toolbox.catalogs), order.switch_id)
    except UnknownSwitch:
        # It was refused before anything was assessed.
        return
    for each in answer.differences:
        yield f"{each.decision} {each.about}: {each.recorded} was recorded, {each.would_be} is decided again"
    for lost in answer.undecided:
        yield f"{lost.decision} of event {lost.position} can't be decided again: {lost.why}"
