"""Endpoints of the catalog and of what an organization holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from activities.assessment.circumstances import sold_elsewhere, subscriptions_and_purchases
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.plain_bodies import PathId
from console.lists.paging import OptionalLimit, Paged, keyset_page
from console.models.catalog import (
    Comparison,
    OwnedTargetsAnswer,
    PlanDetail,
    PlansAnswer,
    PlanSummary,
    SubscriptionsAnswer,
    TargetsAnswer,
    VersionAnswer,
    VersionsAnswer,
)
from console.switches import views
from domain.catalog.catalog import Catalog
from domain.catalog.price_list import CHANGE_PERCENT_MAX
from domain.kernel.limits import TEXT_MAX
from services.assessment.asking import record_question, record_targets, targets_of
from services.assessment.owned_targets import owned_targets
from services.base.tools import recorded_cloud
from services.catalog.catalog_imports import ImportOutcome, import_catalog
from services.catalog.price_imports import PriceImport, PriceImportOutcome, import_prices
from services.catalog.version_change import IMPORTED

router = APIRouter(prefix="/api/v1", tags=["catalog"])

_CREATED = 201
_LIST_BODY = {"requestBody": {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
_MADE = "A new version was made."
_IMPORTED: dict[int | str, dict[str, Any]] = {_CREATED: {"model": ImportOutcome, "description": _MADE}}
_PRICED: dict[int | str, dict[str, Any]] = {_CREATED: {"model": PriceImportOutcome, "description": _MADE}}

VersionQuery = Annotated[
    str | None, Query(alias="catalog", description="A version of the catalog; the current one if not given")
]
CurrencyQuery = Annotated[
    str | None, Query(description="Only prices in this currency (ISO 4217); all if not given")
]
SubscriptionQuery = Annotated[
    str | None,
    Query(
        max_length=TEXT_MAX,
        description="The subscription to leave, by the id of its seller or of the directory; that of the "
        "only plan with users if not given",
    ),
]
RuleSetQuery = Annotated[str, Query(description="2014, 2020 or current")]


async def _uploaded(request: Request) -> bytes:
    """Return the body; `console/edge/body_limits.py` bounds it."""
    return await request.body()


def _price_import(
    actor: Actor,
    content: Annotated[bytes, Depends(_uploaded)],
    *,
    reason: Annotated[
        str, Query(max_length=TEXT_MAX, description="Why; recorded. A preview needs none")
    ] = "",
    name: Annotated[str | None, Query(description="Of the version; else made from its content")] = None,
    dry_run: Annotated[bool, Query(description="Only say what would change")] = False,
    allow_unusual: Annotated[
        bool,
        Query(description=f"Also change prices by more than {CHANGE_PERCENT_MAX} %, or of a day to come"),
    ] = False,
) -> PriceImport:
    return PriceImport(
        content=content,
        name=name,
        actor=actor,
        reason=reason,
        is_preview=dry_run,
        allows_unusual=allow_unusual,
    )


@router.post("/catalog/imports", openapi_extra=_LIST_BODY, responses=_IMPORTED)
def make_version(
    actor: Actor,
    console: Console,
    content: Annotated[bytes, Depends(_uploaded)],
    response: Response,
    name: Annotated[
        str | None, Query(description="Name of the version; left out, it is made of the content.")
    ] = None,
) -> ImportOutcome:
    """Import the vendor's published list of products and services as the current version of the catalog."""
    outcome = import_catalog(console.catalogs, content, name=name, actor=actor)
    if outcome.status == IMPORTED:
        response.status_code = _CREATED
    return outcome


@router.post("/catalog/price-imports", openapi_extra=_LIST_BODY, responses=_PRICED)
def make_priced_version(
    console: Console, response: Response, order: Annotated[PriceImport, Depends(_price_import)]
) -> PriceImportOutcome:
    """Import a list of prices: the current version of the catalog with them becomes the current one."""
    outcome = import_prices(console.catalogs, order)
    if outcome.status == IMPORTED and not outcome.is_preview:
        response.status_code = _CREATED
    return outcome


@router.get("/catalog/versions")
def list_versions(
    _actor: Actor, console: Console, paging: Paged, limit: OptionalLimit = None
) -> VersionsAnswer:
    """List the versions of the catalog, the last imported first; none is ever removed.

    With `limit` they come in pages, by name.
    """
    versions = console.catalogs.versions()
    page, cursor = keyset_page(versions, paging, limit, key=lambda each: each.name)
    current = console.catalogs.current_version().name
    return VersionsAnswer(current=current, versions=page, next_cursor=cursor)


@router.get("/catalog/versions/{version}")
def show_version(version: str, _actor: Actor, console: Console) -> VersionAnswer:
    """Show one version: how many plans it has, and what was repaired and refused at its import."""
    catalog = console.catalogs.version(version)
    return VersionAnswer(
        version=catalog.version,
        plans=len(catalog.plans),
        report=console.catalogs.report(catalog.version),
    )


