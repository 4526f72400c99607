"""Exports of lists as CSV and JSON lines, with the filters of the list (api-data#exports)."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from audit.story.refusals import PAGE_MAX as REFUSALS_MAX
from audit.story.refusals import ToldRefusal, refusal_page
from audit.users.license_edits import ToldEdit, license_edits
from audit.users.user_outcomes import PAGE_MAX as USERS_MAX
from audit.users.user_outcomes import PassTimes, UserOutcome, user_outcomes
from console.access.dependencies import Actor, Console
from console.api.audit import routes_assessments
from console.api.routes_customers import FindQuery, ProfileQuery, list_customers
from console.api.routes_products import StatusQuery, list_products
from console.api.routes_switches import StageQuery, listed
from console.edge.plain_bodies import PathId
from console.lists.exports import EXPORTED, Export, ExportFormat, in_pages
from console.lists.paging import FIRST_PAGE
from console.lists.queries import Drafts, Events, OrganizationQuery, Switches
from console.lists.row_filters import Assessments, Edits, Refusals, Users
from console.models.assessments import ListedAssessment
from console.models.checkouts import CheckoutLine
from console.models.customers import CustomerAnswer
from console.models.products import ProductAnswer
from console.models.schedules import ScheduleAnswer
from console.models.switches import ListedSwitch
from console.switches.schedules import schedule_answers
from console.switches.views import checkout_line
from domain.kernel.ids import require_organization_id
from projections.reads.queries import PAGE_MAX
from projections.reads.shown_rows import EventRow
from services.base.switch_rows import required_source
from services.base.tools import require_known_organization
from services.commands import schedules

router = APIRouter(prefix="/api/v1", tags=["exports"], default_response_class=StreamingResponse)


@router.get("/switches.{form}", responses=EXPORTED)
def export_switches(
    *,
    form: ExportFormat,
    request: Request,
    _actor: Actor,
    console: Console,
    choice: Switches,
    stage: StageQuery = None,
) -> StreamingResponse:
    """Export the list of switches."""

    def read(after: str | None) -> tuple[Sequence[ListedSwitch], str | None]:
        page = console.reads.switches(stage=stage, limit=PAGE_MAX, after=after, **choice)
        return listed(console, page.rows), page.next_id

    return Export(name="switches", kind=ListedSwitch).answer(request, form, in_pages(read))


@router.get("/checkouts.{form}", responses=EXPORTED)
def export_checkouts(
    *,
    form: ExportFormat,
    request: Request,
    _actor: Actor,
    console: Console,
    choice: Drafts,
    state: str | None = None,
    organization: OrganizationQuery = None,
) -> StreamingResponse:
    """Export the list of checkouts."""

    def read(after: str | None) -> tuple[Sequence[CheckoutLine], str | None]:
        page = console.reads.checkouts(
            state=state, organization_id=organization, limit=PAGE_MAX, after=after, **choice
        )
        return [checkout_line(console.catalog, row) for row in page.rows], page.next_id

    return Export(name="checkouts", kind=CheckoutLine).answer(request, form, in_pages(read))


@router.get("/schedules.{form}", responses=EXPORTED)
def export_schedules(
    form: ExportFormat, request: Request, _actor: Actor, console: Console, choice: Switches
) -> StreamingResponse:
    """Export the list of requests that are scheduled or wait to be eligible."""

    def read(after: str | None) -> tuple[Sequence[ScheduleAnswer], str | None]:
        page = schedules.waiting_page(console, limit=PAGE_MAX, after=after, **choice)
        return schedule_answers(console, page.requests), page.next_id

    return Export(name="schedules", kind=ScheduleAnswer).answer(request, form, in_pages(read))


@router.get("/switches/{switch}/timeline.{form}", responses=EXPORTED)
def export_timeline(
    *, switch: str, form: ExportFormat, request: Request, _actor: Actor, console: Console, choice: Events
) -> StreamingResponse:
    """Export the events of a switch."""
    switch_id = console.reads.switch(switch).switch_id

    def read(after: int | None) -> tuple[Sequence[EventRow], int | None]:
        events = console.reads.timeline(switch_id, after=after or 0, limit=PAGE_MAX, **choice)
        return events, events[-1].position if len(events) == PAGE_MAX else None

    return Export(name=f"timeline-{switch_id}", kind=EventRow).answer(request, form, in_pages(read))


@router.get("/switches/{switch}/users.{form}", responses=EXPORTED)
def export_users(
    *, switch: str, form: ExportFormat, request: Request, _actor: Actor, console: Console, choice: Users
) -> StreamingResponse:
    """Export what became of each user of a switch."""
    row = console.reads.switch(switch)
    source = required_source(console, row)
    times = PassTimes(store=console.store, switch_id=row.switch_id)

    def read(after: str | None) -> tuple[Sequence[UserOutcome], str | None]:
        page = user_outcomes(
            console.store,
            source,
            row.switch_id,
            catalog=console.catalog,
            cursor=after or "",
            limit=USERS_MAX,
            is_counted=False,
            times=times,
        )
        return choice.of(page.users), page.next_cursor or None

    return Export(name=f"users-{row.switch_id}", kind=UserOutcome).answer(request, form, in_pages(read))


@router.get("/switches/{switch}/refusals.{form}", responses=EXPORTED)
def export_refusals(
    *, switch: str, form: ExportFormat, request: Request, _actor: Actor, console: Console, choice: Refusals
) -> StreamingResponse:
    """Export the different refusals of providers in a switch."""
    switch_id = console.reads.switch(switch).switch_id

    def read(after: str | None) -> tuple[Sequence[ToldRefusal], str | None]:
        page = refusal_page(console.store, switch_id, after=after, limit=REFUSALS_MAX)
        return choice.of(page.refusals), page.next

    return Export(name=f"refusals-{switch_id}", kind=ToldRefusal).answer(request, form, in_pages(read))


@router.get("/organizations/{organization_id}/assessments.{form}", responses=EXPORTED)
def export_assessments(
    *,
    organization_id: PathId,
    form: ExportFormat,
    request: Request,
    _actor: Actor,
    console: Console,
    choice: Assessments,
) -> StreamingResponse:
    """Export the recorded assessments and refusals of an organization."""
    whole = console.reads.organization(organization_id)
    if not console.store.assessments(whole, limit=1):
        require_known_organization(console, whole)

    def read(after: int | None) -> tuple[Sequence[ListedAssessment], int | None]:
        page = console.store.assessments(whole, before_id=after, limit=PAGE_MAX)
        rows = choice.of(routes_assessments.listed(console, each) for each in page)
        return rows, page[-1].id if len(page) == PAGE_MAX else None

    return Export(name=f"assessments-{whole}", kind=ListedAssessment).answer(request, form, in_pages(read))


@router.get("/organizations/{organization_id}/licenses.{form}", responses=EXPORTED)
def export_license_edits(
    *,
    organization_id: PathId,
    form: ExportFormat,
    request: Request,
    _actor: Actor,
    console: Console,
    choice: Edits,
) -> StreamingResponse:
    """Export the licenses that were given or taken by hand in an organization."""
    require_organization_id(organization_id)
    if console.store.organization(organization_id) is None:
        organization_id = console.reads.organization(organization_id, field="organization_id")
        require_known_organization(console, organization_id)
    edits = choice.of(license_edits(console.store, console.catalog, organization_id))
    return Export(name=f"licenses-{organization_id}", kind=ToldEdit).answer(request, form, iter([edits]))


@router.get("/organizations/{organization_id}/products.{form}", responses=EXPORTED)
def export_products(
    *,
    organization_id: PathId,
    form: ExportFormat,
    request: Request,
    actor: Actor,
    console: Console,
    status: StatusQuery = None,
) -> StreamingResponse:
    """Export the products of an organization."""
    owned = list_products(
        organization_id=organization_id, _actor=actor, console=console, paging=FIRST_PAGE, status=status
    )
    name = f"products-{owned.organization_id}"
    return Export(name=name, kind=ProductAnswer).answer(request, form, iter([owned.products]))


@router.get("/customers.{form}", responses=EXPORTED)
def export_customers(
    *,
    form: ExportFormat,
    request: Request,
    actor: Actor,
    console: Console,
    profile: ProfileQuery = "",
    find: FindQuery = None,
) -> StreamingResponse:
    """Export the organizations of a cloud profile."""
    answer = list_customers(_actor=actor, console=console, paging=FIRST_PAGE, profile=profile, find=find)
    return Export(name="customers", kind=CustomerAnswer).answer(request, form, iter([answer.customers]))
