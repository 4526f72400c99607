"""When a licensing group may give up the old plan, and what is refused (rules#licensing-groups)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.licenses.group_licenses import (
    FAILED,
    REMOVE,
    SWAP,
    WAIT,
    LicensingGroupBlocked,
    LicensingGroupRefused,
    MemberTally,
    failed_members,
    require_direct_licenses,
    require_free_licenses,
    require_movable,
    require_swappable,
    waited_for,
)
from domain.ports.directory_port import (
    DirectoryUser,
    GroupPlan,
    GroupSign,
    HeldLicense,
    LicenseError,
    LicenseFailureCode,
    LicensingGroup,
)

EXCLUSION = LicenseFailureCode.SERVICES_EXCLUDE
OLD, NEW, OTHER = "old", "new", "other"
GROUP = "group-1"


def member(
    *,
    has_new: bool = False,
    is_direct: bool = False,
    is_active: bool = True,
    error: LicenseFailureCode | None = None,
    group: str = GROUP,
) -> DirectoryUser:
    """Return a user whom a group gives the old plan."""
    held = [HeldLicense(plan_id=OLD)] if is_direct else []
    held.append(HeldLicense(plan_id=OLD, assigned_by_group=group))
    held += [HeldLicense(plan_id=NEW, assigned_by_group=group, is_active=is_active)] if has_new else []
    errors = (LicenseError(plan_id=NEW, group_id=group, error=error, code=""),) if error else ()
    return DirectoryUser(directory_id="u", licenses=tuple(held), license_errors=errors)


def tally(*members: DirectoryUser) -> MemberTally:
    """Count members."""
    counted = MemberTally(group_id=GROUP, from_plan=OLD, to_plan=NEW)
    for each in members:
        counted.take(each)
    return counted


@pytest.mark.parametrize(
    ("members", "step"),
    [
        ([], REMOVE),
        ([member(has_new=True)], REMOVE),
        ([member(has_new=True), member()], WAIT),
        ([member(), member(error=LicenseFailureCode.OTHER)], WAIT),
        ([member(has_new=True), member(has_new=True, is_active=False)], WAIT),
        ([member(has_new=True), member(error=LicenseFailureCode.NO_LICENSE_FREE)], FAILED),
        ([member(error=EXCLUSION)] * 2, SWAP),
        ([member(error=EXCLUSION), member(error=LicenseFailureCode.NO_LICENSE_FREE)], FAILED),
        ([member(has_new=True), member(error=EXCLUSION)], FAILED),
        ([member(group="another")], REMOVE),
    ],
)
def test_the_old_plan_goes_only_when_everybody_has_the_new(members: list[DirectoryUser], step: str) -> None:
    """Somebody who waits or failed keeps the old plan on the group; only exclusion of all is swapped."""
    assert tally(*members).next_step() == step


@pytest.mark.parametrize(
    ("sign", "members", "step"),
    [
        (GroupSign(is_processing=True), [member(has_new=True)], WAIT),
        (GroupSign(is_processing=True), [member(error=LicenseFailureCode.NO_LICENSE_FREE)], WAIT),
        (GroupSign(is_processing=True, failed_ids=("u",)), [member()], WAIT),
        (GroupSign(is_processing=False, failed_ids=("u",)), [member()], FAILED),
        (GroupSign(is_processing=False, failed_ids=("u",)), [member(has_new=True)], REMOVE),
        (GroupSign(is_processing=False, failed_ids=("other",)), [member()], WAIT),
    ],
)
def test_the_directorys_own_signs_count(sign: GroupSign, members: list[DirectoryUser], step: str) -> None:
    """Nothing is decided before it is through; then whom it names as failed is waited for no longer."""
    counted = MemberTally(group_id=GROUP, from_plan=OLD, to_plan=NEW, is_processing=sign.is_processing)
    for each in members:
        counted.take(each, sign)

    assert counted.next_step() == step


def test_a_group_that_is_still_worked_on_is_told() -> None:
    """Where every member has the new plan and the directory is not through, the wait says so."""
    counted = MemberTally(group_id=GROUP, from_plan=OLD, to_plan=NEW, is_processing=True)
    counted.take(member(has_new=True))

    assert waited_for(counted)[0] == "The directory says that it is still working on group group-1."


def test_a_disabled_license_is_waited_for_and_told() -> None:
    """Who has the new plan switched off is not ready, needs no other seat, and is told."""
    waiting = tally(member(has_new=True, is_active=False), member(has_new=True), member())
    (message, remedy), (plain, _) = waited_for(waiting), waited_for(tally(member()))

    assert (waiting.ready, waiting.pending, waiting.inactive, waiting.needing) == (1, 2, 1, 1)
    assert "1 of 3 members of group group-1 as disabled" in message
    assert "suspended subscription" in remedy
    assert "has not reached every member" in plain


def test_licenses_must_cover_all_members_who_need_one() -> None:
    """Members who hold the new plan already need none; the rest is told with how many are missing."""
    counted = tally(member(has_new=True), member(), member())
    require_free_licenses(counted, 2)
    with pytest.raises(LicensingGroupBlocked) as caught:
        require_free_licenses(counted, -1)

    assert (caught.value.reason, caught.value.unresolved) == ("GROUP_LICENSES_SHORT", 2)
    assert caught.value.remedy.startswith("Free 2 of the plan")


def test_a_direct_license_stands_in_the_way_of_a_swap() -> None:
    """Plans that exclude each other are swapped only where no direct license keeps the old one."""
    require_swappable(tally(member(error=EXCLUSION)), 1)
    with pytest.raises(LicensingGroupBlocked, match="1 members of group group-1 hold"):
        require_swappable(tally(member(error=EXCLUSION, is_direct=True)), 1)
    with pytest.raises(LicensingGroupBlocked, match="0 licenses are free"):
        require_swappable(tally(member(error=EXCLUSION)), 0)


def test_failed_members_are_told_by_code_with_each_remedy() -> None:
    """Each code (rules#license-failures) is counted, and its remedy is told once."""
    counted = tally(
        member(error=LicenseFailureCode.NO_LICENSE_FREE),
        member(error=LicenseFailureCode.NO_LICENSE_FREE),
        member(error=LicenseFailureCode.OTHER),
    )
    told = failed_members(counted)

    assert told.message.endswith("can't get the new plan: NO_LICENSE_FREE 2, OTHER 1.")
    assert "Free a license" in told.remedy
    assert "audit show" in told.remedy


def test_groups_with_other_plans_are_refused_unless_begun() -> None:
    """A group that gives other plans is refused; the new plan of one that this switch began is ours."""
    alone = LicensingGroup(group_id="a", plans=(GroupPlan(plan_id=OLD),))
    mixed = LicensingGroup(group_id=GROUP, plans=(GroupPlan(plan_id=OLD), GroupPlan(plan_id=OTHER)))
    require_movable([alone], OLD)
    require_movable([mixed], OLD, begun=[GROUP])
    with pytest.raises(LicensingGroupRefused, match=r"1 other\(s\): other") as caught:
        require_movable([alone, mixed], OLD)

    assert (caught.value.code, caught.value.handling.exit_code) == ("GROUP_FEEDS_OTHER_PLANS", 4)


def test_users_whom_a_group_alone_licenses_cannot_move_by_themselves() -> None:
    """A user with a license of their own may move, whatever groups give; the others are refused by group."""
    direct = HeldLicense(plan_id=OLD)
    by_g = replace(direct, assigned_by_group="g")
    both = DirectoryUser(directory_id="a", licenses=(direct, by_g))
    other = DirectoryUser(directory_id="b", licenses=(replace(by_g, plan_id=OTHER),))
    fed = DirectoryUser(directory_id="c", licenses=(by_g, replace(by_g, assigned_by_group="h")))
    require_direct_licenses([both, other], OLD)
    with pytest.raises(LicensingGroupRefused, match="1 of the chosen users has") as caught:
        require_direct_licenses([both, fed], OLD)

    assert (caught.value.code, caught.value.handling.exit_code) == ("GROUP_SUBSET", 4)