@router.get("/catalog/plans")
def list_plans(
    *,
    _actor: Actor,
    console: Console,
    paging: Paged,
    q: str = "",
    version: VersionQuery = None,
    limit: OptionalLimit = None,
) -> PlansAnswer:
    """List the plans of the catalog whose names or ids have `q` in them; with `limit` in pages, by id."""
    catalog = _catalog(console, version)
    words = q.lower().split()
    plans = [views.plan_summary(plan) for plan in catalog.plans]
    matches = [plan for plan in plans if all(word in _searchable(plan) for word in words)]
    page, cursor = keyset_page(matches, paging, limit, key=lambda each: each.plan_id)
    return PlansAnswer(version=catalog.version, plans=page, next_cursor=cursor)


@router.get("/catalog/plans/{text}")
def show_plan(
    text: str,
    _actor: Actor,
    console: Console,
    version: VersionQuery = None,
    currency: CurrencyQuery = None,
) -> PlanDetail:
    """Show one plan, by id, part number, name or alias."""
    catalog = _catalog(console, version)
    plan = catalog.find(text)
    prices = plan.prices if currency is None else (catalog.price(plan.plan_id, currency),)
    return views.plan_detail(replace(plan, prices=prices))


@router.get("/catalog/compare")
def compare_plans(
    a: str,
    b: str,
    _actor: Actor,
    console: Console,
    version: VersionQuery = None,
    currency: CurrencyQuery = None,
) -> Comparison:
    """Compare two plans by service and by price."""
    catalog = _catalog(console, version)
    return views.comparison(catalog, catalog.find(a), catalog.find(b), currency=currency)


@router.get("/organizations/{organization_id}/subscriptions")
def list_subscriptions(
    *,
    organization_id: PathId,
    _actor: Actor,
    console: Console,
    paging: Paged,
    limit: OptionalLimit = None,
) -> SubscriptionsAnswer:
    """List what an organization holds, in any status and from any seller; with `limit` in pages."""
    with recorded_cloud(console, organization_id) as cloud:
        held, purchases = subscriptions_and_purchases(cloud, organization_id)
        others = sold_elsewhere(held, purchases)
    page, cursor = keyset_page(held, paging, limit, key=lambda each: each.subscription_id)
    return SubscriptionsAnswer(
        organization_id=organization_id,
        subscriptions=tuple(views.subscription(console.catalog, each) for each in page),
        sold_elsewhere=tuple(views.subscription(console.catalog, each) for each in others),
        next_cursor=cursor,
    )


@router.get("/organizations/{organization_id}/subscriptions/{subscription_id}/targets")
def list_targets(
    organization_id: PathId,
    subscription_id: PathId,
    actor: Actor,
    console: Console,
    rule_set: RuleSetQuery = "current",
) -> TargetsAnswer:
    """List every offered plan with what it brings and what blocks it; never an empty answer."""
    wanted = TargetsQuestion(
        organization_id=organization_id, subscription_id=subscription_id, rule_set=rule_set
    )
    return targets_answer(console, wanted, actor=actor, reason="targets")


@router.get("/organizations/{organization_id}/owned-targets")
def list_owned_targets(
    organization_id: PathId,
    actor: Actor,
    console: Console,
    subscription: SubscriptionQuery = None,
    rule_set: RuleSetQuery = "current",
) -> OwnedTargetsAnswer:
    """List the subscriptions to which licenses alone could move: both plans are owned, bought anywhere.

    The directory alone is asked (docs/rules.md#licenses-only).
    """
    reply = owned_targets(console, organization_id, subscription, rule_set=rule_set)
    first = reply.targets[0].assessment
    record_question(console, reply.question, first, actor=actor, reason="owned targets")
    shown = (views.owned_target(console.catalog, each, console.support_contact) for each in reply.targets)
    return OwnedTargetsAnswer(
        organization_id=organization_id,
        subscription_id=reply.source.subscription_id,
        plan=views.plan_name(console.catalog, reply.source.plan_id),
        users=reply.users,
        rule_set=rule_set,
        targets=tuple(shown),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetsQuestion:
    """Which subscription is to be switched, by which rules."""

    organization_id: str
    subscription_id: str
    rule_set: str = "current"


def targets_answer(
    console: ConsoleDependencies, wanted: TargetsQuestion, *, actor: str, reason: str
) -> TargetsAnswer:
    """Return every plan that a subscription can be switched to, or why there is none; it is recorded."""
    reply = targets_of(
        console, wanted.organization_id, wanted.subscription_id, rule_set=wanted.rule_set, actor=actor
    )
    record_targets(console, reply, reason=reason)
    own = views.assessment(console.catalog, reply.assessment, console.support_contact)
    return TargetsAnswer(
        organization_id=wanted.organization_id,
        source=views.subscription(console.catalog, reply.source),
        users=reply.users,
        rule_set=wanted.rule_set,
        targets=tuple(views.target(console.catalog, each, console.support_contact) for each in reply.targets),
        # Without a target the reasons say why, so that the answer is never empty.
        reasons=() if reply.targets else own.reasons,
    )


def _catalog(console: ConsoleDependencies, version: str | None) -> Catalog:
    return console.catalogs.version(version) if version else console.catalog


def _searchable(plan: PlanSummary) -> str:
    names = [plan.plan_id, plan.part_number, plan.name, plan.name_2014, *plan.aliases]
    return " ".join(name or "" for name in names).lower()
