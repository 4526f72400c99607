"""Whether a completed switch may be taken back by a new one, and what the new one asks (rules#switch-back).

The new switch leaves the subscription that the first one ordered, for the plan that the first one left, and
gives users the settings that the first one's roster has. Until when it may be asked for, the rule set of the
first switch decides: the rules of its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.catalog.catalog import Catalog
from domain.catalog.rule_sets import RuleSet, rule_set
from domain.kernel.errors import InvalidInput, NotEligible, PlanSwitchError
from domain.kernel.facts import as_plain
from domain.reasons.reasons import AUTOMATIC, MANUAL, reason
from domain.requests.terms import TERM_CYCLES, SwitchTerms
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from domain.switch.move_events import SwitchCompleted
from domain.switch.stage import Stage
from domain.switch.switch_state import SwitchState

#: Why a switch can't be taken back.
NOT_COMPLETED = "SWITCH_NOT_COMPLETED"
CLOSED = "SWITCH_BACK_CLOSED"
REPEATED = "SWITCH_BACK_REPEATED"
OVERTAKEN = "SWITCH_OVERTAKEN"
#: Users who move without settings of before keep what they have switched off.
KEEP = "keep"
_TAKEN_BACK = "switch_back_of"
#: Terms that tell of a refused request what was asked; who asked is in the record's own words.
_ASKED = (
    *("organization_id", "source_subscription_id", "target_plan_id", "mode", "quantity", "selected"),
    *("payment_method", "rule_set", "switch_back_of"),
)
_LOOK = "`planswitch switch show {switch_id}` tells where it stands."
_NEW_SWITCH = "Start a new switch to the plan that is wanted: `planswitch switch targets` lists them."
_NEW_OWNED = (
    "Start a new switch to the old plan: `planswitch switch targets ORGANIZATION --licenses-only "
    "--subscription SUBSCRIPTION` lists it."
)


class SwitchBackRefused(PlanSwitchError):
    """A switch can't be taken back by a new one; nothing was changed (rules#switch-back)."""

    code = CLOSED

    def __init__(self, code: str, message: str, *, remedy: str, **details: Any) -> None:
        super().__init__(message, remedy=remedy, **details)
        self.code = code


#: What the rules refuse of a switch back; it is recorded as other refusals are.
REFUSALS = (SwitchBackRefused, NotEligible)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstSwitch:
    """The switch that is to be taken back, as the record has it."""

    switch_id: str
    organization_id: str
    #: The subscription that it left, and the one that it ordered; None: it ordered none.
    source: Subscription
    target: Subscription | None

    @property
    def state(self) -> SwitchState:
        """Return where it stands."""
        return self.source.switch(self.switch_id)

    @property
    def requested(self) -> SwitchRequested:
        """Return what was asked of it."""
        return self.state.require(SwitchRequested)

    @property
    def rules(self) -> RuleSet:
        """Return the rule set by which it was made."""
        return rule_set(self.requested.rule_set)

    @property
    def until(self) -> datetime | None:
        """Return until when it may be taken back; None: it has not completed, or it never may."""
        completed, days = self.state.of(SwitchCompleted), self.rules.switch_back_days
        return completed.timestamp + timedelta(days=days) if completed and days is not None else None

    @property
    def licenses_before(self) -> int:
        """Return how many licenses of the old plan were left: all, or one for each selected user."""
        return int(self.requested.order.get("selected") or self._source_facts["quantity"])

    @property
    def _source_facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = self.requested.assessment["inputs"]["source"]
        return facts

    def terms(self, **options: Any) -> SwitchTerms:
        """Return the terms of the switch that takes this one back.

        Nothing that was confirmed for this one counts for the other: it may be weeks old.

        Args:
            options: What an operator chose; None takes what was before, or the default.

        Raises:
            SwitchBackRefused: It has not completed: there is nothing to leave.
        """
        target = self._ordered()
        order, before = self.requested.order, self._source_facts
        chosen = {name: value for name, value in options.items() if value is not None}
        confirmed = chosen.pop("acknowledgments", ())
        if self.state.is_licenses_only:
            return self._owned_terms(confirmed, chosen)
        return SwitchTerms(
            organization_id=self.organization_id,
            source_subscription_id=target.subscription_id,
            target_plan_id=self.source.plan_id,
            acknowledgments=tuple(dict.fromkeys(confirmed)),
            **{
                "quantity": self._quantity(target),
                "payment_method": self.requested.payment_method,
                "service_settings": KEEP,
                "rule_set": self.requested.rule_set,
                "switch_back_of": self.switch_id,
                **_sold_as(before, is_chosen=bool(order.get("term") or order.get("billing_cycle"))),
                **chosen,
            },
        )

    def _owned_terms(self, confirmed: tuple[str, ...], chosen: Mapping[str, Any]) -> SwitchTerms:
        """Return the terms back to a plan that is owned still: nothing is ordered for it either."""
        return SwitchTerms(
            organization_id=self.organization_id,
            source_subscription_id=self._ordered().subscription_id,
            target_plan_id=self.source.plan_id,
            target_subscription_id=self.source.subscription_id,
            licenses_only=True,
            acknowledgments=tuple(dict.fromkeys(confirmed)),
            **{
                "service_settings": KEEP,
                "rule_set": self.requested.rule_set,
                "switch_back_of": self.switch_id,
                **chosen,
            },
        )

    def _ordered(self) -> Subscription:
        if self.target is None or self.state.stage != Stage.COMPLETED:
            raise _not_completed(self)
        return self.target

    def _quantity(self, target: Subscription) -> int:
        """Return as many licenses as before; never fewer than now where a switch removes none."""
        before = self.licenses_before
        return before if self.rules.is_right_sizing else max(before, target.quantity)


