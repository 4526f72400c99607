"""Endpoints of single users: what a switch did with them, and edits of their licenses by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from activities.operator.manual_licenses import LicenseRequest, edit_license
from audit.story.refusals import PAGE_MAX as REFUSALS_MAX
from audit.story.refusals import refusal_page
from audit.users.drift import drift_seen
from audit.users.license_edits import ToldEdit, license_edits
from audit.users.user_outcomes import PAGE_MAX, user_outcomes
from console.access.dependencies import Actor, Console
from console.edge.plain_bodies import Id, PathId, Text
from console.lists.exports import in_blocks
from console.lists.paging import Paged
from console.lists.row_filters import Edits, Refusals, Users
from console.models.base import view_of
from console.models.switches import (
    DriftOfSwitch,
    LicenseChanged,
    LicenseEdits,
    RefusalsOfSwitch,
    UsersOfSwitch,
)
from console.switches.bodies import CommandBody
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import require_organization_id
from domain.kernel.limits import TEXT_MAX
from services.assessment.selections import UserChoice
from services.assessment.user_files import (
    CheckedFile,
    FileQuestion,
    checked_file,
    preview_text,
    step_question,
)
from services.base.scopes import require_write_access
from services.base.switch_rows import recorded_source, required_source
from services.base.tools import require_known_organization

router = APIRouter(prefix="/api/v1", tags=["users"])
CSV = "text/csv"
_FILE_BODY = {"requestBody": {"content": {CSV: {"schema": {"type": "string", "format": "binary"}}}}}
_PREVIEW = {"description": "A file of users.", "content": {CSV: {"schema": {"type": "string"}}}}

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
RefusalLimit = Annotated[int, Query(ge=1, le=REFUSALS_MAX)]


class LicenseBody(CommandBody):
    """One license of one user, to be given or taken away."""

    #: Directory id or principal name.
    user: Id
    #: Id, part number, name or alias of a plan.
    plan: Text
    action: Literal["assign", "remove"]
    #: Take the license also where nothing else that the user holds keeps the same data services.
    accept_loss: bool = False


async def _uploaded(request: Request) -> bytes:
    """Return the body; `console/edge/body_limits.py` bounds it."""
    return await request.body()


@dataclass(frozen=True, kw_only=True, slots=True)
class _FileQuery:
    """What the query says of the switch."""

    organization_id: Annotated[str | None, Query(max_length=TEXT_MAX, description="Directory id")] = None
    target_plan: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Plan to switch to, by any name")
    ] = None
    source_subscription_id: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="The seller's id; else the only active plan")
    ] = None
    service_settings: Annotated[
        Literal["keep", "grant_all"] | None, Query(description="Else the rule set's default")
    ] = None
    rule_set: Annotated[str, Query(max_length=TEXT_MAX, description="2014, 2020 or current")] = "current"
    licenses_only: Annotated[
        bool, Query(description="Both plans are owned: licenses alone move to target_subscription_id")
    ] = False
    target_subscription_id: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="With licenses_only: what receives the users")
    ] = None

    @property
    def question(self) -> FileQuestion:
        """Return the switch that is meant.

        Raises:
            InvalidInput: Organization or plan is not named.
        """
        if self.organization_id is None or not (self.target_plan or self.licenses_only):
            field = "organization_id" if self.organization_id is None else "target_plan"
            raise InvalidInput(field=field, value=None, allowed="an organization and the plan to switch to")
        return FileQuestion(
            organization_id=self.organization_id,
            target_plan=self.target_plan or "",
            source_subscription_id=self.source_subscription_id,
            service_settings=self.service_settings,
            rule_set=self.rule_set,
            licenses_only=self.licenses_only,
            target_subscription_id=self.target_subscription_id,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _MoverQuery:
    """Who moves, where not everyone does; the fields of a quote."""

    users_of_group: Annotated[str | None, Query(max_length=TEXT_MAX, description="Id of a group")] = None
    users_of_department: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Name of a department")
    ] = None
    users_with_plan: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Plan that they hold as well, by any name")
    ] = None
    selection: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="What the check of a file has told")
    ] = None
    user_services: Annotated[
        str | None, Query(max_length=TEXT_MAX, description="Chosen services, as the same check has told")
    ] = None

    @property
    def choice(self) -> UserChoice:
        """Return who is named."""
        return UserChoice(
            users_of_group=self.users_of_group,
            users_of_department=self.users_of_department,
            users_with_plan=self.users_with_plan,
            selection=self.selection,
        )


@router.get("/user-preview", response_class=StreamingResponse, responses={200: _PREVIEW})
def preview_users(
    _actor: Actor,
    console: Console,
    query: Annotated[_FileQuery, Depends()],
    movers: Annotated[_MoverQuery, Depends()],
) -> StreamingResponse:
    """Preview a switch user by user, as a file of users: edited, it runs as it reads; nothing is recorded.

    Only who moves has a row: everyone, a group, or the users of a file that was checked.
    """
    text = preview_text(console, query.question, movers.choice, user_services=movers.user_services or "")
    name = f"preview-{query.question.organization_id[:8]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(in_blocks(text), media_type=CSV, headers=headers)


@router.post("/user-files", openapi_extra=_FILE_BODY)
def check_users(
    _actor: Actor,
    console: Console,
    content: Annotated[bytes, Depends(_uploaded)],
    query: Annotated[_FileQuery, Depends()],
    switch: Annotated[str | None, Query(max_length=TEXT_MAX, description="A manual switch")] = None,
) -> CheckedFile:
    """Accept or refuse each row of a file of users; nothing is carried out.

    `switch` names a manual switch, for one start of its step reassign; else organization and plan are named.
    If all rows are accepted, `selection` and `user_services` name what a start takes in place of the file.
    """
    question = step_question(console, console.reads.switch(switch)) if switch else query.question
    return checked_file(console, question, content)


@router.get("/switches/{switch}/users")
def list_users(
    *,
    switch: str,
    _actor: Actor,
    console: Console,
    paging: Paged,
    choice: Users,
    limit: Limit = 100,
    after: str = "",
    total: bool = True,
) -> UsersOfSwitch:
    """List what happened to each user: moved or not, services kept, gone, new, off with others.

    `total` counts the users on all pages; `total=false` spares that count if you read many pages.
    """
    row = console.reads.switch(switch)
    page = user_outcomes(
        console.store,
        required_source(console, row),
        row.switch_id,
        catalog=console.catalog,
        cursor=paging.begin(after) or "",
        limit=limit,
        is_counted=total,
    )
    following = page.next_cursor or None
    return view_of(
        UsersOfSwitch,
        page,
        switch_id=row.switch_id,
        users=choice.of(page.users),
        next=following,
        next_cursor=paging.next_cursor(following),
    )


@router.get("/switches/{switch}/refusals")
def list_refusals(
    *,
    switch: str,
    _actor: Actor,
    console: Console,
    paging: Paged,
    choice: Refusals,
    limit: RefusalLimit = 200,
    after: str | None = None,
) -> RefusalsOfSwitch:
    """List the different refusals of providers in their own words, and how often each came.

    The oldest comes first; `after` is what the previous page gave as `next`.
    """
    switch_id = console.reads.switch(switch).switch_id
    refusals = refusal_page(console.store, switch_id, after=paging.begin(after), limit=limit)
    return view_of(
        RefusalsOfSwitch,
        refusals,
        switch_id=switch_id,
        refusals=choice.of(refusals.refusals),
        next_cursor=paging.next_cursor(refusals.next),
    )


@router.get("/switches/{switch}/drift")
def show_drift(switch: str, _actor: Actor, console: Console) -> DriftOfSwitch:
    """Show what was changed by hand while licenses moved, by the last look, and what to do about it."""
    row = console.reads.switch(switch)
    source = recorded_source(console, row)
    state = source.switches.get(row.switch_id) if source else None
    return DriftOfSwitch(switch_id=row.switch_id, drift=drift_seen(state) if state else None)


@router.post("/organizations/{organization_id}/licenses")
def change_license(
    organization_id: PathId, body: LicenseBody, actor: Actor, console: Console
) -> LicenseChanged:
    """Give a user a license or take it away; refused while a switch has license administration locked.

    It leaves an event with actor, reason and request id; the same request id acts once.
    """
    require_write_access(console.scopes, organization_id)
    plan = console.catalog.find(body.plan)
    request = LicenseRequest(
        organization_id=organization_id,
        user=body.user,
        plan_id=plan.plan_id,
        is_assigned=body.action == "assign",
        is_loss_accepted=body.accept_loss and body.action == "remove",
        actor=actor,
        reason=body.reason,
        request_id=body.request_id,
    )
    loss = edit_license(console.store, console.cloud_factory, console.catalog, request)
    message = f"User {body.user} has {plan.name} directly."
    if body.action == "remove":
        # Also where they had none: what is so already stays so.
        message = f"User {body.user} does not have {plan.name} directly any more.{loss}"
    return LicenseChanged(
        organization_id=organization_id,
        user=body.user,
        actor=actor,
        request_id=body.request_id,
        message=message,
    )


@router.get("/organizations/{organization_id}/licenses")
def list_license_edits(
    *,
    organization_id: PathId,
    _actor: Actor,
    console: Console,
    paging: Paged,
    choice: Edits,
    limit: Limit = 100,
    after: str | None = None,
) -> LicenseEdits:
    """List the licenses that were given or taken by hand, the newest first: by whom, why, how it ended.

    `after` is the request id of the last edit on the previous page.
    """
    require_organization_id(organization_id)
    if console.store.organization(organization_id) is None:
        organization_id = console.reads.organization(organization_id, field="organization_id")
        require_known_organization(console, organization_id)
    edits = choice.of(license_edits(console.store, console.catalog, organization_id))
    last = paging.begin(after)
    begin = 0 if last is None else _place_after(edits, last)
    shown = edits[begin : begin + limit]
    following = shown[-1].request_id if len(edits) > begin + limit else None
    return LicenseEdits(
        organization_id=organization_id,
        edits=shown,
        next=following,
        next_cursor=paging.next_cursor(following),
        total=len(edits),
    )


def _place_after(edits: Sequence[ToldEdit], request_id: str) -> int:
    """Return where the edit stands that comes after a request's; newer edits move nobody's page.

    Raises:
        InvalidInput: No edit has this request id.
    """
    for place, each in enumerate(edits):
        if each.request_id == request_id:
            return place + 1
    raise InvalidInput(field="after", value=request_id, allowed="what the page before gave as `next`")
