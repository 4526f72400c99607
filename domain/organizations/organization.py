"""The organization: one live switch at a time, and the locks that a switch holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import (
    AdministrationIsLocked,
    NotReadyYet,
    ProductActOpen,
    RuleViolated,
    SwitchInProgress,
)
from domain.kernel.ids import organization_stream_id
from domain.kernel.recorded import Meta, RecordedAggregate, RecordedCreation, RecordedEvent, stored

#: Pause before a switch looks again at an act that keeps it from locking administration.
ACT_LOOK_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LockHolder:
    """Who holds a lock, since when, and when its end is promised."""

    #: "" of the credit check of a purchase, which no switch has ordered.
    switch_id: str
    since: datetime
    #: As it was promised last.
    promised_end: datetime
    #: For whom or what it waits where nobody can promise an end; "": the promise stands.
    waits_for: str = ""

    @property
    def end_words(self) -> str:
        """Return when it ends, or why nobody knows, as what to do about it."""
        if self.waits_for:
            return (
                f"Its end is unknown: it waits for {self.waits_for}. "
                f"`planswitch switch show {self.switch_id[:8]}` tells more; try again when it has ended."
            )
        return f"Wait for its end (promised by {self.promised_end:%Y-%m-%d %H:%M} UTC), then try again."

    @property
    def end_facts(self) -> dict[str, str | None]:
        """Return who holds, since when and until when, for machines; an end that nobody knows is None."""
        facts = {"holder": self.switch_id, "since": self.since.isoformat()}
        if self.waits_for:
            return {**facts, "promised_end": None, "waits_for": self.waits_for}
        return {**facts, "promised_end": self.promised_end.isoformat()}


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenAct:
    """An act on a product that lets no switch begin (products#acts)."""

    #: Such as resize.
    act: str
    #: When it began, or since when it is held up.
    since: datetime
    #: Code of the refusal that holds it up; "": it goes on by itself.
    held_code: str = ""


class OrganizationEvent(RecordedEvent):
    """Something that happened to an organization's reservations and locks."""


@stored("organization.switch-reserved")
class SwitchReserved(OrganizationEvent):
    """A switch took the organization's only place for a live switch."""

    switch_id: str
    #: Stream of the subscription that it leaves: a switch that lost its workflow is found again by it.
    source_stream_id: str
    promised_end: datetime

    def apply(self, aggregate: Organization) -> None:
        """Remember the holder."""
        aggregate.live_switch = _holder(self)
        aggregate.live_source_stream_id = self.source_stream_id
        aggregate.source_streams[self.switch_id] = self.source_stream_id


@stored("organization.switch-released")
class SwitchReleased(OrganizationEvent):
    """The live switch ended."""

    switch_id: str
    outcome: str

    def apply(self, aggregate: Organization) -> None:
        """Free the place."""
        aggregate.live_switch = None
        aggregate.finished_switches[self.switch_id] = self.outcome


@stored("organization.commerce-locked")
class CommerceLocked(OrganizationEvent):
    """A credit check began: no other order or switch meanwhile (rules#credit-check)."""

    switch_id: str
    promised_end: datetime

    def apply(self, aggregate: Organization) -> None:
        """Remember the holder."""
        aggregate.commerce_lock = _holder(self)


@stored("organization.commerce-unlocked")
class CommerceUnlocked(OrganizationEvent):
    """The credit check ended."""

    switch_id: str

    def apply(self, aggregate: Organization) -> None:
        """Free the lock."""
        aggregate.commerce_lock = None


@stored("organization.administration-locked")
class AdministrationLocked(OrganizationEvent):
    """License administration is ours until the cutover (switch#steps, step 7)."""

    switch_id: str
    promised_end: datetime

    def apply(self, aggregate: Organization) -> None:
        """Remember the holder."""
        aggregate.administration_lock = _holder(self)


@stored("organization.administration-unlocked")
class AdministrationUnlocked(OrganizationEvent):
    """License administration is free again (switch#steps, step 12)."""

    switch_id: str

    def apply(self, aggregate: Organization) -> None:
        """Free the lock."""
        aggregate.administration_lock = None


def _holder(event: Any) -> LockHolder:
    return LockHolder(switch_id=event.switch_id, since=event.timestamp, promised_end=event.promised_end)


class Organization(RecordedAggregate):
    """Invariant: at most one live switch, and only here (architecture#streams-and-events)."""

    TOPIC: ClassVar[str] = "organization"

    class Created(RecordedCreation):
        """The organization was seen for the first time."""

        TOPIC: ClassVar[str] = "organization.registered"

        organization_id: str

    def __init__(self, *, organization_id: str) -> None:
        self.organization_id = organization_id
        self.live_switch: LockHolder | None = None
        #: Stream of the subscription that the newest switch leaves.
        self.live_source_stream_id = ""
        #: Switch id -> stream of the subscription that it leaves, of every switch.
        self.source_streams: dict[str, str] = {}
        self.commerce_lock: LockHolder | None = None
        self.administration_lock: LockHolder | None = None
        #: Switch id -> outcome of every switch that ended.
        self.finished_switches: dict[str, str] = {}
        #: Request id -> what was asked of a license by hand, and the newest answer to it ("": done).
        self.license_edits: dict[str, Any] = {}
        self.license_edit_errors: dict[str, str] = {}
        #: Request id -> act on a product as it was asked for, the order that the seller took, and its end.
        self.product_acts: dict[str, Any] = {}
        self.product_orders: dict[str, str] = {}
        self.product_provisionings: dict[str, Any] = {}
        self.product_act_ends: dict[str, Any] = {}
        #: Request id -> step -> what was answered to it, and what holds an act up that had an effect.
        self.product_act_effects: dict[str, dict[str, Any]] = {}
        self.product_act_holds: dict[str, Any] = {}
        #: Request id -> act that may still change what a switch would look at.
        self.acts_under_way: dict[str, str] = {}
        #: Request id -> credit check of what was bought, until the seller has named it or the act has ended.
        self.purchase_checks: dict[str, LockHolder] = {}

    @classmethod
    def register(cls, organization_id: str, *, at: datetime, meta: Meta) -> Self:
        """Open the stream of an organization."""
        return cls._create(
            cls.Created,
            id=organization_stream_id(organization_id),
            timestamp=at,
            meta=meta.as_facts(),
            organization_id=organization_id,
        )

    def reserve_switch(
        self, switch_id: str, *, source_stream_id: str, promised_end: datetime, at: datetime, meta: Meta
    ) -> None:
        """Take the only place for a live switch; asking again for the same switch changes nothing.

        Raises:
            SwitchInProgress: Another switch holds the place (rules#switch_in_progress).
            RuleViolated: This switch ended before.
            ProductActOpen: An act on a product is not finished.
        """
        holder = self.live_switch or self.commerce_lock
        if holder is not None and holder.switch_id == switch_id:
            return
        if holder is not None:
            raise switch_in_progress(holder)
        self._require_no_act()
        if switch_id in self.finished_switches:
            raise RuleViolated(
                f"Switch {switch_id} ended before as {self.finished_switches[switch_id]}.",
                remedy="Start a new switch with a new request id.",
            )
        self.record(
            SwitchReserved,
            at=at,
            meta=meta,
            switch_id=switch_id,
            source_stream_id=source_stream_id,
            promised_end=promised_end,
        )

    def _require_no_act(self) -> None:
        """Refuse a switch while an act on a product changes what it would look at (products#acts).

        Raises:
            ProductActOpen: An act is not finished.
        """
        for request_id, act in self.acts_under_way.items():
            raise ProductActOpen(
                f"An act on a product ({act.replace('_', ' ')}, request {request_id}) is not finished.",
                remedy="It goes on by itself: `planswitch product list` tells what it waits for.",
                request_id=request_id,
            )

    @property
    def credit_check(self) -> LockHolder | None:
        """Return whose credit check is pending (rules#credit_check_pending); a purchase names no switch."""
        return self.commerce_lock or next(iter(self.purchase_checks.values()), None)

    @property
    def open_act(self) -> OpenAct | None:
        """Return the act that lets no switch begin; one whose credit check is pending is told as that."""
        for request_id, act in self.acts_under_way.items():
            if request_id not in self.purchase_checks:
                held = self.product_act_holds.get(request_id)
                since = (held or self.product_acts[request_id]).timestamp
                return OpenAct(act=act, since=since, held_code=held.code if held else "")
        return None

    def _require_acts_settled(self) -> None:
        """Let the lock wait for acts to which the seller has not answered (products#acts).

        Raises:
            NotReadyYet: Such an act is not finished.
        """
        answered = self.product_orders.keys() | self.product_act_effects.keys()
        for request_id, act in self.acts_under_way.items():
            if request_id not in answered:
                words = act.replace("_", " ")
                remedy = "It goes on by itself: `planswitch product list` tells what it waits for."
                raise NotReadyYet(
                    f"An act on a product ({words}, request {request_id}) is not finished.",
                    retry_after_seconds=ACT_LOOK_SECONDS,
                    remedy=remedy,
                    awaited=Awaited(
                        party=Party.SELLER,
                        action=f"answer to an act on a product ({words})",
                        names=(request_id,),
                        remedy=remedy,
                    ),
                )

    def release_switch(self, switch_id: str, *, outcome: str, at: datetime, meta: Meta) -> None:
        """End the live switch and free what it still holds; a second release changes nothing."""
        self.unlock_administration(switch_id, at=at, meta=meta)
        self.unlock_commerce(switch_id, at=at, meta=meta)
        if _is_held_by(self.live_switch, switch_id):
            self.record(SwitchReleased, at=at, meta=meta, switch_id=switch_id, outcome=outcome)

    def lock_commerce(self, switch_id: str, *, promised_end: datetime, at: datetime, meta: Meta) -> None:
        """Keep other orders and switches out while the live switch's credit check runs (rules#credit-check).

        Raises:
            RuleViolated: The switch is not the live one.
        """
        if not _is_held_by(self.live_switch, switch_id):
            raise RuleViolated(f"Switch {switch_id} is not the live switch of its organization.")
        if self.commerce_lock is None:
            self.record(CommerceLocked, at=at, meta=meta, switch_id=switch_id, promised_end=promised_end)

    def unlock_commerce(self, switch_id: str, *, at: datetime, meta: Meta) -> None:
        """Let orders in again if `switch_id` keeps them out."""
        if _is_held_by(self.commerce_lock, switch_id):
            self.record(CommerceUnlocked, at=at, meta=meta, switch_id=switch_id)

    def lock_administration(
        self, switch_id: str, *, promised_end: datetime, at: datetime, meta: Meta
    ) -> None:
        """Lock license administration for the live switch.

        Raises:
            RuleViolated: The switch is not the live one.
            NotReadyYet: An act on a product is not finished.
        """
        if not _is_held_by(self.live_switch, switch_id):
            raise RuleViolated(f"Switch {switch_id} is not the live switch of its organization.")
        if self.administration_lock is None:
            self._require_acts_settled()
            self.record(
                AdministrationLocked, at=at, meta=meta, switch_id=switch_id, promised_end=promised_end
            )

    def require_administration_free(self) -> None:
        """Refuse an edit of licenses by hand while a switch moves them (rules#drift).

        Raises:
            AdministrationIsLocked: It names the switch, since when it holds the lock and until when.
        """
        holder = self.administration_lock
        if holder is not None:
            raise AdministrationIsLocked(
                f"Switch {holder.switch_id} has license administration locked since "
                f"{holder.since:%Y-%m-%d %H:%M} UTC.",
                remedy=holder.end_words,
                **holder.end_facts,
            )

    def unlock_administration(self, switch_id: str, *, at: datetime, meta: Meta) -> None:
        """Free license administration if `switch_id` holds it."""
        if _is_held_by(self.administration_lock, switch_id):
            self.record(AdministrationUnlocked, at=at, meta=meta, switch_id=switch_id)


def _is_held_by(holder: LockHolder | None, switch_id: str) -> bool:
    return holder is not None and holder.switch_id == switch_id


def switch_in_progress(holder: LockHolder) -> SwitchInProgress:
    """Return the refusal that names who holds the organization, since when and until when."""
    return SwitchInProgress(
        f"Switch {holder.switch_id} runs in this organization since {holder.since:%Y-%m-%d %H:%M} UTC.",
        remedy=holder.end_words,
        **holder.end_facts,
    )
