"""Licenses of the old plan that are left where only some users move, and until when the rest can go.

The quote and the step that reduces use these functions (manual#some-users).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

from domain.kernel.calendar import local_date
from domain.kernel.money import Money
from domain.periods.next_term import term_renews_on
from domain.ports.billing_port import BookedLine
from domain.ports.seller_port import SellerSubscription

#: Status of a subscription whose licenses can be used.
ACTIVE = "active"


def licenses_left(source: SellerSubscription, held: Sequence[SellerSubscription], staying: int) -> int:
    """Return one license for each user who stays, but for whom other subscriptions of the plan serve.

    Args:
        source: The subscription that is reduced.
        held: Every subscription of the organization at the seller.
        staying: Users of the old plan who do not move.

    Returns:
        One at least, and no more than the subscription has.
    """
    others = sum(
        each.quantity
        for each in held
        if (each.plan_id, each.status) == (source.plan_id, ACTIVE)
        and each.subscription_id != source.subscription_id
    )
    return max(1, min(source.quantity, staying - others))


def first_closed(subscriptions: Sequence[SellerSubscription], now: datetime) -> SellerSubscription | None:
    """Return the subscription of which the seller took licenses back until an instant before `now`."""
    return next(
        (
            each
            for each in subscriptions
            if each.cancellable_until is not None and each.cancellable_until < now
        ),
        None,
    )


def reducible_until(subscriptions: Sequence[SellerSubscription], time_zone: str) -> date | None:
    """Return the last day on which the seller takes licenses back of all of them; None: on any day."""
    ends = [each.cancellable_until for each in subscriptions if each.cancellable_until is not None]
    return local_date(min(ends), time_zone) if ends else None


def reducible_again_on(
    subscriptions: Sequence[SellerSubscription], *, time_zone: str, now: datetime
) -> date | None:
    """Return the day on which a new term of all of them has begun, with which licenses can go again.

    The window belongs to the term: the next billed period of the same term opens none.

    Args:
        subscriptions: What is reduced.
        time_zone: The organization's zone.
        now: Aware instant.

    Returns:
        None where licenses can go on any day, or nobody tells when a term begins.
    """
    bound = [each for each in subscriptions if each.cancellable_until is not None]
    renewals = [term_renews_on(each, time_zone=time_zone, now=now) for each in bound]
    known = [day for day in renewals if day is not None]
    return max(known) if known and len(known) == len(bound) else None


def reduced_on(quoted: Sequence[BookedLine], booked_now: Sequence[BookedLine], *, asked_on: date) -> date:
    """Return the day from which billing has fewer licenses than the quote counted.

    Args:
        quoted: What was booked when it was quoted: what was given back before is no reduction of the switch.
        booked_now: What is booked by now.
        asked_on: Day on which the seller was asked, which counts where billing tells none.
    """
    return max((line.from_on for line in _given_back(quoted, booked_now)), default=asked_on)


def given_back(quoted: Sequence[BookedLine], booked_now: Sequence[BookedLine], currency: str) -> Money:
    """Return what billing has given back for licenses since they were quoted, zero or more.

    Args:
        quoted: As `reduced_on` takes it.
        booked_now: As `reduced_on` takes it.
        currency: ISO code.
    """
    return -sum((line.amount for line in _given_back(quoted, booked_now)), Money.zero(currency))


def lost_of_leaving(accepted: Money, returned: Money | None) -> Money:
    """Return what is lost of a value that was paid in advance: what was accepted, less what came back.

    By hand nothing of it is credited (proration#value-that-was-paid-in-advance). Where the seller gives it
    back all the same, its answer counts.

    Args:
        accepted: Loss that the quote has told for the day.
        returned: What the seller gave back for the licenses that went; None where it took none back.
    """
    nothing = Money.zero(accepted.currency)
    return accepted if returned is None else max(nothing, accepted - returned)


def _given_back(quoted: Sequence[BookedLine], booked_now: Sequence[BookedLine]) -> list[BookedLine]:
    lines = Counter(booked_now)
    lines.subtract(quoted)
    return [line for line in lines.elements() if line.quantity < 0]


def closed_words(closed: SellerSubscription) -> str:
    """Return what is to be told of a subscription whose licenses can't be given back any more."""
    until = closed.cancellable_until.astimezone(UTC) if closed.cancellable_until else None
    return (
        f"The seller took licenses of subscription {closed.subscription_id} ({closed.plan_name}) back until "
        f"{until:%Y-%m-%d %H:%M} UTC. Those of the users who move would be paid for beside the new plan."
    )
