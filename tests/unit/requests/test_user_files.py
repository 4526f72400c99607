"""Files of users: each row is accepted or refused with line and reason (manual#a-file-of-users)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.catalog import load_catalog
from domain.catalog.disabled_services import assignable
from domain.kernel.errors import InvalidInput
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser, HeldLicense, NamedUser
from domain.requests.user_files import (
    FILE_BYTES_MAX,
    ROWS_MAX,
    JudgedRows,
    NamedRow,
    RowAction,
    UserRow,
    facts_digest,
    judged_rows,
    read_user_file,
    service_name,
)
from domain.requests.user_previews import COLUMNS, preview_rows
from domain.text.csv_text import csv_text
from tests.support.licenses.services import SHAREPOINT, SHAREPOINT_OF_TARGET, WEB

CATALOG = load_catalog()
E1, E3 = CATALOG.find("E1"), CATALOG.find("E3")


def _mapper(service_settings: str = "keep") -> SettingsMapper:
    plans = OrganizationPlans(catalog=CATALOG, pools={})
    return SettingsMapper(plans, source=E1.plan_id, target=E3.plan_id, service_settings=service_settings)


def _user(name: str = "u1", *, off: tuple[str, ...] = (), group: str | None = None) -> DirectoryUser:
    held = HeldLicense(plan_id=E1.plan_id, disabled_service_ids=off, assigned_by_group=group)
    return DirectoryUser(directory_id=name, licenses=(held,))


def _row(line: int = 2, user: str = "u1", **facts: object) -> UserRow:
    return replace(UserRow(line=line, user=user, action=RowAction.MOVE), **facts)  # type: ignore[arg-type]


def _judged(*rows: NamedRow) -> JudgedRows:
    return judged_rows(rows, _mapper())


def _codes(judged: JudgedRows) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in judged.refused]


def test_a_file_says_who_moves_and_what_is_off() -> None:
    """The columns that count are found by name, in any order and case; all others are information."""
    content = (
        b"From;Services off;USER;Action\r\nE1;Sway; Yammer ;ada;MOVE\r\n".replace(b"; Yammer ", b"")
        + b"E1;keep;bob;leave\r\nE1;;cy;move\r\n"
    )
    file = read_user_file(content)

    assert [(each.line, each.user, each.action, each.services_off) for each in file.rows] == [
        (2, "ada", "move", ("Sway",)),
        (3, "bob", "leave", None),
        (4, "cy", "move", ()),
    ]
    assert (file.delimiter, file.refused) == (";", ())


def test_without_columns_of_choice_everyone_moves_with_what_they_have() -> None:
    """A file that names users alone leaves the rest to the rules."""
    (row,) = read_user_file(b"user principal name\nada@contoso.com\n").rows

    assert (row.action, row.services_off, row.facts) == (RowAction.MOVE, None, "")


def test_rows_that_need_no_directory_to_be_refused() -> None:
    """A row without a user, and one without a known action, are refused with their lines."""
    file = read_user_file(b"user,action\n,move\nada,\nbob,go\ncy,leave\n")

    assert [(each.line, each.code) for each in file.refused] == [
        (2, "USER_MISSING"),
        (3, "ACTION_UNKNOWN"),
        (4, "ACTION_UNKNOWN"),
    ]
    assert [each.user for each in file.rows] == ["cy"]


@pytest.mark.parametrize(
    ("header", "column"),
    [("acton", "action"), ("Actions", "action"), ("service_off", "services_off"), ("fact", "facts")],
)
def test_a_misspelled_column_is_refused(header: str, column: str) -> None:
    """It would be information: whoever was to stay would move (manual#a-file-of-users)."""
    with pytest.raises(InvalidInput, match=rf"line 1 is '{header}'; allowed: `{column}`"):
        read_user_file(f"user,{header}\nada,leave\n".encode())


def test_what_a_preview_tells_is_no_misspelling() -> None:
    """Columns that count may be left out of a preview, while what it tells stays."""
    told = "line,display_name,services_kept,services_lost,services_granted,location,department"

    assert read_user_file(f"user,{told}\nada,1,,,,,,\n".encode()).rows


@pytest.mark.parametrize(
    "header", ["Services off", "SERVICES_OFF", "servicesOff", "services-off", " Services  Off "]
)
def test_a_column_that_counts_is_known_however_it_is_spelled(header: str) -> None:
    """Case, blanks and signs of a header do not decide what becomes of anybody."""
    file = read_user_file(f"User;{header};Action\nada;Sway;move\n".encode())

    assert [each.services_off for each in file.rows] == [("Sway",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_with_more_cells_than_the_header_is_refused(delimiter: str) -> None:
    """Services without quotation marks run into further cells: half of them would be switched off."""
    rows = [
        ["user", "action", "services_off"],
        ["ada", "move", "Sway", "Yammer"],
        ["bob", "move", "Sway", ""],
        ["cy", "move"],
    ]
    file = read_user_file("\n".join(map(delimiter.join, rows)).encode())

    assert [(each.line, each.user, each.code) for each in file.refused] == [(2, "ada", "CELLS_TOO_MANY")]
    assert [(each.user, each.services_off) for each in file.rows] == [("bob", ("Sway",)), ("cy", ())]


def test_a_refused_name_is_shown_as_every_terminal_bears_it() -> None:
    """A control character of a cell is seen, and obeyed by nobody."""
    (refused,) = read_user_file(b"user,action\nada\x1b[2J,dance\n").refused

    assert (refused.user, refused.code) == ("ada\ufffd[2J", "ACTION_UNKNOWN")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "users"),
        (b"user\n", "users"),
        (b"name\nada\n", "line 1"),
        (b"user,action,action\nada,move,leave\n", "line 1"),
        (b"user,Services off,services_off\nada,Sway,\n", "line 1"),
        (b"user,User\nada,bob\n", "line 1"),
        (b"x" * (FILE_BYTES_MAX + 1), "users"),
        (b"user\n" + b"a\n" * (ROWS_MAX + 1), "users"),
    ],
)
def test_what_is_no_file_of_users_is_refused_whole(content: bytes, field: str) -> None:
    """No rows, too many, no column of users, or one column twice."""
    with pytest.raises(InvalidInput) as refused:
        read_user_file(content)
    assert refused.value.details["field"] == field