def _sold_as(before: dict[str, Any], *, is_chosen: bool) -> dict[str, str]:
    """Return term and billing cycle of the old subscription, where the first switch had chosen others."""
    term, cycle = before.get("term", ""), before.get("billing_cycle", "")
    if not is_chosen or cycle not in TERM_CYCLES.get(term, ()):
        return {}
    return {"term": term, "billing_cycle": cycle}


def require_open(first: FirstSwitch, catalog: Catalog, *, now: datetime, own_switch_id: str = "") -> None:
    """Refuse a switch back that may not be (rules#switch-back).

    Args:
        first: The switch that is to be taken back.
        catalog: Names of plans and their families.
        now: When it is asked for.
        own_switch_id: The switch that asks, if it is recorded already.

    Raises:
        SwitchBackRefused: The first switch has not completed, was taken back before, was overtaken by a later
            switch, or its window is over.
        NotEligible: NO_WAY_BACK, by the rule set of the first switch.
    """
    state = first.state
    if state.stage != Stage.COMPLETED or first.target is None:
        raise _not_completed(first)
    for switch_id, each in first.target.switches.items():
        if switch_id != own_switch_id and _has_left_since(first, each):
            raise _left_since(first, switch_id, each)
    _require_way_back(first, catalog, now)
    _require_in_time(first, now)


def require_terms(first: FirstSwitch, terms: SwitchTerms) -> None:
    """Refuse terms that do not take the first switch back.

    Raises:
        InvalidInput: Subscription, plan, rule set or services are others than its switch back has; it names a
            subscription to go back to, or is by hand although everyone moves.
    """
    wanted = first.terms()
    for name in ("source_subscription_id", "target_plan_id", "rule_set", "service_settings"):
        value, allowed = getattr(terms, name), getattr(wanted, name)
        if str(value).lower() != str(allowed).lower():
            raise InvalidInput(field=name, value=value, allowed=str(allowed))
    if terms.licenses_only != wanted.licenses_only:
        allowed = "true" if wanted.licenses_only else "nothing"
        raise InvalidInput(
            field="licenses_only", value=terms.licenses_only, allowed=f"{allowed}, as the switch was made"
        )
    if wanted.licenses_only:
        _require_same_id(terms.target_subscription_id, wanted.target_subscription_id)
    elif terms.target_subscription_id:
        raise InvalidInput(
            field="target_subscription_id",
            value=terms.target_subscription_id,
            allowed="nothing with switch_back_of",
            remedy="A switch back orders the plan of before anew: leave the subscription out.",
        )
    # By hand it leaves the others, and what it moves is selected (rules#leaving-the-others).
    mode = MANUAL if terms.selection else AUTOMATIC
    if terms.mode != mode:
        raise InvalidInput(
            field="mode",
            value=terms.mode,
            allowed=f"{mode} with switch_back_of",
            remedy="Everyone is taken back by itself; by hand alone whom `--leave-others` selects.",
        )


def _require_same_id(value: str | None, allowed: str | None) -> None:
    if (value or "").casefold() != (allowed or "").casefold():
        raise InvalidInput(field="target_subscription_id", value=value, allowed=str(allowed))


