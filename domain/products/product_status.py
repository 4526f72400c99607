"""How a product stands, with its licenses and the days that count, from what seller and directory state.

See products#how-a-product-stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.kernel.calendar import local_date
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import SellerSubscription, SubscriptionState

#: Days after its term in which an expired subscription still gives its licenses.
EXPIRED_DAYS = 30
#: Days for which the data of a disabled subscription is kept.
DISABLED_DAYS = 90


class ProductStatus(StrEnum):
    """The statuses by which products are listed, in this order."""

    ACTIVE = "active"
    TRIAL = "trial"
    EXPIRED = "expired"
    DISABLED = "disabled"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How a product stands on a day."""

    status: ProductStatus
    #: Last day of this status, where it ends by itself; None: it does not, or nobody says.
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseFigures:
    """The licenses of a plan, whatever subscriptions they come from."""

    bought: int
    assigned: int
    #: Of those that are bought, those of subscriptions that have ended: their users work on for a while.
    in_grace: int = 0

    @property
    def lasting(self) -> int:
        """Return how many come from live subscriptions: a subscription in its grace is no live one."""
        return self.bought - self.in_grace

    @property
    def free(self) -> int:
        """Return how many nobody has, of those that last."""
        return max(0, self.lasting - self.assigned)

    @property
    def in_conflict(self) -> int:
        """Return how many users hold the plan beyond the licenses that are bought."""
        return max(0, self.assigned - self.bought)


def standing(subscription: SellerSubscription, *, now: datetime, time_zone: str) -> Standing:
    """Return how a subscription stands.

    Args:
        subscription: As the seller shows it.
        now: Aware instant.
        time_zone: IANA zone in which the organization's days begin.
    """
    state, today = subscription.state, local_date(now, time_zone)
    if state == SubscriptionState.LIVE:
        return Standing(status=ProductStatus.TRIAL if subscription.is_trial else ProductStatus.ACTIVE)
    if state == SubscriptionState.STOPPED:
        return Standing(status=ProductStatus.DISABLED)
    if subscription.status == "expired":
        return _expired(subscription, today)
    if subscription.status in {"deleted", "none"}:
        return Standing(status=ProductStatus.DELETED)
    return _disabled_since(_ended_on(subscription, time_zone), today)


def _expired(subscription: SellerSubscription, today: date) -> Standing:
    ended_on = subscription.renewal.ends_on if subscription.renewal else None
    if ended_on is None:
        return Standing(status=ProductStatus.EXPIRED)
    disabled_on = ended_on + timedelta(days=EXPIRED_DAYS)
    if today < disabled_on:
        return Standing(status=ProductStatus.EXPIRED, until=disabled_on - timedelta(days=1))
    return _disabled_since(disabled_on, today)


def _disabled_since(first: date | None, today: date) -> Standing:
    if first is None:
        return Standing(status=ProductStatus.DISABLED)
    deleted_on = first + timedelta(days=DISABLED_DAYS)
    if today >= deleted_on:
        return Standing(status=ProductStatus.DELETED)
    return Standing(status=ProductStatus.DISABLED, until=deleted_on - timedelta(days=1))


def _ended_on(subscription: SellerSubscription, time_zone: str) -> date | None:
    return local_date(subscription.ended_at, time_zone) if subscription.ended_at else None


def license_figures(pools: Iterable[SubscribedPlan], plan_id: str) -> LicenseFigures:
    """Return the licenses of a plan as the directory counts them; nothing where it does not list the plan."""
    pool = next((each for each in pools if each.plan_id.lower() == plan_id.lower()), None)
    if pool is None:
        return LicenseFigures(bought=0, assigned=0)
    return LicenseFigures(bought=pool.purchased, assigned=pool.assigned, in_grace=pool.in_grace)
