"""Explain a switch of a world, and check what holds for every explanation."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.contract import SwitchOrder
from audit.autopsy.causes import CAUSES
from audit.autopsy.explanation import Explanation, explanation_of
from audit.autopsy.reading import case_facts
from cli.audit.explain import explanation_lines
from domain.switch.waiting_events import WaitNoted
from tests.support.worlds.world import World

#: Columns of the narrowest terminal that lines must fit.
COLUMNS = 80


def explained(world: World, order: SwitchOrder) -> Explanation:
    """Return why a switch is where it is; evidence is named for it, and its words are those of its cause."""
    answer = explanation_of(case_facts(world.store, order.switch_id), now=datetime.now(UTC))
    first = answer.first_cause
    assert first.evidence, "no evidence"
    assert first.sentence.startswith(CAUSES[first.cause].sentence)
    assert first.party == CAUSES[first.cause].party
    assert answer.organization_id == order.organization_id
    lines = explanation_lines(answer)
    assert max(len(line) for line in lines) <= COLUMNS
    assert first.sentence.split()[0] in " ".join(lines)
    return answer


async def until_noted(world: World, order: SwitchOrder, step: str = "") -> None:
    """Wait until the record says that a step waits."""

    def is_noted() -> bool:
        events = [each.event for each in world.source_events(order)]
        return any(isinstance(each, WaitNoted) and each.step.startswith(step) for each in events)

    await world.until(is_noted)
