"""Taking a completed switch back by a new one: what it asks, until when, and why not (rules#switch-back)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from activities.directory.original_settings import first_switch
from domain.catalog.catalog import Catalog
from domain.eligibility.assessment import assessed
from domain.kernel.errors import PlanSwitchError
from domain.kernel.recorded import Meta
from domain.requests.switch_back import (
    NOT_COMPLETED,
    REFUSALS,
    REPEATED,
    FirstSwitch,
    SwitchBackRefused,
    asked_facts,
    refusal_facts,
    require_open,
    require_terms,
)
from domain.requests.terms import PaymentMethod, SwitchTerms
from domain.switch.stage import Stage
from projections.reads.shown_rows import SwitchRow
from services.base.tools import Tools
from store.core.errors import UNREADABLE


@dataclass(frozen=True, kw_only=True)
class BackOptions:
    """What an operator may choose for a switch back; None takes what was before the first switch."""

    quantity: int | None = None
    payment_method: PaymentMethod | None = None
    acknowledgments: tuple[str, ...] = ()
    caller: str | None = None
    #: Only those move whom it restores, by hand; the others stay on the plan that they have.
    leave_others: bool = False
    #: Selection of those who move, as a quote has told it; None reads who can be restored now.
    selection: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BackAdvice:
    """Whether a completed switch may be taken back now."""

    is_allowed: bool
    #: None: it never may.
    until: datetime | None
    #: "" where it may.
    why_not: str
    remedy: str
    #: A switch back of it has completed; one that runs, or ended in another way, has not taken it back.
    is_taken_back: bool = False


def switch_back_terms(tools: Tools, row: SwitchRow, options: BackOptions, *, actor: str) -> SwitchTerms:
    """Return the terms of the switch that takes another one back.

    Args:
        tools: What use cases work with.
        row: The switch that is to be taken back.
        options: What an operator chose; whom it leaves, `services/assessment/restorable_users.py` decides.
        actor: Who asks.

    Raises:
        SwitchBackRefused: It has not completed; the refusal is recorded.
    """
    if row.outcome != Stage.COMPLETED:
        refused = SwitchBackRefused(
            NOT_COMPLETED,
            f"Switch {row.switch_id} is {row.stage.replace('_', ' ')}: only a completed switch can be taken "
            "back.",
            remedy=f"`planswitch switch show {row.switch_id}` tells where it stands.",
            switch_id=row.switch_id,
        )
        question = {"organization_id": row.organization_id, "switch_back_of": row.switch_id}
        _record(tools, question, refused, actor=actor)
        raise refused
    first = first_switch(tools.store, row.organization_id, row.switch_id)
    return first.terms(
        quantity=options.quantity,
        payment_method=options.payment_method,
        acknowledgments=options.acknowledgments,
        caller=options.caller,
    )


def require_switch_back(
    tools: Tools, terms: SwitchTerms, *, now: datetime, actor: str, switch_id: str = ""
) -> None:
    """Refuse terms that take a switch back which may not be taken back, or that lead elsewhere.

    What the rules refuse is recorded in the assessment log (switch#assessment).

    Args:
        tools: What use cases work with.
        terms: Of any switch.
        now: When it is asked.
        actor: Who asks.
        switch_id: The switch that would begin; "": only a quote is asked for.

    Raises:
        SwitchBackRefused: It has not completed, was taken back or overtaken, or its window is over.
        NotEligible: NO_WAY_BACK.
        InvalidInput: They are not the terms of its switch back.
    """
    if terms.switch_back_of is None:
        return
    first = first_switch(tools.store, terms.organization_id, terms.switch_back_of)
    try:
        require_open(first, tools.catalog, now=now)
    except REFUSALS as refused:
        _record(tools, asked_facts(terms), refused, actor=actor, switch_id=switch_id)
        raise
    require_terms(first, terms)


def _record(
    tools: Tools,
    question: Mapping[str, object],
    refused: PlanSwitchError,
    *,
    actor: str,
    switch_id: str = "",
) -> None:
    """Record a refusal that comes before anything is assessed."""
    key = str(uuid4())
    meta = Meta(
        switch_id=switch_id,
        organization_id=str(question["organization_id"]),
        actor=actor,
        reason="no quote",
        causation=f"assessment:{key}",
    )
    subject = refusal_facts(question, refused)
    at = datetime.now(tz=UTC)
    tools.store.record_assessment(
        assessed(key, subject=subject, quote=None, accepted=False, at=at, meta=meta)
    )


def back_advice(tools: Tools, row: SwitchRow) -> BackAdvice | None:
    """Return whether a switch may be taken back now; None: it has not completed, or can't be read.

    Args:
        tools: What use cases work with.
        row: The switch as the board shows it.
    """
    if row.outcome != Stage.COMPLETED:
        return None
    try:
        first = first_switch(tools.store, row.organization_id, row.switch_id)
        return advice_on(first, tools.catalog, now=datetime.now(tz=UTC))
    except (PlanSwitchError, *UNREADABLE):
        # It stands beside the switch, and hides nothing of it.
        return None


def advice_on(first: FirstSwitch, catalog: Catalog, *, now: datetime) -> BackAdvice:
    """Return whether a completed switch may be taken back.

    Args:
        first: The switch as the record has it.
        catalog: Names of plans and their families.
        now: When it is asked.

    Raises:
        PlanSwitchError: The record lacks what decides it, such as the request of that switch.
    """
    # Read first: what the record lacks is no refusal of the rules.
    until = first.until
    try:
        require_open(first, catalog, now=now)
    except PlanSwitchError as refused:
        return BackAdvice(
            is_allowed=False,
            until=until,
            why_not=refused.message,
            remedy=refused.remedy,
            is_taken_back=refused.code == REPEATED,
        )
    return BackAdvice(is_allowed=True, until=until, why_not="", remedy="")
