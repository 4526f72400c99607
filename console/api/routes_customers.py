"""Endpoints of the organizations that an installation looks after: the list, and the first look at one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from console.access.dependencies import Actor, Console
from console.api.routes_catalog import RuleSetQuery
from console.edge.plain_bodies import PathId
from console.lists.paging import OptionalLimit, Paged, is_found, keyset_page
from console.models.customers import CustomerReportAnswer, CustomersAnswer
from console.switches.customer_views import customers_answer, report_answer
from domain.kernel.ids import require_organization_id
from domain.kernel.limits import TEXT_MAX
from services.customers.customer_list import customer_list
from services.customers.customer_report import customer_report

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

FindQuery = Annotated[
    str | None,
    Query(max_length=TEXT_MAX, description="Part of an organization's name, or the beginning of its id"),
]
ProfileQuery = Annotated[
    str, Query(max_length=64, description="Name of a cloud profile; not needed if there is only one")
]


@router.get("")
def list_customers(
    *,
    _actor: Actor,
    console: Console,
    paging: Paged,
    profile: ProfileQuery = "",
    find: FindQuery = None,
    limit: OptionalLimit = None,
) -> CustomersAnswer:
    """List the organizations of a cloud profile, and say who names them; with `limit` in pages."""
    answer = customers_answer(customer_list(console, profile), console.reads.names)
    matches = [each for each in answer.customers if is_found(find, each.organization_id, each.name)]
    page, cursor = keyset_page(matches, paging, limit, key=lambda each: each.organization_id)
    return answer.model_copy(update={"customers": page, "next_cursor": cursor})


@router.get("/{organization_id}/report")
def report_customer(
    organization_id: PathId, actor: Actor, console: Console, rule_set: RuleSetQuery = "current"
) -> CustomerReportAnswer:
    """Show the plans of an organization, what each could be moved to, and what stands in the way."""
    require_organization_id(organization_id)
    report = customer_report(console, organization_id, rule_set=rule_set, actor=actor)
    return report_answer(console.catalog, report, console.support_contact)
