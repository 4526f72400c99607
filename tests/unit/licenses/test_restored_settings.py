"""What users get back in a switch back, and what everybody else keeps (rules#switch-back)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.catalog.catalog import load_catalog
from domain.kernel.facts import as_plain
from domain.licenses.preflight import PreflightCheck
from domain.licenses.restored_settings import (
    CHANGED,
    CHANGED_STAYS,
    GROUP_STAYS,
    JOINED,
    JOINED_STAYS,
    LEFT,
    RESTORED,
    Original,
    RestoringMapper,
)
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser, HeldLicense
from domain.reasons.findings import FindingCode, finding_words, recorded_finding

CATALOG = load_catalog()
E1, E3 = CATALOG.find("E1"), CATALOG.find("E3")
SWAY = next(each.service_plan_id for each in E1.service_plans if each.name == "SWAY")
FIRST = "4f9d1f3e-0d4e-45cd-891e-60aabd171b4e"


class RecordOfFirst:
    """A record that is given: user -> what it knows, group -> what it had off, and who has left."""

    switch_id = FIRST
    removed_addons: tuple[str, ...] = ()

    def __init__(self, known: Mapping[str, Original], *, left: Sequence[str] = ()) -> None:
        self._known = known
        self._left = tuple(left)

    def of(self, users: Sequence[DirectoryUser]) -> Mapping[str, Original]:
        """Return what it knows of each."""
        unknown = Original(since=JOINED)
        return {user.directory_id: self._known.get(user.directory_id, unknown) for user in users}

    def group_disabled(self, group_id: str, now_disabled: Sequence[str]) -> tuple[str, ...] | None:
        """Return what one group had off, as long as it has nothing off."""
        return (SWAY,) if group_id == "known" and not now_disabled else None

    def left(self, limit: int) -> tuple[int, tuple[str, ...]]:
        """Return who has left."""
        return len(self._left), self._left[:limit]


def mapper(known: Mapping[str, Original], *, left: Sequence[str] = ()) -> RestoringMapper:
    """Return how E3 is left for E1."""
    return RestoringMapper(
        OrganizationPlans.of(CATALOG, ()),
        source=E3.plan_id,
        target=E1.plan_id,
        originals=RecordOfFirst(known, left=left),
    )


def user(name: str, *off: str) -> DirectoryUser:
    """Return a user of E3."""
    return DirectoryUser(
        directory_id=name, licenses=(HeldLicense(plan_id=E3.plan_id, disabled_service_ids=off),)
    )


def test_a_user_gets_back_what_was_off_and_nobody_else_does() -> None:
    """RESTORED counts by the record, whatever is off now; the others keep off what is off now."""
    known = {"back": Original(since=RESTORED, old_disabled=(SWAY,)), "hand": Original(since=CHANGED)}
    settings = mapper(known)
    settings.read([user("back"), user("hand", SWAY), user("new")])

    assert settings.of_user(user("back")).new_disabled == (SWAY,)
    assert settings.of_user(user("hand", SWAY)).new_disabled == (SWAY,)
    assert settings.of_user(user("new")).new_disabled == ()
    assert settings.since(user("later")) == JOINED, "who was in no page is read when asked for"


def test_a_service_that_comes_back_on_is_told_as_granted() -> None:
    """Preview, roster and moves tell the same of who has a service off now and had it on before."""
    settings = mapper({"back": Original(since=RESTORED, old_disabled=())})
    settings.read([user("back", SWAY)])

    shown, moved = settings.of_user(user("back", SWAY)), settings.frozen((SWAY,), ())

    assert (shown.new_disabled, moved.new_disabled) == ((), ())
    assert SWAY in shown.newly_granted
    assert shown.newly_granted == moved.newly_granted
    assert SWAY not in settings.frozen((SWAY,), (SWAY,)).newly_granted


def test_a_group_gets_back_what_it_had_off_unless_it_was_changed() -> None:
    """A licensing group gives all its members the same, before and after."""
    settings = mapper({})

    assert settings.of_group("known", (), ()).new_disabled == (SWAY,)
    assert settings.of_group("known", (SWAY,), ()).new_disabled == (SWAY,)
    assert settings.of_group("other", (), ()).new_disabled == ()


def test_the_pre_flight_lists_whom_it_does_not_restore() -> None:
    """Each kind by itself, with the users; joined and changed ones need an acknowledgment."""
    known = {"back": Original(since=RESTORED), "hand": Original(since=CHANGED)}
    check = PreflightCheck(source=E3, target=E1, mapper=mapper(known, left=("gone",)))
    check.add([user("back"), user("hand"), user("new")])
    result = check.result(users=3, quantity=3)

    assert {each.code: each.named for each in result.findings} == {
        CHANGED: ("hand",),
        JOINED: ("new",),
        LEFT: ("gone",),
    }
    assert result.failing == 0
    (notice,) = result.notices
    assert notice.code is FindingCode.USERS_NOT_RESTORED
    assert notice.details == {"switch_id": FIRST, "joined": 1, "changed": 1}


def test_a_way_back_of_licenses_only_speaks_of_no_subscription_that_ends() -> None:
    """Whoever joined is asked about; both plans are owned, so that none ends (rules#licenses-only)."""
    check = PreflightCheck(source=E3, target=E1, mapper=mapper({}), licenses_only=True)
    check.add([user("new")])
    (notice,) = check.result(users=1, quantity=1).notices

    assert notice.code is FindingCode.USERS_NOT_RESTORED
    assert "subscription" not in notice.message
    assert "by hand)" not in notice.remedy
    assert "--leave-others" in notice.remedy
    assert recorded_finding(as_plain(notice)) == notice
    assert "The subscription ends" in finding_words(FindingCode.USERS_NOT_RESTORED, notice.details).message


def test_the_pre_flight_lists_whom_it_leaves_alone() -> None:
    """Nothing is asked about them; who could be restored and was not selected is nobody's business."""
    known = {name: Original(since=RESTORED) for name in ("back", "other", "fed")}
    fed = DirectoryUser(
        directory_id="fed", licenses=(HeldLicense(plan_id=E3.plan_id, assigned_by_group="g-1"),)
    )
    known["hand"] = Original(since=CHANGED)
    check = PreflightCheck(source=E3, target=E1, mapper=mapper(known, left=("gone",)))
    check.add([user("back")], staying=[user("hand"), user("new"), user("other"), fed])
    result = check.result(users=2, quantity=2, is_whole=True)

    assert {each.code: each.named for each in result.findings} == {
        CHANGED_STAYS: ("hand",),
        JOINED_STAYS: ("new",),
        GROUP_STAYS: ("fed",),
        LEFT: ("gone",),
    }
    assert (result.users_checked, result.failing, result.notices) == (1, 0, ())


def test_nobody_is_listed_where_all_are_restored() -> None:
    """And who has left is told only once everybody was read."""
    known = {"back": Original(since=RESTORED)}
    check = PreflightCheck(source=E3, target=E1, mapper=mapper(known, left=("gone",)))
    check.add([user("back")])

    assert check.result(users=2, quantity=2).findings == ()
    assert [each.code for each in check.result(users=1, quantity=1).findings] == [LEFT]
    assert check.result(users=1, quantity=1).notices == ()


def test_add_ons_that_do_not_come_back_are_told() -> None:
    """The first switch removed them since its plan includes them; the way back orders none."""
    restoring = mapper({"back": Original(since=RESTORED)})
    assert isinstance(restoring.originals, RecordOfFirst)
    restoring.originals.removed_addons = ("12 of Archiving", "3 of Calling")
    check = PreflightCheck(source=E3, target=E1, mapper=restoring)
    check.add([user("back")])

    (notice,) = check.result(users=1, quantity=1).notices

    assert notice.code is FindingCode.ADDONS_NOT_RESTORED
    assert "12 of Archiving, 3 of Calling" in notice.message
