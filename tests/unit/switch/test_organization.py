"""The organization's only place for a live switch, and its locks (rules#switch_in_progress)."""

from __future__ import annotations

from functools import partial

import pytest

from domain.kernel.errors import RuleViolated, SwitchInProgress
from domain.organizations.organization import CommerceLocked, Organization
from tests.support.stories.aggregate_stories import at, events_of, meta_of

FIRST = "first"
SECOND = "second"


def registered() -> Organization:
    """Return an organization without a switch."""
    organization = Organization.register("contoso", at=at(), meta=meta_of())
    organization.collect_events()
    return organization


def reserve(organization: Organization, switch_id: str = FIRST) -> None:
    """Reserve the organization for a switch."""
    organization.reserve_switch(
        switch_id, source_stream_id="source", promised_end=at(600), at=at(), meta=meta_of(switch_id)
    )


def release(organization: Organization, switch_id: str = FIRST, outcome: str = "completed") -> None:
    """End a switch."""
    organization.release_switch(switch_id, outcome=outcome, at=at(60), meta=meta_of(switch_id))


def lock(organization: Organization, switch_id: str = FIRST) -> None:
    """Lock license administration for a switch."""
    organization.lock_administration(switch_id, promised_end=at(3600), at=at(), meta=meta_of(switch_id))


def unlock(organization: Organization, switch_id: str = FIRST) -> None:
    """Unlock license administration."""
    organization.unlock_administration(switch_id, at=at(), meta=meta_of(switch_id))


def lock_commerce(organization: Organization, switch_id: str = FIRST) -> None:
    """Record that a credit check began."""
    organization.record(
        CommerceLocked,
        at=at(),
        meta=meta_of(switch_id),
        switch_id=switch_id,
        promised_end=at(3600),
    )


def test_reservation_is_recorded_once() -> None:
    """Asking again for the same switch changes nothing."""
    organization = registered()

    assert events_of(organization, reserve, reserve) == ["SwitchReserved"]
    assert organization.live_switch is not None
    assert organization.live_switch.switch_id == FIRST


def test_second_switch_is_told_who_holds_since_when_and_until_when() -> None:
    """A second switch is refused with the holder, the start and the promised end."""
    organization = registered()
    reserve(organization)

    with pytest.raises(SwitchInProgress) as caught:
        reserve(organization, SECOND)

    assert str(caught.value) == "Switch first runs in this organization since 2026-11-22 09:00 UTC."
    assert caught.value.remedy == "Wait for its end (promised by 2026-11-22 09:10 UTC), then try again."
    assert caught.value.details == {
        "holder": FIRST,
        "since": at().isoformat(),
        "promised_end": at(600).isoformat(),
    }
    assert events_of(organization) == []


def test_credit_check_keeps_other_switches_out() -> None:
    """While a credit check is pending there is no other switch (rules#credit-check)."""
    organization = registered()
    lock_commerce(organization)

    with pytest.raises(SwitchInProgress, match="Switch first runs"):
        reserve(organization, SECOND)


def test_release_lets_the_next_switch_in() -> None:
    """After the end of one switch another may begin, and the first one's outcome is known."""
    organization = registered()
    recorded = events_of(organization, reserve, release, partial(reserve, switch_id=SECOND))

    assert recorded == ["SwitchReserved", "SwitchReleased", "SwitchReserved"]
    assert organization.finished_switches == {FIRST: "completed"}
    assert organization.live_switch is not None
    assert organization.live_switch.switch_id == SECOND


def test_ended_switch_is_not_reserved_again() -> None:
    """A switch ends once; another try needs a new request."""
    organization = registered()
    reserve(organization)
    release(organization, outcome="failed")

    with pytest.raises(RuleViolated, match="ended before as failed") as caught:
        reserve(organization)
    assert "new request id" in caught.value.remedy


def test_second_release_changes_nothing() -> None:
    """A repeated release is no second event."""
    assert events_of(registered(), reserve, release, release) == ["SwitchReserved", "SwitchReleased"]


def test_release_frees_every_lock_of_the_switch() -> None:
    """Nothing stays locked by a switch that ended (switch#ways-back)."""
    organization = registered()
    recorded = events_of(organization, reserve, lock_commerce, lock, release)

    assert recorded[-3:] == ["AdministrationUnlocked", "CommerceUnlocked", "SwitchReleased"]
    assert organization.live_switch is None
    assert organization.commerce_lock is None
    assert organization.administration_lock is None


def test_foreign_switch_releases_and_unlocks_nothing() -> None:
    """Only the holder frees what it holds."""
    organization = registered()
    steps = (reserve, lock, partial(release, switch_id=SECOND), partial(unlock, switch_id=SECOND))

    assert events_of(organization, *steps) == ["SwitchReserved", "AdministrationLocked"]
    assert organization.administration_lock is not None


def test_administration_is_locked_for_the_live_switch_only() -> None:
    """A switch that does not hold the organization can't lock its administration."""
    organization = registered()
    reserve(organization)

    with pytest.raises(RuleViolated, match="second is not the live switch"):
        lock(organization, SECOND)


def test_administration_is_locked_and_unlocked_once() -> None:
    """Repeated locking and unlocking leave one event each (switch#steps, steps 7 and 12)."""
    recorded = events_of(registered(), reserve, lock, lock, unlock, unlock)

    assert recorded == ["SwitchReserved", "AdministrationLocked", "AdministrationUnlocked"]


def test_same_organization_is_the_same_stream() -> None:
    """Two registrations meet in one stream, where the store lets one win."""
    assert registered().id == registered().id
