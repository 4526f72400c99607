"""Makes an organization of realistic shape from a seed number: the same seed, the same organization."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from sandbox.billing.billing import BILLING_DAY_MAX, charge_entry, paid_period
from sandbox.billing.profiles import Profile
from sandbox.cloud.answers import invalid
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.state import SANDBOX_NAMESPACE, named_id
from sandbox.kernel.bodies import Body, Day, Integer, OneOf, Quantity, Text
from sandbox.kernel.calendar_days import add_months, local_day, part_price, period_end
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Subscription
from sandbox.kernel.needs import without_unmet
from sandbox.kernel.plans import PlanBook, SandboxPlan
from sandbox.organizations.people import COMPANY_NAMES, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, Department

#: Country, subdivision, time zone and tax rate by billing currency.
PLACES: dict[str, tuple[str, str | None, str, str]] = {
    "EUR": ("DE", "BE", "Europe/Berlin", "0.19"),
    "USD": ("US", "WA", "America/Los_Angeles", "0.10"),
    "GBP": ("GB", "ENG", "Europe/London", "0.20"),
    "CHF": ("CH", "ZH", "Europe/Zurich", "0.081"),
    "DKK": ("DK", None, "Europe/Copenhagen", "0.25"),
    "NOK": ("NO", None, "Europe/Oslo", "0.25"),
    "SEK": ("SE", None, "Europe/Stockholm", "0.25"),
    "CAD": ("CA", "ON", "America/Toronto", "0.13"),
    "BRL": ("BR", "SP", "America/Sao_Paulo", "0.00"),
    "AUD": ("AU", "NSW", "Australia/Sydney", "0.10"),
    "NZD": ("NZ", None, "Pacific/Auckland", "0.15"),
    "INR": ("IN", "MH", "Asia/Kolkata", "0.18"),
    "KRW": ("KR", None, "Asia/Seoul", "0.10"),
    "TWD": ("TW", None, "Asia/Taipei", "0.05"),
    "JPY": ("JP", "13", "Asia/Tokyo", "0.10"),
    "KWD": ("KW", None, "Asia/Kuwait", "0.00"),
}
#: Other products that a share of the users holds: part number and users out of 100.
SIDE_PRODUCTS = (("EMS", 30), ("VISIOCLIENT", 5))
#: Disabled accounts and people abroad, out of 100.
DISABLED_SHARE, ABROAD_SHARE = 3, 4
ABROAD_LOCATIONS = ("AT", "FR", "NL", "PL")
#: A subscription has this part more licenses than users, and at least one.
SPARE_PART = 25
#: The current period began between this many days ago.
PERIOD_AGE_DAYS = (4, 20)
#: Directory group that feeds licenses where an option asks for it.
FEEDING_GROUP = "group:licensing"
PERCENT = 100
USERS_LIMIT = 500_000


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _guid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("a GUID") from None


class Options(Body):
    """What may differ from the usual shape."""

    #: Users without usage location, from the first user on.
    missing_usage_location: int = 0
    #: Users whose license of the plan comes from a group.
    group_licensed: int = 0
    #: Beginnings of the names of services that the group switches off for all of them, with blanks between.
    group_services_off: str = ""
    has_side_products: bool = True
    #: legacy: may be cancelled at any time; new_commerce: within seven days of the period's start.
    terms: Literal["legacy", "new_commerce"] = "legacy"
    contract_type: Literal["subscription", "productKey", "redemptionCode"] = "subscription"
    is_trial: bool = False
    #: Licenses of the plan; None: a little above the users.
    quantity: Quantity | None = None
    #: First day after a short first term, which ends with that of another subscription; None: a whole term.
    custom_term_end_on: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    #: Day of the month on which such a subscription renews; 0: that of the term's end.
    billing_day: int = 0
    #: Fields of the billing profile, such as payment_method or custom_domains.
    profile: Profile = Profile()


class OrganizationRequest(Body):
    """A request for an organization."""

    seed: Integer
    users: Annotated[int, Field(ge=1, le=USERS_LIMIT)]
    plan_id: Text
    #: None: one that follows from the seed.
    given_id: Annotated[str, AfterValidator(_guid)] | None = Field(default=None, alias="organization_id")
    display_name: str | None = None
    currency: Annotated[str, OneOf(PLACES)] = "EUR"
    billing_cycle: Literal["monthly", "annual"] = "monthly"
    #: None: some days ago.
    period_start_on: Day | None = None
    options: Options = Options()

    @property
    def organization_id(self) -> str:
        """Return the id that it has, or gets."""
        return self.given_id or named_id(str(SANDBOX_NAMESPACE), f"organization:{self.seed}")


def organization_record(
    request: OrganizationRequest, main: SandboxPlan, plans: PlanBook, now: datetime
) -> Json:
    """Return the facts of the record that makes the organization.

    Args:
        request: How it is to be.
        main: The plan that everybody has.
        plans: The price book.
        now: The present instant.

    Raises:
        Refusal: Options do not go with each other.
    """
    draw = random.Random(f"planswitch:{request.seed}")  # noqa: S311 - repeatable, not secret
    profile = _profile(request, draw)
    today = local_day(now, ZoneInfo(profile["time_zone"]))
    start_on = request.period_start_on or today - timedelta(days=draw.randint(*PERIOD_AGE_DAYS))
    side = _side_plans(request, main, plans)
    rows = list(_user_rows(request, profile, [main, *side], draw))
    quantities = [_quantity(request.users) if request.options.quantity is None else request.options.quantity]
    quantities += [_quantity(sum(_holds(row, plan) for row in rows)) for plan in side]
    owned = [
        _subscription(request, plan, number, quantity, start_on=start_on, time_zone=profile["time_zone"])
        for number, (plan, quantity) in enumerate(zip([main, *side], quantities, strict=True))
    ]
    return {
        "profile": profile,
        "users": rows,
        "subscriptions": [subscription_document(one) for one in owned],
        "orders": [],
        "entries": [
            charge_entry(
                named_id(request.organization_id, f"seed-charge:{one.subscription_id}"),
                iso(min(one.created_at, now)),
                one,
                "paid in advance",
            )
            for one in owned
        ],
        "sequence": len(owned),
    }


def _profile(request: OrganizationRequest, draw: random.Random) -> Json:
    country, subdivision, zone, tax_rate = PLACES[request.currency]
    name = draw.choice(COMPANY_NAMES)
    return {
        "display_name": request.display_name or name,
        "country": country,
        "subdivision": subdivision,
        "time_zone": zone,
        "currency": request.currency,
        "segment": "commercial",
        "tax_rate": tax_rate,
        "balance_due_minor_units": 0,
        "payment_method": "card",
        "custom_domains": [],
        "closing_days": [],
        "cut_off_hour": None,
    } | request.options.profile.document()


def _side_plans(request: OrganizationRequest, main: SandboxPlan, plans: PlanBook) -> list[SandboxPlan]:
    if not request.options.has_side_products:
        return []
    by_part = {plan.part_number: plan for plan in plans.values() if plan is not main}
    return [by_part[part] for part, _share in SIDE_PRODUCTS if part in by_part]


def _quantity(users: int) -> int:
    return users + max(1, users // SPARE_PART)


def _holds(row: list[Any], plan: SandboxPlan) -> bool:
    return any(plan_id == plan.plan_id for plan_id, _disabled, _group in row[-1])


def _user_rows(
    request: OrganizationRequest, profile: Json, plans: list[SandboxPlan], draw: random.Random
) -> Iterator[list[Any]]:
    domain = "".join(letter for letter in profile["display_name"].lower() if letter.isalnum()) or "customer"
    group_id = named_id(request.organization_id, FEEDING_GROUP)
    main, *side = plans
    off_by_department = {one.name: _services_off(main, one) for one in DEPARTMENTS}
    services_off = tuple(request.options.group_services_off.split())
    group_off = _services_off(main, Department(name="", share=0, services_off=services_off))
    shares = dict(SIDE_PRODUCTS)
    for number in range(request.users):
        first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
        department = _department(draw.randrange(PERCENT))
        group = group_id if number < request.options.group_licensed else None
        off = off_by_department[department.name] if group is None else group_off
        licenses: list[list[Any]] = [[main.plan_id, off, group]]
        licenses += [
            [plan.plan_id, [], None] for plan in side if draw.randrange(PERCENT) < shares[plan.part_number]
        ]
        location = (
            draw.choice(ABROAD_LOCATIONS) if draw.randrange(PERCENT) < ABROAD_SHARE else profile["country"]
        )
        yield [
            named_id(request.organization_id, f"user:{number}"),
            f"{first} {last}",
            f"{first}.{last}.{number}@{domain}.onmicrosoft.example".lower(),
            department.name,
            draw.randrange(PERCENT) >= DISABLED_SHARE,
            None if number < request.options.missing_usage_location else location,
            licenses,
        ]


def _department(number: int) -> Department:
    for department in DEPARTMENTS:
        if number < department.share:
            return department
        number -= department.share
    return DEPARTMENTS[0]


def _services_off(plan: SandboxPlan, department: Department) -> list[str]:
    """Return the services that a department works without; one data service always stays on."""
    off = [
        service for service in plan.services if service.name.startswith(department.services_off or ("\0",))
    ]
    kept = {service.family for service in plan.services} - {service.family for service in off} - {None}
    if not kept:
        off = [service for service in off if service.family is None]
    return without_unmet(plan, [service.service_plan_id for service in off])


def _subscription(
    request: OrganizationRequest,
    plan: SandboxPlan,
    number: int,
    quantity: int,
    *,
    start_on: date,
    time_zone: str,
) -> Subscription:
    started_at = datetime.combine(start_on, datetime.min.time(), ZoneInfo(time_zone))
    options, is_primary = request.options, number == 0
    is_new_commerce = options.terms == "new_commerce"
    unit_price = plan.unit_price_minor_units(request.currency, request.billing_cycle)
    cycle = request.billing_cycle
    end_on, billing_day = _first_period(options, cycle, start_on)
    price = unit_price * quantity
    paid = part_price(price, start_on, end_on, billing_cycle=cycle, billing_day=billing_day)
    return Subscription(
        subscription_id=named_id(request.organization_id, f"seed-subscription:{number}"),
        order_id=named_id(request.organization_id, f"seed-order:{number}").replace("-", "")[:12],
        plan_id=plan.plan_id,
        plan_name=plan.name,
        quantity=quantity,
        currency=request.currency,
        term="P1Y" if request.billing_cycle == "annual" else "P1M",
        billing_cycle=request.billing_cycle,
        created_at=started_at,
        visible_at=started_at,
        ready_at=started_at,
        cancellable_until=started_at + timedelta(days=7) if is_new_commerce else None,
        contract_type=options.contract_type if is_primary else "subscription",
        is_trial=options.is_trial and is_primary,
        role="primary" if is_primary else "side",
        unit_price_minor_units=unit_price,
        billing=paid_period(start_on, end_on, billing_day, paid),
    )


def _first_period(options: Options, billing_cycle: str, start_on: date) -> tuple[date, int]:
    """Return the end of the first period, and the day of the month on which it renews.

    It is a whole one, or the part up to the end of another subscription's term.

    Raises:
        Refusal: That end is not inside of one whole period from the start on.
    """
    whole_end_on, billing_day = period_end(start_on, billing_cycle), start_on.day
    end_on = whole_end_on
    if options.custom_term_end_on is not None:
        end_on = options.custom_term_end_on
        billing_day = options.billing_day or end_on.day
        if not start_on < end_on <= whole_end_on:
            raise invalid(
                f"options.custom_term_end_on must be after {start_on}, {whole_end_on} at the latest."
            )
        if not 1 <= billing_day <= BILLING_DAY_MAX or add_months(end_on, 0, billing_day) != end_on:
            raise invalid(f"options.billing_day must be a day of the month on which {end_on} falls.")
    return end_on, billing_day
