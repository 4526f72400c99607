"""Every remedy names what is taken where it is told: a switch never sends to what it refuses itself.

One table: what may be told, where the switch stands when somebody reads it, and each command of it asked of
the rule that lets it through or refuses it (rules#reasons, rules#operator-controls, products#acts).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from activities.cancellation.reduction import REDUCE_OR_RETURN
from domain.kernel.errors import AdministrationIsLocked, SwitchInProgress
from domain.licenses.group_licenses import LicensingGroupBlocked, MemberTally, require_free_licenses
from domain.licenses.license_failures import LICENSE_FAILURES, remedy_before_order, remedy_by_hand
from domain.operator import manual_steps
from domain.operator.alarms import ALARMS, CREDIT_CHECK, NO_WAY_ON, STILL_SWITCHING
from domain.operator.amendment import QUANTITY_RULES, TOO_FEW_LICENSES, no_amendment
from domain.operator.operator_commands import (
    advice_on_wait,
    credit_commands,
    operator_commands,
    remedy_now,
    way_out,
)
from domain.organizations.organization import Organization
from domain.ports.product_port import ProductAct
from domain.products.product_acts import ActQuestion, require_free
from domain.reasons.reasons import (
    AT,
    BEFORE_CANCELLATION,
    BEFORE_FIRST_MOVE,
    EVENT,
    MANUAL,
    REASONS,
    reason_words,
    seller_wording,
    wording_of_stage,
)
from domain.reasons.wordings import AMENDED
from domain.switch.control_events import SwitchPaused
from domain.switch.return_events import ROLL_BACK
from domain.switch.stage import AMENDABLE, LIVE, PAUSABLE, TERMINAL, Stage
from domain.switch.stage_words import RESUME, remedy_of
from domain.switch.switch_state import SwitchState
from tests.support.remedies.told import commands_in, options_in
from tests.support.stories.aggregate_stories import advance, at, meta_of, source_at
from tests.support.stories.samples import ORGANIZATION_ID, SWITCH_ID

#: Only look, or are about nothing that a switch locks.
ALWAYS = re.compile(
    r"(?:switch (?:show|list|users|targets|next|read-notice)|audit show|support bundle|product (?:list|show)"
    r"|catalog \w+|schedule list|doctor)\b.*"
)
ACTS = {"pay": ProductAct.PAY, "reactivate": ProductAct.REACTIVATE, "resize": ProductAct.RESIZE}
ACTS |= {"cancel": ProductAct.CANCEL, "buy": ProductAct.BUY, "reconcile": ProductAct.RESIZE}
#: What is said before a command that only an ended switch takes.
LATER = "Once the switch has completed"
PROMISE: dict[str, Any] = {"promised_end": at(600), "at": at(), "meta": meta_of()}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where a switch stands when a remedy of it is read."""

    #: "": nobody has asked for a switch, or it was taken back.
    stage: str = ""
    is_paused: bool = False

    @property
    def state(self) -> SwitchState | None:
        """Return the switch as it is recorded."""
        if not self.stage:
            return None
        source = source_at(self.stage)
        if self.is_paused:
            advance(source, SwitchPaused)
        return source.switch(SWITCH_ID)

    @property
    def organization(self) -> Organization:
        """Return the organization, with every lock that the switch may have there."""
        organization = Organization.register(ORGANIZATION_ID, at=at(), meta=meta_of())
        if self.stage in LIVE:
            organization.reserve_switch(SWITCH_ID, source_stream_id="s", **PROMISE)
            # By rule set 2020 it is locked from the credit check on.
            organization.lock_administration(SWITCH_ID, **PROMISE)
        return organization


NOBODY_ASKED = Moment()


def is_taken(command: str, moment: Moment) -> bool:
    """Return whether a command, without the name of the program, is taken at a moment."""
    words, state = command.split(), moment.state
    if ALWAYS.fullmatch(command):
        return True
    if words[0] == "product":
        return _is_act_taken(words, moment)
    if words[0] == "license":
        return not _is_refused(moment.organization.require_administration_free)
    if state is None:
        return False
    if words[0] == "credit":
        taken = {each.command for each in credit_commands(state, at(1)) if each.is_allowed}
        # To give up the order is a cancel.
        return set(words[1].split("|")) <= {*taken, "void"} and _takes(state, "cancel")
    return words[0] == "switch" and _takes(state, words[1])


def _takes(state: SwitchState, command: str) -> bool:
    name = {"rollback": ROLL_BACK}.get(command, command)
    return name in {each.command for each in operator_commands(state) if each.is_allowed}


def _is_act_taken(words: list[str], moment: Moment) -> bool:
    """Return whether an act is let through: on the subscription that is left, or on another one."""
    act, is_own = ACTS[words[1]], "SUBSCRIPTION" in words
    question = ActQuestion(act=act, request_id="r-1", subscription_id="source" if is_own else "other")

    def ask() -> None:
        require_free(
            moment.organization,
            question,
            is_less=act in {ProductAct.CANCEL, ProductAct.RESIZE},
            is_moved=is_own,
            is_needed=is_own,
        )

    return not _is_refused(ask)


def _is_refused(ask: Any) -> bool:
    try:
        ask()
    except (AdministrationIsLocked, SwitchInProgress):
        return True
    return False


def refused_in(remedy: str, moment: Moment) -> list[str]:
    """Return what a remedy names that is refused at a moment."""
    refused = []
    for sentence in re.split(r"(?<=\.) ", remedy):
        when = NOBODY_ASKED if sentence.startswith(LATER) else moment
        refused += [each for each in commands_in(sentence) if not is_taken(each, when)]
    # An option is one of a request that is asked anew.
    return refused + (options_in(remedy) if moment.state is not None else [])


