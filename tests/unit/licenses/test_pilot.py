"""Who moves first by a group's members, and what the record keeps of it (rules#pilot-group)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from activities.assessment.circumstances import SwitchQuestion
from activities.contract import SwitchOrder
from cli.switch.quote_text import pilot_lines
from domain.kernel.errors import InvalidInput
from domain.licenses.pilot import (
    PilotCount,
    PlannedPilot,
    require_pilot_fits,
    require_soaked_pilot,
    unknown_group,
)
from domain.ports.directory_port import DirectoryUser, HeldLicense
from domain.requests.terms import SwitchOptions
from domain.switch.move_events import LicenseMoveStarted

PLAN, OTHER, GROUP = "plan", "other", "11111111-2222-4333-8444-555555555555"
#: The digest of `ORDER` before a group could be named.
DIGEST_BEFORE = "a4144a5d2dc703ac167041c65a01748d56c3f8bf65c95e7b88ab960046e1cbbe"
ORDER = SwitchOrder(
    switch_id="s",
    request_id="r",
    organization_id="contoso",
    source_subscription_id="source",
    target_plan_id="target",
    quote_digest="q",
    quoted_on="2026-11-22",
    actor="ada",
    reason="grow",
)


def member(*held: tuple[str, str | None]) -> DirectoryUser:
    """Return a member who holds plans, each by themselves or by a licensing group."""
    licenses = tuple(HeldLicense(plan_id=plan, assigned_by_group=group) for plan, group in held)
    return DirectoryUser(directory_id="u", licenses=licenses)


DIRECT, FED, BOTH = member((PLAN, None)), member((PLAN, "g")), member((PLAN, None), (PLAN, "g"))
NEITHER = member((OTHER, None))


def counted(*members: DirectoryUser) -> PlannedPilot:
    """Return the pilot that members are, read one by one."""
    count = PilotCount(group_id=GROUP, plan_id=PLAN)
    for each in members:
        count.add([each])
    return count.result()


def test_members_with_a_license_of_their_own_move_first() -> None:
    """Who has the plan from a licensing group alone, or not at all, is counted out of the pilot."""
    told = counted(DIRECT, FED, BOTH, NEITHER)

    assert told == PlannedPilot(users=2, group_id=GROUP, members=4, fed=1)


@pytest.mark.parametrize(
    ("members", "allowed", "remedy"),
    [
        ([], "a group with members", "Put the pilot's users into it"),
        ([NEITHER, NEITHER], "a group with a member who can move first", "None of its 2 members holds"),
        ([FED, NEITHER], "a group with a member who can move first", "1 of its 2 members have the plan from"),
    ],
)
def test_a_group_nobody_of_whom_can_move_first_is_refused(
    members: list[DirectoryUser], allowed: str, remedy: str
) -> None:
    """Field, value, what is allowed and what to do are told."""
    with pytest.raises(InvalidInput) as caught:
        counted(*members)

    details = caught.value.details
    assert (details["field"], details["value"], details["allowed"]) == ("pilot_group_id", GROUP, allowed)
    assert remedy in caught.value.remedy
    assert "start without `--pilot-group`" in caught.value.remedy


def test_an_unknown_group_is_told_as_such() -> None:
    """The refusal names the field and the id that was given."""
    error = unknown_group("nobody")

    assert (error.details["field"], error.details["value"]) == ("pilot_group_id", "nobody")


def test_a_number_and_a_group_exclude_each_other() -> None:
    """A question that tells two pilots is refused, whoever asks it."""
    both = replace(ORDER, pilot=3, pilot_group_id=GROUP)
    with pytest.raises(InvalidInput, match="pilot_group_id") as caught:
        SwitchQuestion(terms=both)

    assert "Give one of the two" in caught.value.remedy
    assert SwitchQuestion(terms=replace(both, pilot_group_id=None)).terms.pilot == 3


def test_requests_without_a_group_keep_their_digest() -> None:
    """A repetition of an old request is recognized; another group or soak is another request."""
    group = replace(ORDER, pilot_group_id=GROUP)
    others = [
        each.request_digest(each.quote_digest)
        for each in (
            replace(ORDER, pilot=5),
            group,
            replace(group, pilot_soak_seconds=60),
            replace(group, pilot_group_id="another"),
        )
    ]

    assert ORDER.request_digest("q") == DIGEST_BEFORE
    assert len({DIGEST_BEFORE, *others}) == 5


def test_a_start_of_before_there_were_groups_tells_no_pilot() -> None:
    """An event of the first version loads with nobody first; its order still tells the number."""
    state: dict[str, Any] = {"total": 10}
    LicenseMoveStarted.upcast_v1_v2(state)

    assert state == {"total": 10, "pilot": 0, "pilot_group_id": ""}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (None, []),
        (PlannedPilot(users=3), ["pilot: the first 3 users move first"]),
        (
            PlannedPilot(users=2, group_id=GROUP, members=6, fed=1),
            ["pilot: 2 users of group", "1 of its members have the plan", "3 of its members do not hold"],
        ),
    ],
)
def test_the_quote_names_the_pilot(told: PlannedPilot | None, expected: list[str]) -> None:
    """Who moves first, and which members do not, is printed line by line."""
    lines = pilot_lines(told)

    assert all(any(part in line for line in lines) for part in expected)
    assert bool(lines) == bool(expected)


@pytest.mark.parametrize(
    ("pilot", "group_id", "soak_seconds"), [(0, None, 0), (5, None, 600), (0, GROUP, 600)]
)
def test_a_soak_needs_a_pilot(pilot: int, group_id: str | None, soak_seconds: int) -> None:
    """A soak beside a pilot is taken; alone it would move everybody at once, and is refused (fault 9)."""
    require_soaked_pilot(SwitchOptions(pilot=pilot, pilot_group_id=group_id, pilot_soak_seconds=soak_seconds))

    with pytest.raises(InvalidInput, match="pilot_soak_seconds is 600") as refused:
        require_soaked_pilot(SwitchOptions(pilot_soak_seconds=600))
    assert "--pilot" in refused.value.remedy


@pytest.mark.parametrize(("pilot", "users"), [(0, 25), (25, 25), (5_000, 0)])
def test_a_pilot_fits_the_users(pilot: int, users: int) -> None:
    """All users may be the pilot, more are refused with how many there are; without users others refuse."""
    require_pilot_fits(pilot, users)

    with pytest.raises(InvalidInput, match="pilot is 26; allowed: 0 to 25"):
        require_pilot_fits(26, 25)
