"""Endpoints of the catalog and of what an organization holds."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from activities.assessment.circumstances import sold_elsewhere
from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.edge.plain_bodies import PathId
from console.models.catalog import (
    Comparison,
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
from services.assessment.asking import record, targets_of
from services.base.tools import recorded_cloud
from services.catalog.catalog_imports import IMPORTED, ImportOutcome, import_catalog

router = APIRouter(prefix="/api", tags=["catalog"])

_CREATED = 201
_LIST_BODY = {"requestBody": {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}
_IMPORTED: dict[int | str, dict[str, Any]] = {_CREATED: {"description": "A new version was made."}}

VersionQuery = Annotated[
    str | None, Query(alias="catalog", description="A version of the catalog; the current one if not given")
]
RuleSetQuery = Annotated[str, Query(description="2014, 2020 or current")]


async def _uploaded(request: Request) -> bytes:
    """Return the body; `console/edge/body_limits.py` bounds it."""
    return await request.body()


@router.post("/catalog/imports", openapi_extra=_LIST_BODY, responses=_IMPORTED)
def make_version(
    actor: Actor,
    console: Console,
    content: Annotated[bytes, Depends(_uploaded)],
    response: Response,
    name: str | None = None,
) -> ImportOutcome:
    """Import the vendor's published list of products and services as the current version of the catalog."""
    outcome = import_catalog(console.catalogs, content, name=name, actor=actor)
    if outcome.status == IMPORTED:
        response.status_code = _CREATED
    return outcome


@router.get("/catalog/versions")
def list_versions(_actor: Actor, console: Console) -> VersionsAnswer:
    """List the versions of the catalog, the last imported first; none is ever removed."""
    return VersionsAnswer(
        current=console.catalogs.current_version().name, versions=tuple(console.catalogs.versions())
    )


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
def list_plans(_actor: Actor, console: Console, q: str = "", version: VersionQuery = None) -> PlansAnswer:
    """List the plans of the catalog whose names or ids have `q` in them."""
    catalog = _catalog(console, version)
    words = q.lower().split()
    plans = [views.plan_summary(plan) for plan in catalog.plans]
    matches = tuple(plan for plan in plans if all(word in _searchable(plan) for word in words))
    return PlansAnswer(version=catalog.version, plans=matches)


@router.get("/catalog/plans/{text}")
def show_plan(text: str, _actor: Actor, console: Console, version: VersionQuery = None) -> PlanDetail:
    """Show one plan, by id, part number, name or alias."""
    return views.plan_detail(_catalog(console, version).find(text))


@router.get("/catalog/compare")
def compare_plans(
    a: str, b: str, _actor: Actor, console: Console, version: VersionQuery = None
) -> Comparison:
    """Compare two plans by service."""
    catalog = _catalog(console, version)
    return views.comparison(catalog, catalog.find(a), catalog.find(b))


@router.get("/organizations/{organization_id}/subscriptions")
def list_subscriptions(organization_id: PathId, _actor: Actor, console: Console) -> SubscriptionsAnswer:
    """List what an organization holds, in any status and from any seller."""
    with recorded_cloud(console, organization_id) as cloud:
        held = cloud.seller.subscriptions(organization_id)
        others = sold_elsewhere(held, cloud.inquiries.purchases(organization_id))
    return SubscriptionsAnswer(
        organization_id=organization_id,
        subscriptions=tuple(views.subscription(console.catalog, each) for each in held),
        sold_elsewhere=tuple(views.subscription(console.catalog, each) for each in others),
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
    question, answers = targets_of(console, organization_id, subscription_id, rule_set=rule_set, actor=actor)
    record(console, question, reason="targets", accepted=False)
    source = question.prepared.source
    own = views.assessment(console.catalog, question.prepared.assessment, console.support_contact)
    return TargetsAnswer(
        organization_id=organization_id,
        source=views.subscription(console.catalog, source),
        users=question.prepared.users,
        rule_set=rule_set,
        targets=tuple(views.target(console.catalog, each, console.support_contact) for each in answers),
        # Without a target the reasons say why, so that the answer is never empty.
        reasons=() if answers else own.reasons,
    )


def _catalog(console: ConsoleDependencies, version: str | None) -> Catalog:
    return console.catalogs.version(version) if version else console.catalog


def _searchable(plan: PlanSummary) -> str:
    names = [plan.plan_id, plan.part_number, plan.name, plan.name_2014, *plan.aliases]
    return " ".join(name or "" for name in names).lower()
