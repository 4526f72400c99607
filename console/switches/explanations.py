"""Why a switch is where it is, for the API and the page of the switch (docs/audit.md#why-did-it-fail)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from audit.autopsy.explanation import Explanation, explanation_of
from audit.autopsy.reading import case_facts, refused_facts
from console.switches.views import plan_name
from domain.kernel.errors import UnknownSwitch
from domain.kernel.ids import canonical_id
from domain.operator.operator_commands import (
    CommandAdvice,
    credit_commands,
    operator_commands,
    wait_commands,
)
from domain.switch.stage import AWAITING_PEOPLE, TERMINAL, WITHOUT_SWITCH, Stage
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import is_waiting, recorded_source
from services.base.tools import Tools

#: Stages of a switch that came to no good end, or waits for people.
_TOLD = (TERMINAL | WITHOUT_SWITCH | AWAITING_PEOPLE | {Stage.WAITING_ELIGIBLE}) - {Stage.COMPLETED}


def explain(tools: Tools, text: str) -> Explanation:
    """Explain the switch that a text names, or a request that was refused, by its assessment or whole id.

    Raises:
        UnknownSwitch: There is neither.
        AmbiguousSwitch: There are several switches.
        InvalidInput: The text names none, and is too short for the beginning of an id.
    """
    try:
        row = tools.reads.switch(text)
    except UnknownSwitch:
        # A request that was refused is on no board.
        refused = refused_facts(tools.store, canonical_id(text))
        if refused is None or not tools.reads.sees(refused.organization_id):
            raise
        return explanation_of(refused, now=datetime.now(tz=UTC))
    return explain_row(tools, row)


def explain_row(tools: Tools, row: SwitchRow) -> Explanation:
    """Explain a switch of the board."""
    now = datetime.now(tz=UTC)
    facts = case_facts(tools.store, row.switch_id, tools.reads.streams_of(row.switch_id))
    return explanation_of(facts, now=now, commands=_commands(tools, row, now))


def calls_for_explanation(row: SwitchRow) -> bool:
    """Return whether a page explains a switch unasked: it failed, waits for people, or was late."""
    return row.stage in _TOLD or bool(row.promises_missed or row.waits_since)


def _commands(tools: Tools, row: SwitchRow, now: datetime) -> Iterator[CommandAdvice]:
    """Yield what an operator may command, and in a credit check what may be answered."""
    source = recorded_source(tools, row)
    state = source.switches.get(row.switch_id) if source else None
    if state is None:
        yield from wait_commands(licenses_only=row.licenses_only) if is_waiting(row) else ()
        return
    yield from credit_commands(state, now)
    yield from operator_commands(state, moved=row.moved, plan=plan_name(tools.catalog, row.source_plan_id))
