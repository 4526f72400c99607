"""Commands that are printed for whoever goes on: they are copied as they stand (rules#licenses-only)."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from audit.autopsy.costs import Cost
from audit.story.holdings import MoneyAndOrder, Users
from cli.audit.explain import explanation_lines
from cli.audit.show import story
from cli.switch.owned_text import owned_targets
from cli.text.output import COLUMNS_DEFAULT, with_ids
from domain.reasons.reasons import LICENSES_ONLY

AT = datetime(2026, 12, 1, tzinfo=UTC)
ORGANIZATION = "6b17dfc1-0fef-587e-bcdc-ff672d0f1971"
SOURCE = "88a6ce95-8025-5229-aa2f-9feb3a43eeab"
E3, E5 = "ae12c5de-d81b-599f-bda0-676c3e4b62a3", "be12c5de-d81b-599f-bda0-676c3e4b62a3"


def _target(plan: str, subscription_id: str, *, is_possible: bool = True, **more: Any) -> Any:
    facts = {
        "target_plan": plan,
        "subscription_id": subscription_id,
        "free": 30,
        "services_lost": (),
        "eligible": {LICENSES_ONLY: is_possible},
        "acknowledgments_missing": (),
        "reasons": (),
    }
    return SimpleNamespace(**(facts | more))


def _lines(*targets: Any, rule_set: str = "") -> list[str]:
    answer: Any = SimpleNamespace(
        plan="Office 365 E1",
        users=30,
        organization_id=ORGANIZATION,
        subscription_id=SOURCE,
        targets=targets,
    )
    return owned_targets(answer, rule_set)


def _commands(lines: list[str]) -> list[list[str]]:
    """Return the words of each command as a shell reads it."""
    text = "\n".join(lines).replace("\\\n", " ")
    return [shlex.split(each) for each in text.splitlines() if each.startswith("planswitch ")]


def test_the_next_commands_have_every_id_in_its_place() -> None:
    """Preview and start name organization, what is left and what receives the users: nobody fills in any."""
    lines = _lines(_target("Office 365 E3", E3), _target("Office 365 E5", E5))
    ids = [ORGANIZATION, "--licenses-only", "--subscription", SOURCE, "--to-subscription", E3]

    assert _commands(lines) == [
        ["planswitch", "switch", "preview", *ids, "--csv", "preview.csv"],
        ["planswitch", "switch", "start", *ids],
    ]
    assert max(map(len, lines)) <= COLUMNS_DEFAULT
    assert not {"ORGANIZATION", "SUBSCRIPTION", "ID"} & set(" ".join(lines).split())
    assert "For another plan put its id behind --to-subscription." in lines


def test_what_is_not_possible_is_not_offered_as_a_command() -> None:
    """The first plan that is possible is taken, with the rules that were asked for; none gives no command."""
    blocked = _target("Office 365 E3", E3, is_possible=False)
    lines = _lines(blocked, _target("Office 365 E5", E5), rule_set="2020")

    assert all(E5 in each and "--rule-set" in each for each in _commands(lines))
    assert _commands(_lines(blocked)) == []


def test_what_has_to_be_confirmed_stands_below() -> None:
    """Nobody confirms by copying: the option is told, and not put into the command."""
    lines = _lines(_target("Office 365 E3", E3, acknowledgments_missing=("backup_done",)))

    assert not [each for each in _commands(lines) if "--acknowledge" in each]
    assert "--acknowledge backup_done" in " ".join(" ".join(lines).split())


def test_commands_of_remedies_have_the_ids_that_are_known() -> None:
    """Words outside of commands stay, and so does what is not known."""
    text = "ORGANIZATION: see `planswitch switch targets ORGANIZATION --subscription SUBSCRIPTION`."

    assert with_ids(text, "contoso", "s-1") == (
        "ORGANIZATION: see `planswitch switch targets contoso --subscription s-1`."
    )
    assert "SUBSCRIPTION" in with_ids(text, "contoso", "")
    assert with_ids(text, "", "") == text


def _section(lines: list[str], title: str) -> str:
    begin = lines.index(title)
    return " ".join(" ".join(lines[begin : lines.index("", begin)]).split())


def test_the_audit_of_licenses_only_says_that_no_money_moves() -> None:
    """In place of an order, a charge and a bill that are none (audit#what-audit-show-shows)."""
    listed = ("open_points", "findings", "workflow_troubles", "locks", "waits", "refusals", "steps", "events")
    verdict = SimpleNamespace(
        has_ended=True, outcome="completed", at=AT, sentence="Completed.", code="", step="", what_to_do=""
    )
    answer: Any = SimpleNamespace(
        switch_id="switch",
        organization_id=ORGANIZATION,
        verdict=verdict,
        users=Users(total=5, moved=5),
        money=MoneyAndOrder(licenses_only=True),
        journal=SimpleNamespace(postings=()),
        **dict.fromkeys(listed, ()),
    )

    assert _section(story(answer), "USERS") == (
        "USERS users 5 on the roster: 5 moved, 0 failed money none moves: nothing is ordered, cancelled, "
        "billed or credited; both plans are owned"
    )


def test_what_licenses_only_cost_is_time() -> None:
    """An explanation names no order that was not placed."""
    cost = Cost(
        seconds=60.0,
        waited=(),
        attempts_lost=0,
        calls_failed=0,
        charged=None,
        credited=None,
        forfeited=None,
        order_id="",
        is_order_voided=False,
        open_effects=(),
        licenses_only=True,
    )
    first = SimpleNamespace(
        sentence="All is well.", code="", step="", since=AT, party="nobody", remedy="", evidence=()
    )
    listed = ("obstacles", "trials", "users", "promises", "options", "answers")
    answer: Any = SimpleNamespace(
        switch_id="switch",
        organization_id=ORGANIZATION,
        has_ended=True,
        outcome="completed",
        at=AT,
        first_cause=first,
        cost=cost,
        answers_left_out=0,
        **dict.fromkeys(listed, ()),
    )
    told = _section(explanation_lines(answer), "COST")

    assert "money none moves" in told
    assert " charged " not in told