def moment_of(code: str, stage: str, mode: str) -> Moment:
    """Return where a switch stands that meets a reason before a step of it (switch#assessment)."""
    if stage == BEFORE_CANCELLATION:
        return Moment(stage=Stage.HELD)
    waits = REASONS[code].retry in {EVENT, AT}
    # What an automatic switch does not wait for takes it back; by hand the step is started again.
    is_there = stage == BEFORE_FIRST_MOVE and (waits or mode == MANUAL)
    return Moment(stage=Stage.READY) if is_there else NOBODY_ASKED


def told_reasons() -> Iterator[tuple[str, str, str, str]]:
    """Yield each reason that stops a mode before a step of it: code, stage, mode and name of its words."""
    for code, row in REASONS.items():
        for stage in row.stages:
            for mode in row.blocks:
                yield code, stage, mode, wording_of_stage(code, stage, mode)
                yield code, stage, mode, seller_wording(code, stage, mode)


#: They can't come about in a switch that runs: it holds the place itself, and a purchase's check is no block.
NEVER_INSIDE = {"SWITCH_IN_PROGRESS", "CREDIT_CHECK_PENDING"}
#: An automatic switch waits for its renewal a day at most, and is taken back if that is later.
TAKEN_BACK = {"SOURCE_NOT_CANCELLABLE"}


@pytest.mark.parametrize(("code", "stage", "mode", "wording"), list(told_reasons()))
def test_a_reason_names_what_is_taken_where_it_is_met(code: str, stage: str, mode: str, wording: str) -> None:
    """Before the request, before the first move and before the cancellation, ours and the seller's."""
    moment = moment_of(code, stage, mode)
    if code in NEVER_INSIDE or (code in TAKEN_BACK and stage == BEFORE_FIRST_MOVE):
        moment = NOBODY_ASKED

    remedy = reason_words(code, wording, {}).remedy

    assert remedy, f"{code} has no words {wording}"
    assert refused_in(remedy, moment) == []


@pytest.mark.parametrize("code", [*QUANTITY_RULES, TOO_FEW_LICENSES])
def test_a_refused_amendment_names_what_a_running_switch_takes(code: str) -> None:
    """Nothing is ordered anew in a switch that runs: another number is, or what comes after it."""
    remedy = reason_words(code, AMENDED, {"users": 9, "purchased": 9, "cap": 9}).remedy

    for stage in AMENDABLE:
        assert refused_in(remedy, Moment(stage=stage)) == []


@pytest.mark.parametrize("is_paused", [False, True])
@pytest.mark.parametrize("stage", sorted(LIVE | TERMINAL))
def test_what_a_stage_tells_is_taken_in_it(stage: str, *, is_paused: bool) -> None:
    """Its own words, those of a step that waits, of a way out, and of each user who was not moved."""
    if is_paused and stage not in PAUSABLE:
        return
    moment = Moment(stage=stage, is_paused=is_paused)
    state = moment.state
    assert state is not None
    told = [remedy_of(stage), way_out(state), advice_on_wait(state) if stage in LIVE else ""]
    told += [remedy_now(each.remedy, state) for each in LICENSE_FAILURES.values()]
    told += [RESUME] if is_paused else []
    told += [ALARMS[STILL_SWITCHING].what_to_do] if stage in LIVE else []
    told += [ALARMS[CREDIT_CHECK].what_to_do] if stage == Stage.CREDIT_OVERDUE else []

    assert {each: refused for each in told if (refused := refused_in(each, moment))} == {}


@pytest.mark.parametrize(
    "told",
    [REDUCE_OR_RETURN, manual_steps.HELD, ALARMS[NO_WAY_ON].what_to_do],
    ids=["reduction", "step", "alarm"],
)
def test_what_a_hold_tells_is_taken_in_it(told: str) -> None:
    """A hold leads to a retry or back, and never to an act that its own locks refuse."""
    assert commands_in(told)
    assert refused_in(told, Moment(stage=Stage.HELD)) == []


@pytest.mark.parametrize("stage", sorted(LIVE))
def test_a_group_that_lacks_licenses_tells_how_to_get_them(stage: str) -> None:
    """While the switch can be amended it orders more; on the way back, and after it, only the seller does."""
    moment = Moment(stage=stage)
    state = moment.state
    assert state is not None
    tally = MemberTally(group_id="g", from_plan="a", to_plan="b", needing=3)

    with pytest.raises(LicensingGroupBlocked) as blocked:
        require_free_licenses(tally, 1, is_amendable=not no_amendment(state))

    assert refused_in(blocked.value.remedy, moment) == []
    assert ("switch amend" in blocked.value.remedy) == (stage in AMENDABLE)


@pytest.mark.parametrize("code", sorted(LICENSE_FAILURES))
def test_a_failure_outside_of_a_switch_names_no_command_of_one(code: str) -> None:
    """In a quote nothing is retried or amended yet; a license by hand concerns no switch."""
    for remedy in (remedy_before_order, remedy_by_hand):
        told = remedy(LICENSE_FAILURES[code].remedy)
        assert refused_in(told, NOBODY_ASKED) == []
        assert "then retry" not in told


def test_the_table_itself_finds_a_remedy_that_is_refused() -> None:
    """What was told before: a resize in an amendment, a cancellation under the lock of the switch."""
    held = Moment(stage=Stage.HELD)
    for code in ("MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT", "LICENSE_REMOVAL_IN_SWITCH", "TOO_FEW_LICENSES"):
        assert refused_in(reason_words(code, "", {"users": 9}).remedy, held)
    assert all(not refused_in(reason_words(code, "", {}).remedy, NOBODY_ASKED) for code in REASONS)
