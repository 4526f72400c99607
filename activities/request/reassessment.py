"""Eligibility asked again inside a running switch: before the first license, before cancellation.

The switch's own locks do not count. Each look is an event of the assessment log, whatever it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from activities.assessment.circumstances import came_from_source
from activities.assessment.owned_plans import look
from activities.assessment.preparation import not_eligible
from activities.base.step import Step
from activities.contract import DAY_SECONDS
from activities.request.eligibility import question_of
from domain.eligibility.assessment import assessed
from domain.eligibility.eligibility import Assessment
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotEligible, NotReadyYet
from domain.operator.amendment import licenses_ordered
from domain.ports.seller_port import SubscriptionState
from domain.quote.overlap import OVERLAP
from domain.reasons.reasons import AT, BEFORE_FIRST_MOVE, EVENT, Reason
from domain.switch.events import QuoteFixed, ReplacementOrdered, SwitchRequested

#: Kinds of retry after which nobody has to do anything.
CLEARS_BY_ITSELF = frozenset({EVENT, AT})
#: How the old plan stands that was cancelled.
CANCELLED = frozenset({SubscriptionState.GRACE, SubscriptionState.ENDED})
#: A switch that something blocks again is looked at this often.
LOOK_AGAIN_SECONDS = 300.0


def reassess(step: Step, stage: str) -> Assessment:
    """Assess the switch once more with the facts of now, and record the answer (switch#assessment).

    Args:
        step: The step that is about to do what can't be taken back.
        stage: before_first_move or before_cancellation.

    Raises:
        NotEligible: A reason blocks the mode; every one is in the details under `reasons`. After the first
            move it must hold the switch, never fail it.
    """
    terms = replace(step.order, quantity=_quantity(step), acknowledgments=_acknowledged(step))
    question = replace(question_of(terms), stage=stage)
    organization = step.store.organization(step.order.organization_id)
    facts = look(
        step.cloud,
        organization,
        step.catalog,
        question,
        now=step.at,
        came_from_plan_id=came_from_source(step.store, organization, step.seen_source()),
        store=step.store,
    )
    answer = facts.assessment
    _record(step, answer)
    if answer.blocking(terms.way):
        raise not_eligible(answer, terms.way)
    return answer


def require_eligible_to_move(step: Step) -> None:
    """Assess before the first license moves; what may clear by itself is waited for (switch#assessment).

    A switch that the cloud has already come through goes on.

    Raises:
        NotReadyYet: Every reason clears by an event or with time, such as an incident of a service.
        NotEligible: Something has to be mended or never clears: the switch is taken back.
    """
    try:
        reassess(step, BEFORE_FIRST_MOVE)
    except NotEligible as error:
        reasons: Sequence[Reason] = error.details["reasons"]
        if _is_through(step, error.details["assessment"], reasons):
            return
        if not all(_clears_soon(each, now=step.at) for each in reasons):
            raise
        raise NotReadyYet(
            error.message,
            retry_after_seconds=LOOK_AGAIN_SECONDS,
            remedy="The switch looks again by itself.",
            awaited=_awaited(reasons, until=step.begun_at + timedelta(seconds=DAY_SECONDS)),
        ) from error


def _is_through(step: Step, answer: Assessment, reasons: Sequence[Reason]) -> bool:
    """Return whether the cloud is where the switch leads: a restored record is behind it.

    The old plan is cancelled and nobody is on it, and users work with the plan that the switch has ordered.
    To take that back would leave them without a license (backup#what-may-be-lost).
    """
    facts = answer.input
    assigned = {each.plan_id: each.assigned for each in facts.subscribed}
    return (
        {each.code for each in reasons} == {"SUBSCRIPTION_NOT_ACTIVE"}
        and facts.source.state in CANCELLED
        and not facts.source.has_run_out
        and step.state_of(step.seen_source()).has(ReplacementOrdered)
        and not assigned.get(facts.source.plan_id, 0)
        and assigned.get(facts.target_plan_id, 0) > 0
    )


def _awaited(reasons: Sequence[Reason], *, until: datetime) -> Awaited:
    """Return what is waited for where every reason clears by itself."""
    remedies = " ".join(dict.fromkeys(each.remedy for each in reasons))
    return Awaited(
        party=Party.SWITCH,
        action="find that nothing blocks the switch any more",
        names=tuple(f"{each.code}: {each.message}" for each in reasons),
        remedy=f"{remedies} It looks again by itself every {LOOK_AGAIN_SECONDS / 60:.0f} minutes; "
        "`planswitch switch cancel SWITCH --reason …` takes the switch back, and so does the switch itself "
        f"at {until:%Y-%m-%d %H:%M} UTC.",
        until=until,
    )


def _clears_soon(reason: Reason, *, now: datetime) -> bool:
    """Return whether nobody has to do anything, and the reason may be gone before the step's time is over."""
    if reason.retry.at is not None and reason.retry.at > now + timedelta(seconds=DAY_SECONDS):
        return False
    return reason.retry.kind in CLEARS_BY_ITSELF


def _acknowledged(step: Step) -> tuple[str, ...]:
    """Return what was confirmed; an overlap counts only where the accepted quote has one."""
    acknowledgments = step.order.acknowledgments
    fixed = step.state_of(step.source()).of(QuoteFixed)
    if fixed is not None and "overlap" in fixed.quote:
        return acknowledgments
    return tuple(each for each in acknowledgments if each != OVERLAP)


def _quantity(step: Step) -> int | None:
    """Return the licenses that are ordered by now."""
    state = step.state_of(step.seen_source())
    requested = state.of(SwitchRequested)
    return licenses_ordered(state) or (requested.quantity if requested else step.order.quantity)


def _record(step: Step, answer: Assessment) -> None:
    step.store.record_assessment(
        assessed(
            f"{answer.stage}:{step.order.switch_id}:{step.at.isoformat()}",
            subject=answer.as_facts(),
            quote=None,
            accepted=answer.is_eligible,
            at=step.at,
            meta=step.meta(),
        )
    )
