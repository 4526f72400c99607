"""Every adapter, of the vendor and of our own interfaces, at one sandbox, and each request that it sends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.kernel.errors import PlanSwitchError
from domain.kernel.money import Money
from domain.ports.directory_port import GroupPlan, LicenseChange
from domain.ports.seller_port import BILLED_TO, SOLD_TO, OrderLine, SubscriptionSettings
from providers.access.profiles import Access
from providers.access.sandbox_tokens import SandboxTokens
from providers.factory import AUDIENCES, Endpoints
from providers.microsoft.directory.directory import MicrosoftDirectory
from providers.microsoft.directory.groups import MicrosoftGroups
from providers.microsoft.directory.health import MicrosoftHealthBoard
from providers.microsoft.seller.inquiries import MicrosoftInquiries
from providers.microsoft.seller.parties import MicrosoftParties
from providers.microsoft.seller.seller import MicrosoftSeller
from providers.microsoft.seller.seller_calls import SellerCalls
from providers.microsoft.tenancy.customers import MicrosoftCustomers
from providers.reference.billing import BillingClient
from providers.reference.credit import CreditBureauClient
from providers.reference.notices import NoticesClient
from providers.transport.http import ProviderAnswer, ProviderHttp, ProviderRequest
from providers.transport.line import HttpLine
from providers.transport.places import Place
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN

LATE = date(2999, 1, 1)
NOWHERE = "00000000-0000-4000-8000-000000000000"
ONE = Money(minor_units=1, currency="EUR")
TIMEOUT_SECONDS = 30.0
#: Provider, organization and request.
Worded = tuple[str, str, ProviderRequest]


class _RecordingHttp(ProviderHttp):
    """The way to a provider, with a copy of each request as its adapter words it."""

    def __init__(self, requests: list[Worded], **options: Any) -> None:
        super().__init__(**options)
        self._requests = requests

    def send(self, organization_id: str, request: ProviderRequest) -> ProviderAnswer:
        """Send one request after it was noted."""
        self._requests.append((self.provider, organization_id, request))
        return super().send(organization_id, request)


@contextmanager
def noted_places(folder: Path) -> Iterator[set[str]]:
    """Yield the lines of a folder's code that make a request, such as `seller/parties.py:55`, as they do."""
    made: set[str] = set()
    plain = ProviderRequest.__init__

    def noting(request: ProviderRequest, **fields: Any) -> None:
        frame = sys._getframe(1)
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(folder):
            made.add(f"{file.relative_to(folder)}:{frame.f_lineno}")
        plain(request, **fields)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProviderRequest, "__init__", noting)
        yield made