def test_a_user_is_one_and_counts_once() -> None:
    """Nobody, a mail alone, a name of two users, the same user twice, and a user without the plan."""
    elsewhere = DirectoryUser(directory_id="u9", licenses=())
    judged = _judged(
        NamedRow(row=_row(2), user=_user()),
        NamedRow(row=_row(3, "U1"), user=_user()),
        NamedRow(row=_row(4, "nobody"), user=None),
        NamedRow(row=_row(5, "mail@x"), user=None, others=("u3",)),
        NamedRow(row=_row(6, "two@x"), user=_user("u2"), others=("u2", "u3")),
        NamedRow(row=_row(7, "own@x"), user=_user("u4"), others=("u4",)),
        NamedRow(row=_row(8, "u9"), user=elsewhere),
    )

    assert [each.line for each in judged.accepted] == [2, 7]
    assert _codes(judged) == [
        (3, "USER_REPEATED"),
        (4, "USER_UNKNOWN"),
        (5, "USER_UNKNOWN"),
        (6, "USER_AMBIGUOUS"),
        (8, "NOT_ON_PLAN"),
    ]
    assert "mail of a user" in judged.refused[2].message


def test_services_are_named_as_people_or_the_vendor_do() -> None:
    """By friendly name, the vendor's name or id, in any case; who stays needs none."""
    service = next(each for each in E3.service_plans if each.service == "sway")
    names = (service.friendly_name.upper(), service.name.lower(), service.service_plan_id)
    rows = [
        NamedRow(row=_row(number, f"u{number}", services_off=(name,)), user=_user(f"u{number}"))
        for number, name in enumerate(names, start=2)
    ]
    staying = NamedRow(row=_row(9, "u9", services_off=("nothing",), action=RowAction.LEAVE), user=_user("u9"))

    judged = _judged(*rows, staying)

    assert [each.services_off for each in judged.accepted] == [(service.service_plan_id,)] * 3 + [None]
    assert len(judged.moving) == 3


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (("no such service",), "SERVICE_UNKNOWN"),
        ((SHAREPOINT_OF_TARGET,), "SERVICE_NEEDED"),
        ((SHAREPOINT_OF_TARGET, WEB), "DATA_SERVICE_OFF"),
    ],
)
def test_services_that_can_not_be_off_are_refused(off: tuple[str, ...], code: str) -> None:
    """Unknown; needed by one that is on; or holding data of a user who works with it."""
    assert _codes(_judged(NamedRow(row=_row(services_off=off), user=_user()))) == [(2, code)]


def test_what_was_off_before_may_stay_off() -> None:
    """A data service that the user does not have on now costs nothing where it stays off."""
    user = _user(off=(SHAREPOINT, WEB))
    judged = _judged(NamedRow(row=_row(services_off=(SHAREPOINT_OF_TARGET, WEB)), user=user))

    assert judged.accepted[0].services_off == tuple(sorted((SHAREPOINT_OF_TARGET, WEB)))


def test_a_member_of_a_group_has_the_groups_services() -> None:
    """One set of services for all members: another choice is refused, the same one is none."""
    user = _user(group="g1")
    same = NamedRow(row=_row(2, services_off=()), user=user)
    other = NamedRow(row=_row(3, "u2", services_off=("Sway",)), user=_user("u2", group="g1"))

    judged = _judged(same, other)

    assert [(each.services_off, each.is_by_group) for each in judged.accepted] == [(None, True)]
    assert _codes(judged) == [(3, "LICENSE_FROM_GROUP")]


