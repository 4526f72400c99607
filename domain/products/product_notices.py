"""What stands beside a product: what is the matter, and what a person does about it (products#notices)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.ports.seller_port import SellerSubscription, SubscriptionState
from domain.products.product_status import DISABLED_DAYS, LicenseFigures, ProductStatus, Standing

#: How a notice is meant: something waits for a person, will happen, or is only told.
STOPS, COMES, TELLS = "stops", "comes", "tells"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductNotice:
    """One notice."""

    code: str
    #: stops, comes or tells.
    kind: str
    message: str
    #: "" where there is nothing to do; commands in it are the acts of this product.
    remedy: str = ""
    #: The act that clears it, as a command and a button name it; "" where none does.
    act: str = ""
    #: Switch that it is about; "" where it is about none.
    switch_id: str = ""


def product_notices(
    organization_id: str,
    subscription: SellerSubscription,
    stands: Standing,
    figures: LicenseFigures,
) -> tuple[ProductNotice, ...]:
    """Return what stands beside a product, the most urgent first.

    Args:
        organization_id: Whose product it is, for the commands.
        subscription: As the seller shows it.
        stands: How it stands.
        figures: The licenses of its plan.
    """
    where = f"{organization_id} {subscription.subscription_id}"
    return (
        *_conflict(where, subscription, figures),
        *_standing(organization_id, where, subscription, stands),
        *_renewal(subscription),
    )


def _conflict(
    where: str, subscription: SellerSubscription, figures: LicenseFigures
) -> Iterator[ProductNotice]:
    if not figures.in_conflict or subscription.state != SubscriptionState.LIVE:
        return
    users = _counted(figures.in_conflict, "user")
    yield ProductNotice(
        code="LICENSE_CONFLICT",
        kind=STOPS,
        message=f"{users} too many: {figures.assigned} hold one of {figures.bought} licenses.",
        remedy=f"Buy the missing licenses with `planswitch product reconcile {where} --buy --reason …`, or "
        f"take them from users with `planswitch product reconcile {where} --unassign USER --reason …`.",
        act="reconcile",
    )


def _standing(
    organization_id: str, where: str, subscription: SellerSubscription, stands: Standing
) -> Iterator[ProductNotice]:
    reactivate = f"Reactivate it: `planswitch product reactivate {where} --reason …`."
    if subscription.state == SubscriptionState.STOPPED:
        reasons = ", ".join(subscription.suspension_reasons)
        yield ProductNotice(
            code="STOPPED",
            kind=STOPS,
            message=f"The seller has stopped it: {reasons}.",
            remedy=f"Pay what is due: `planswitch product pay {organization_id} --reason …`.",
            act="pay",
        )
    elif stands.status == ProductStatus.TRIAL:
        yield ProductNotice(
            code="TRIAL",
            kind=TELLS,
            message="It is a trial.",
            remedy=f"Buy it: `planswitch product buy {organization_id} --trial "
            f"{subscription.subscription_id} --reason …`.",
            act="buy_trial",
        )
    elif stands.status == ProductStatus.EXPIRED:
        until = f" They work until {stands.until}." if stands.until else ""
        yield ProductNotice(
            code="EXPIRED",
            kind=STOPS,
            message=f"Its term is over; its licenses work for a while.{until}",
            remedy=reactivate,
            act="reactivate",
        )
    elif stands.status == ProductStatus.DISABLED:
        yield ProductNotice(
            code="DISABLED",
            kind=STOPS,
            message=f"It is cancelled. Its data is kept for {DISABLED_DAYS} days{_until(stands.until)}.",
            remedy=reactivate,
            act="reactivate",
        )


def _renewal(subscription: SellerSubscription) -> Iterator[ProductNotice]:
    stated = subscription.renewal
    if stated is None or subscription.state != SubscriptionState.LIVE:
        return
    if stated.is_automatic is False and stated.ends_on is not None:
        yield ProductNotice(
            code="ENDS", kind=COMES, message=f"It does not renew: it ends before {stated.ends_on}."
        )
    if stated.scheduled is not None:
        licenses = _counted(stated.scheduled.quantity, "license")
        on = f" on {stated.ends_on}" if stated.ends_on else ""
        yield ProductNotice(
            code="CHANGE_SCHEDULED",
            kind=COMES,
            message=f"With its next term{on} the seller changes it: {licenses}.",
        )


def _until(day: date | None) -> str:
    return f", until {day}" if day else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
