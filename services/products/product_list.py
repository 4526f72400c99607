"""The products of an organization as they are read now, with what stands beside each (products#the-list)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from activities.assessment.circumstances import seen_organization, sold_elsewhere, subscriptions_and_purchases
from domain.kernel.errors import UnknownSubscription
from domain.organizations.organization import LockHolder
from domain.periods.next_term import term_renews_on
from domain.ports.billing_port import BillingProfile
from domain.ports.cloud import ServiceHealth
from domain.ports.directory_port import SubscribedPlan
from domain.ports.product_port import AccountStatement, Capability, ProductAct
from domain.ports.seller_port import SellerSubscription
from domain.products.product_acts import ProductActState, act_states
from domain.products.product_notices import ProductNotice, product_notices
from domain.products.product_status import (
    LicenseFigures,
    ProductStatus,
    Standing,
    license_figures,
    standing,
)
from projections.reads.shown_rows import SwitchRow
from services.base.switch_rows import is_waiting
from services.base.tools import Tools, recorded_cloud
from services.products.acts import capability_of

#: Switches that stand beside products; older ones are on the list of switches.
SWITCHES_MAX = 50
_ORDER = tuple(ProductStatus)
_LIVE = frozenset({ProductStatus.ACTIVE, ProductStatus.TRIAL})


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedProduct:
    """One product."""

    subscription: SellerSubscription
    stands: Standing
    #: Of its plan, whatever subscriptions they come from.
    figures: LicenseFigures
    #: First day of the next term; None: nobody says.
    renews_on: date | None
    notices: tuple[ProductNotice, ...]
    #: Switches that leave it or lead to it, the newest first.
    switches: tuple[SwitchRow, ...]
    #: Completed switches that lead to it, and whose notice nobody has read (switch#completion-notice).
    unread: tuple[SwitchRow, ...]
    #: The connected seller did not sell it, so that no act reaches it.
    is_sold_elsewhere: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedProducts:
    """Everything that an organization owns, and what concerns all of it."""

    profile: BillingProfile
    #: By status, then by plan.
    products: tuple[OwnedProduct, ...]
    health: tuple[ServiceHealth, ...]
    statement: AccountStatement
    capabilities: tuple[Capability, ...]
    #: Who has license administration locked; None: nobody.
    lock: LockHolder | None
    #: The switch that runs; None: none does.
    live_switch: LockHolder | None
    #: The newest first.
    acts: tuple[ProductActState, ...]
    #: Requests that still wait although what they wait for is gone: somebody lets them look.
    cleared: tuple[SwitchRow, ...]


def owned_products(tools: Tools, organization_id: str) -> OwnedProducts:
    """Read the products of an organization; nothing is changed or recorded but the calls.

    Raises:
        UnknownOrganization: The cloud does not know it.
    """
    now = datetime.now(tz=UTC)
    with recorded_cloud(tools, organization_id) as cloud:
        profile = cloud.billing.profile(organization_id)
        held, purchases = subscriptions_and_purchases(cloud, organization_id)
        others = sold_elsewhere(held, purchases)
        pools = cloud.directory.subscribed_plans(organization_id)
        health = cloud.health.service_health(organization_id)
        statement = cloud.payments.statement(organization_id)
        capabilities = tuple(capability_of(cloud, act) for act in ProductAct)
    rows = tools.reads.switches(organization_id=organization_id, limit=SWITCHES_MAX).rows
    organization = seen_organization(tools.store, organization_id, now=now)
    unread = tools.reads.unread_notices(organization_id, limit=SWITCHES_MAX)
    reading = _Reading(profile=profile, pools=pools, rows=tuple(rows), unread=tuple(unread), now=now)
    products = [reading.product(each) for each in held]
    products += [reading.product(each, is_sold_elsewhere=True) for each in others]
    shown = tuple(sorted(products, key=_place))
    return OwnedProducts(
        profile=profile,
        products=shown,
        health=health,
        statement=statement,
        capabilities=capabilities,
        lock=organization.administration_lock if organization else None,
        live_switch=organization.live_switch if organization else None,
        acts=act_states(organization) if organization else (),
        cleared=tuple(each for each in rows if _is_cleared(each, shown, statement, health)),
    )


def _is_cleared(
    row: SwitchRow,
    products: Sequence[OwnedProduct],
    statement: AccountStatement,
    health: Sequence[ServiceHealth],
) -> bool:
    """Return whether what a request waits for is gone, as far as the products tell."""
    source = next((each for each in products if _is_of(each, row.source_subscription_id)), None)
    return is_waiting(row) and {
        "UNPAID_BALANCE": statement.balance_due.minor_units <= 0,
        "SERVICE_UNHEALTHY": all(each.is_healthy for each in health),
        "MORE_USERS_THAN_LICENSES": source is not None and not source.figures.in_conflict,
        "SUBSCRIPTION_NOT_ACTIVE": source is not None and source.stands.status in _LIVE,
    }.get(row.error_code, False)


def _is_of(product: OwnedProduct, subscription_id: str) -> bool:
    return product.subscription.subscription_id.lower() == subscription_id.lower()


def owned_product(owned: OwnedProducts, subscription_id: str) -> OwnedProduct:
    """Return one product of those that were read.

    Raises:
        UnknownSubscription: None of them has this id.
    """
    for each in owned.products:
        if _is_of(each, subscription_id):
            return each
    raise UnknownSubscription(
        f"Organization {owned.profile.organization_id} has no subscription {subscription_id}.",
        remedy=f"`planswitch product list {owned.profile.organization_id}` lists them.",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """What every product is read with."""

    profile: BillingProfile
    pools: tuple[SubscribedPlan, ...]
    rows: tuple[SwitchRow, ...]
    unread: tuple[SwitchRow, ...]
    now: datetime

    def product(self, subscription: SellerSubscription, *, is_sold_elsewhere: bool = False) -> OwnedProduct:
        """Return one product."""
        zone = self.profile.time_zone
        stands = standing(subscription, now=self.now, time_zone=zone)
        figures = license_figures(self.pools, subscription.plan_id)
        notices = product_notices(self.profile.organization_id, subscription, stands, figures)
        has_term = stands.status in _LIVE and not is_sold_elsewhere
        return OwnedProduct(
            subscription=subscription,
            stands=stands,
            figures=figures,
            renews_on=term_renews_on(subscription, time_zone=zone, now=self.now) if has_term else None,
            notices=() if is_sold_elsewhere else notices,
            switches=tuple(each for each in self.rows if _is_about(each, subscription.subscription_id)),
            unread=tuple(each for each in self.unread if _leads_to(each, subscription.subscription_id)),
            is_sold_elsewhere=is_sold_elsewhere,
        )


def _is_about(row: SwitchRow, subscription_id: str) -> bool:
    return subscription_id in {row.source_subscription_id, row.target_subscription_id}


def _leads_to(row: SwitchRow, subscription_id: str) -> bool:
    return row.target_subscription_id.lower() == subscription_id.lower()


def _place(product: OwnedProduct) -> tuple[int, str, str]:
    own = product.subscription
    return _ORDER.index(product.stands.status), own.plan_name, own.subscription_id