def test_facts_are_those_of_one_user_and_two_plans() -> None:
    """Licenses, services, location and plans are in the digest; it is no number to any spreadsheet."""
    plans = {"source_plan_id": E1.plan_id, "target_plan_id": E3.plan_id}
    digest = facts_digest(_user(), **plans)

    assert digest == facts_digest(_user(), **plans)
    others = [
        facts_digest(_user(off=(WEB,)), **plans),
        facts_digest(replace(_user(), lacks_location=True), **plans),
        facts_digest(_user(group="g1"), **plans),
        facts_digest(_user(), source_plan_id=E1.plan_id, target_plan_id=E1.plan_id),
    ]
    assert len({digest, *others}) == 5
    assert digest[0].isalpha()
    judged = _judged(
        NamedRow(row=_row(2, facts=digest), user=_user()),
        NamedRow(row=_row(3, "u2", facts=digest), user=_user("u2")),
    )
    assert _codes(judged) == [(3, "FACTS_CHANGED")]


def test_a_preview_reads_as_what_would_happen_without_it() -> None:
    """Each row of an unedited preview is accepted, with just what the rules carry over."""
    users = [
        NamedUser(user=_user("u1", off=(SHAREPOINT, WEB)), principal_name="ada@contoso.com", mail=""),
        NamedUser(user=_user("u2"), principal_name="=cmd@contoso.com", mail=""),
        NamedUser(user=replace(_user("u3"), lacks_location=True), principal_name="", mail=""),
    ]
    text = "".join(csv_text(COLUMNS, preview_rows(users, _mapper())))
    file = read_user_file(text.encode())
    known = {each.principal_name or each.user.directory_id: each.user for each in users}

    judged = _judged(*(NamedRow(row=row, user=known[row.user]) for row in file.rows))

    assert not judged.refused
    assert [each.services_off for each in judged.accepted] == [
        _mapper().of_user(each.user).new_disabled for each in users
    ]
    assert "\r\n'=cmd@contoso.com," in text
    assert "location" in text.splitlines()[3]


def test_a_preview_of_chosen_services_shows_what_they_lead_to() -> None:
    """What somebody chose stands in the row, and decides what is granted; it reads as it was chosen."""
    service = next(each for each in E3.service_plans if each.service == "sway")
    named = NamedUser(user=_user(), principal_name="ada@contoso.com", mail="")
    rows = list(preview_rows([named], _mapper(), {"u1": (service.service_plan_id,)}))
    (cells,) = [dict(zip(COLUMNS, row, strict=True)) for row in rows]

    (row,) = read_user_file("".join(csv_text(COLUMNS, rows)).encode()).rows

    assert cells["services_off"] == service.friendly_name
    assert service.friendly_name not in cells["services_granted"].split("; ")
    assert _judged(NamedRow(row=row, user=_user())).accepted[0].services_off == (service.service_plan_id,)


def test_a_name_of_two_services_is_written_as_the_vendors() -> None:
    """What people call two services names neither: the preview writes the vendor's name."""
    plan = replace(E3, service_plans=tuple(replace(each, friendly_name="Same") for each in E3.service_plans))

    assert service_name(plan.service_plans[0], plan) == plan.service_plans[0].name
    assert service_name(E3.service_plans[0], E3) == E3.service_plans[0].friendly_name


PLANS = [each for each in CATALOG.plans if each.kind == "plan" and each.service_plans]


@given(data=st.data())
def test_an_unedited_preview_is_accepted_as_it_is(data: st.DataObject) -> None:
    """Whatever two plans and whatever a user has off: the row says just what the rules carry over."""
    source, target = data.draw(st.permutations(PLANS).map(lambda plans: plans[:2]))
    settings = data.draw(st.sampled_from(["keep", "grant_all"]))
    wanted = data.draw(st.sets(st.sampled_from(sorted(source.service_plan_ids))))
    off, _ = assignable(source, wanted)
    user = DirectoryUser(
        directory_id="u1", licenses=(HeldLicense(plan_id=source.plan_id, disabled_service_ids=off),)
    )
    mapper = SettingsMapper(
        OrganizationPlans(catalog=CATALOG, pools={}),
        source=source.plan_id,
        target=target.plan_id,
        service_settings=settings,
    )
    named = [NamedUser(user=user, principal_name="ada@contoso.com", mail="")]
    (row,) = read_user_file("".join(csv_text(COLUMNS, preview_rows(named, mapper))).encode()).rows

    judged = judged_rows([NamedRow(row=row, user=user)], mapper)

    assert judged.refused == ()
    assert judged.accepted[0].services_off == mapper.of_user(user).new_disabled
