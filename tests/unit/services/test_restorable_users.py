"""Whom a switch back takes back that leaves the others (rules#leaving-the-others)."""

from __future__ import annotations

import pytest

from domain.kernel.errors import InvalidInput, RuleViolated
from domain.licenses.restored_settings import CHANGED, RESTORED, Original
from domain.ports.directory_port import DirectoryUser, HeldLicense
from services.assessment.restorable_users import Parted, parted, require_parted
from tests.unit.licenses.test_restored_settings import E3, mapper, user


def member(name: str) -> DirectoryUser:
    """Return a user who has E3 by a licensing group alone."""
    by_group = HeldLicense(plan_id=E3.plan_id, assigned_by_group="g-1")
    return DirectoryUser(directory_id=name, licenses=(by_group,))


def parts_of(*users: DirectoryUser) -> Parted:
    """Return users by what can be done for them: `back` and members are as they were left, `hand` is not."""
    names = [each.directory_id for each in users if each.directory_id not in {"hand", "new"}]
    known = {name: Original(since=RESTORED) for name in names} | {"hand": Original(since=CHANGED)}
    return parted(mapper(known), [users])


def test_members_of_a_group_are_parted_from_whom_nothing_can_be_given_back() -> None:
    """One by one goes who has the license directly; a member is restored with the whole group alone."""
    parts = parts_of(user("back"), member("fed"), user("hand"), user("new"))

    assert [each.directory_id for each in parts.users] == ["back"]
    assert (parts.members, parts.others) == (1, 2)
    require_parted(parts)


@pytest.mark.parametrize("users", [(user("back"), member("fed")), (member("fed"),)])
def test_members_who_can_be_restored_are_nobody_to_leave(users: tuple[DirectoryUser, ...]) -> None:
    """A switch back of everyone restores them with their group: they are not left behind unasked."""
    with pytest.raises(InvalidInput, match="1 of them with the group") as refused:
        require_parted(parts_of(*users))

    assert refused.value.remedy == "Take the switch back without `--leave-others`."


def test_nobody_to_take_back_is_refused_with_the_causes() -> None:
    """Members and others are told apart, and what takes everyone back is named."""
    with pytest.raises(RuleViolated, match="1 joined or were changed by hand, and 2 have") as refused:
        require_parted(parts_of(member("a"), member("b"), user("new")))

    assert "--acknowledge users_not_restored" in refused.value.remedy