@dataclass
class EveryAdapter:
    """Every adapter of both vendors and of our own interfaces, at one sandbox."""

    url: str
    line: HttpLine = field(default_factory=lambda: HttpLine(timeout_seconds=TIMEOUT_SECONDS))
    requests: list[Worded] = field(default_factory=list)
    #: Lines of the adapters that have made a request, where somebody noted them.
    places: set[str] = field(default_factory=set)

    def options(self, provider: str, access: Access) -> dict[str, Any]:
        """Return how one provider is reached."""
        party = "directory" if provider == "health" else provider
        place = Place(
            base_url=getattr(Endpoints.below(self.url), party),
            audience=AUDIENCES[party],
            tokens=SandboxTokens(),
            line=self.line,
            access=access,
        )
        self.line.towards(place.base_url)
        return {"provider": provider, "place_of": lambda _: place, "observer": lambda _: None}

    def http(self, provider: str) -> ProviderHttp:
        """Return a way on which everything is allowed and noted."""
        return _RecordingHttp(self.requests, **self.options(provider, Access.WRITE))

    def use_everything(self, made: dict[str, Any]) -> None:
        """Let the adapters send each operation; an answered no is an answer too."""
        own = (made["organization_id"], made["subscription_id"])
        self._use_directory(own[0])
        self._use_partner(own[0])
        self._use_seller(*own)
        self._use_products(*own)
        self._use_billing(*own)

    def _use_directory(self, organization_id: str) -> None:
        directory, groups = (
            MicrosoftDirectory(self.http("directory")),
            MicrosoftGroups(self.http("directory")),
        )
        directory.subscribed_plans(organization_id)
        user = directory.users_page(organization_id, SOURCE_PLAN, None).users[-1].directory_id
        directory.department_page(organization_id, "Sales", None)
        directory.users(organization_id, [user])
        directory.change_licenses(
            organization_id, [LicenseChange(directory_id=user, add_plan_id=TARGET_PLAN)]
        )
        (named, *_) = directory.named_page(organization_id, SOURCE_PLAN, None).users
        directory.users_by_name(organization_id, [named.principal_name, "o'neill@contoso.example"])
        directory.set_locations(organization_id, [user], "DE")
        (group,) = groups.feeding(organization_id, SOURCE_PLAN)
        groups.members_page(organization_id, group.group_id, None)
        groups.sign(organization_id, group.group_id)
        with suppress(PlanSwitchError):
            groups.change(organization_id, group.group_id, add=GroupPlan(plan_id=TARGET_PLAN))
        groups.reprocess(organization_id, user)
        MicrosoftHealthBoard(self.http("health")).service_health(organization_id)
        inquiries = MicrosoftInquiries(directory=self.http("directory"), seller=self.http("seller"))
        inquiries.purchases(organization_id)
        inquiries.roles(organization_id, user)

    def _use_partner(self, organization_id: str) -> None:
        customers = MicrosoftCustomers(directory=self.http("directory"), seller=self.http("seller"))
        for ask in (
            customers.own_name,
            customers.administered,
            customers.sold_to,
            customers.has_agreement,
            customers.seller_sight,
            lambda partner_id: customers.relationships(partner_id, partner_id),
        ):
            with suppress(PlanSwitchError):
                ask(organization_id)

    def _use_seller(self, organization_id: str, source_id: str) -> None:
        seller, calls = MicrosoftSeller(self.http("seller")), SellerCalls(self.http("seller"))
        inquiries = MicrosoftInquiries(directory=self.http("directory"), seller=self.http("seller"))
        seller.subscriptions(organization_id)
        source = seller.subscription(organization_id, source_id)
        for window in (None, datetime(2026, 12, 1, tzinfo=UTC)):
            inquiries.seller_verdicts(organization_id, replace(source, cancellable_until=window))
        line = OrderLine(
            plan_id=TARGET_PLAN, quantity=40, term="P1M", billing_cycle="monthly", currency="EUR"
        )
        placed = seller.place_order(organization_id, line, cart_key="cart", checkout_key="out")
        with suppress(PlanSwitchError):
            calls.get(organization_id, "cart", f"/carts/{NOWHERE}")
        calls.listed(organization_id, "orders", "/orders")
        target_id = seller.order(organization_id, placed.order_id).subscription_id or ""
        seller.provisioning(organization_id, target_id)
        seller.change_quantity(organization_id, target_id, quantity=41, key="more")
        named = SubscriptionSettings(friendly_name="Everybody")
        seller.change_settings(organization_id, target_id, named, key="name")
        seller.stop_renewal(organization_id, source_id, ends_by=LATE, key="stop")
        with suppress(PlanSwitchError):
            seller.void_order(organization_id, placed.order_id, key="void")
        parties = MicrosoftParties(self.http("seller"))
        for role in (SOLD_TO, BILLED_TO):
            parties.change_party(organization_id, role, {"city": "Bonn"}, key=role)

    def _use_products(self, organization_id: str, source_id: str) -> None:
        seller = MicrosoftSeller(self.http("seller"))
        seller.buy_trial(organization_id, source_id, quantity=50, key="trial")
        seller.cancel_subscription(organization_id, source_id, key="cancel")
        seller.reactivate(organization_id, source_id, key="back")

    def _use_billing(self, organization_id: str, source_id: str) -> None:
        billing, own = BillingClient(self.http("billing")), (organization_id, source_id)
        day = billing.period(*own).period_end_on
        billing.profile(organization_id)
        billing.booked_lines(organization_id, billing.period(*own))
        billing.statement(organization_id)
        credit, notices = CreditBureauClient(self.http("credit")), NoticesClient(self.http("notices"))
        words: dict[str, Any] = {"switch_id": "s", "subject": "Done", "body": "Done."}
        for act in (
            lambda: billing.stop(*own, effective_on=day, key="a"),
            lambda: billing.resume(*own, key="b"),
            lambda: billing.credit(*own, amount=ONE, from_on=day, to_on=day, reason="r", key="c"),
            lambda: billing.start(
                *own, effective_on=day, period_end_on=LATE, quantity=1, unit_price=ONE, amount=ONE, key="d"
            ),
            lambda: billing.invoice(
                organization_id, switch_id="s", lines=[], tax=ONE, total=ONE, payment_method="card", key="e"
            ),
            lambda: billing.invoice_status(organization_id, NOWHERE),
            lambda: billing.pay(organization_id, amount=ONE, key="f"),
            lambda: credit.check(organization_id, NOWHERE),
            lambda: credit.decide(organization_id, NOWHERE, verdict="approve", key="g"),
            lambda: notices.send(organization_id, kind="completed", key="h", **words),
            lambda: notices.alarm("a@b.example", organization_id=organization_id, key="i", **words),
        ):
            with suppress(PlanSwitchError):
                act()