def asked_facts(terms: SwitchTerms) -> dict[str, Any]:
    """Return what was asked of a switch back, for the record of its refusal."""
    return {name: getattr(terms, name) for name in _ASKED}


def refusal_facts(question: Mapping[str, object], refused: PlanSwitchError) -> dict[str, Any]:
    """Return the subject of a refusal in the assessment log (switch#assessment).

    It comes before the rules are asked: the subscription to leave may be gone by then.

    Args:
        question: What was asked (`asked_facts`).
        refused: Why it may not be.
    """
    answer = {
        "is_eligible": False,
        "code": refused.code,
        "message": refused.message,
        "remedy": refused.remedy,
    }
    return {
        "inputs": dict(question),
        "answer": {**answer, "reasons": as_plain(tuple(refused.details.get("reasons", ())))},
    }


def _not_completed(first: FirstSwitch) -> SwitchBackRefused:
    stage = first.state.stage
    return SwitchBackRefused(
        NOT_COMPLETED,
        f"Switch {first.switch_id} is {stage.replace('_', ' ')}: only a completed switch can be taken back.",
        remedy=_LOOK.format(switch_id=first.switch_id),
        switch_id=first.switch_id,
    )


def _has_left_since(first: FirstSwitch, other: SwitchState) -> bool:
    """Return whether a switch has left the subscription that the first one led to, after that one.

    What is owned may have been left before, as by the switch that a switch back takes back. One that took
    some users of another switch back has moved nobody of the first one.
    """
    if other.stage != Stage.COMPLETED:
        return False
    requested = other.require(SwitchRequested)
    is_later = requested.timestamp >= first.requested.timestamp
    takes_back = requested.order.get(_TAKEN_BACK)
    is_of_others = bool(requested.order.get("selection")) and takes_back not in (None, first.switch_id)
    return is_later and not is_of_others


def _left_since(first: FirstSwitch, later_id: str, later: SwitchState) -> SwitchBackRefused:
    """Return the refusal that names the switch that left the new subscription since."""
    requested = later.require(SwitchRequested)
    if requested.order.get(_TAKEN_BACK) == first.switch_id:
        is_partial = bool(requested.order.get("selection"))
        some = ", for the users whom that one selected; the others stayed" if is_partial else ""
        rest = f" Those who stayed need a switch of their own. {_NEW_SWITCH}" if is_partial else ""
        return SwitchBackRefused(
            REPEATED,
            f"Switch {first.switch_id} was taken back already, by switch {later_id}{some}.",
            remedy=f"To undo that, take switch {later_id} back: `planswitch switch back {later_id}`.{rest}",
            switch_id=later_id,
        )
    led, anew = "ordered", ""
    if first.state.is_licenses_only:
        # Nothing was ordered, and users may be on that subscription again: no record tells who of them.
        led, anew = "led to", f" Where that is done, this one stays overtaken. {_NEW_OWNED}"
    return SwitchBackRefused(
        OVERTAKEN,
        f"Switch {first.switch_id} was overtaken: switch {later_id} has left the subscription that it {led}.",
        remedy=f"Take switch {later_id} back first: `planswitch switch back {later_id}`.{anew}",
        switch_id=later_id,
    )


def _require_way_back(first: FirstSwitch, catalog: Catalog, now: datetime) -> None:
    """Refuse the way back across service families where the rule set has none (NO_WAY_BACK)."""
    before, after = catalog.plan(first.source.plan_id), catalog.plan(first.requested.target_plan_id)
    if first.rules.has_way_back or before.service_family == after.service_family:
        return
    why = reason("NO_WAY_BACK", {"source": after.name, "target": before.name}, now=now)
    raise NotEligible(why.message, remedy=why.remedy, reasons=(why,))


def _require_in_time(first: FirstSwitch, now: datetime) -> None:
    days, until = first.rules.switch_back_days, first.until
    if days is None or until is None:
        raise SwitchBackRefused(
            CLOSED,
            f"Switch {first.switch_id} was made by rule set {first.rules.name}, which has no switch back.",
            remedy=_NEW_SWITCH,
            switch_id=first.switch_id,
        )
    if now > until:
        raise SwitchBackRefused(
            CLOSED,
            f"Switch {first.switch_id} could be taken back until {until:%Y-%m-%d %H:%M} UTC, {days} days "
            "after it had completed.",
            remedy=_NEW_SWITCH,
            switch_id=first.switch_id,
        )
