"""Edits of licenses by hand: recorded before they are sent, never in silence the last license.

See rules#licenses-by-hand.
"""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from domain.catalog.catalog import load_catalog
from domain.kernel.errors import AdministrationIsLocked, LastLicense, RequestReused
from domain.operator.license_edits import (
    LicenseEdit,
    LicenseEditBegun,
    LicenseEditEnded,
    begin_edit,
    end_edit,
    is_edit_done,
    require_other_license,
)
from domain.organizations.organization import Organization
from domain.ports.directory_port import DirectoryUser, HeldLicense
from tests.support.stories.aggregate_stories import at, events_of, meta_of

CATALOG = load_catalog()
E1 = CATALOG.find("E1").plan_id
E3 = CATALOG.find("E3").plan_id
VISIO = CATALOG.find("VISIOCLIENT").plan_id
GROUP = "group-1"
EDIT = LicenseEdit(
    request_id="request-1",
    user_key="2f9d6f0e-1f5e-5b57-8a3c-0c8b7de4a111",
    plan_id=E1,
    is_assigned=False,
    is_loss_accepted=False,
)


def organization_of() -> Organization:
    """Return an organization without a switch and without an edit."""
    organization = Organization.register("contoso", at=at(), meta=meta_of())
    organization.collect_events()
    return organization


def begin(organization: Organization, edit: LicenseEdit = EDIT) -> None:
    """Record that somebody wants an edit."""
    begin_edit(organization, edit, at=at(), meta=meta_of())


def end(organization: Organization, error: str = "") -> None:
    """Record the directory's answer."""
    end_edit(organization, EDIT.request_id, error, at=at(1), meta=meta_of())


def user_with(*held: HeldLicense) -> DirectoryUser:
    """Return a user who holds these licenses."""
    return DirectoryUser(directory_id="ada", licenses=held)


def test_edit_without_a_record_is_impossible_and_names_nobody() -> None:
    """Who asked, why and for which key is recorded first, the answer after it; no name is in either."""
    organization = organization_of()
    begin(organization)
    end(organization)

    begun, ended = organization.collect_events()
    assert isinstance(begun, LicenseEditBegun)
    assert isinstance(ended, LicenseEditEnded)
    assert begun.edit == EDIT
    assert (begun.meta["actor"], begun.meta["reason"]) == (meta_of().actor, meta_of().reason)
    assert (ended.request_id, ended.error) == (EDIT.request_id, "")


def test_repeated_request_is_recorded_and_done_once() -> None:
    """The same request id acts once; after a refusal it may be sent again."""
    organization = organization_of()
    begin(organization)
    end(organization, "NO_LICENSE_FREE")
    assert not is_edit_done(organization, EDIT)

    begin(organization, replace(EDIT, is_loss_accepted=True))
    end(organization)
    end(organization)

    assert is_edit_done(organization, EDIT)
    assert [type(event) for event in organization.collect_events()] == [
        LicenseEditBegun,
        LicenseEditEnded,
        LicenseEditEnded,
    ]


@pytest.mark.parametrize("other", [{"plan_id": E3}, {"is_assigned": True}, {"user_key": "another"}])
def test_request_id_of_another_edit_is_refused(other: dict[str, str | bool]) -> None:
    """A request id names one edit: user, plan and direction."""
    organization = organization_of()
    begin(organization)

    with pytest.raises(RequestReused):
        begin(organization, LicenseEdit(**{**asdict(EDIT), **other}))


def test_edit_in_a_switch_is_refused_and_leaves_no_event() -> None:
    """While a switch moves licenses nobody edits them through us."""
    organization = organization_of()
    organization.reserve_switch(
        "first", source_stream_id="s", promised_end=at(9), at=at(), meta=meta_of("first")
    )
    organization.lock_administration("first", promised_end=at(9), at=at(), meta=meta_of("first"))
    organization.collect_events()

    with pytest.raises(AdministrationIsLocked):
        begin(organization)
    assert not events_of(organization)


@pytest.mark.parametrize(
    ("held", "has_others"),
    [
        ([HeldLicense(plan_id=E1)], False),
        ([HeldLicense(plan_id=E1), HeldLicense(plan_id=E3, is_active=False)], False),
        ([HeldLicense(plan_id=E1), HeldLicense(plan_id=E1, assigned_by_group=GROUP, is_active=False)], False),
        ([HeldLicense(plan_id=E1), HeldLicense(plan_id=VISIO)], True),
    ],
    ids=["only one", "another that does not work", "a group's that does not work", "none with a mailbox"],
)
def test_last_license_in_silence(*, held: list[HeldLicense], has_others: bool) -> None:
    """What alone keeps a user's data services is not taken unasked; licenses that do not work don't count."""
    with pytest.raises(LastLicense) as refused:
        require_other_license(CATALOG, E1, user_with(*held))

    assert refused.value.code == "LAST_LICENSE"
    assert refused.value.details["has_others"] is has_others
    assert "--yes" in refused.value.remedy


@pytest.mark.parametrize(
    "held",
    [
        [HeldLicense(plan_id=E1), HeldLicense(plan_id=E3)],
        [HeldLicense(plan_id=E1), HeldLicense(plan_id=E1, assigned_by_group=GROUP)],
        [HeldLicense(plan_id=E1, assigned_by_group=GROUP)],
        [HeldLicense(plan_id=E1, is_active=False)],
        [HeldLicense(plan_id=E3)],
    ],
    ids=["a higher plan", "a group's too", "only a group's", "one that does not work", "not held"],
)
def test_question_where_nothing_is_lost(held: list[HeldLicense]) -> None:
    """Nobody is asked where the user keeps the data services, or loses nothing with the direct license."""
    require_other_license(CATALOG, E1, user_with(*held))
