"""Endpoints of checkouts: start, list, look, edit a section, order, abandon (rules#checkout)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field
from starlette.convertors import StringConvertor, register_url_convertor

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_switches import named
from console.edge.plain_bodies import Body, Id, OptionalId, OptionalReason, Text
from console.edge.request_ids import new_request_id
from console.lists.paging import Paged
from console.lists.queries import Drafts, OrganizationQuery
from console.models.base import view_of
from console.models.checkouts import CheckoutAnswer, CheckoutList, CheckoutOrdered
from console.switches.views import checkout_line, checkout_view
from domain.kernel.limits import LICENSES_MAX
from domain.periods.proration import PER_DAY
from domain.requests.checkout import Checkout, DraftChange, NewDraft, Placing
from projections.reads.queries import PAGE_MAX
from services.base.switch_rows import shown_switch
from services.checkouts import checkouts


class _SectionWord(StringConvertor):
    """What stands for a section in an address: no act on the whole draft, whose addresses take no PATCH."""

    regex = "(?!(?:order|abandon)$)[^/]+"


register_url_convertor("section", _SectionWord())
router = APIRouter(prefix="/api/v1/checkouts", tags=["checkouts"])

#: Fields that one edit changes at most; no section has more.
CHANGES_MAX = 20
#: More changes of one draft than anybody makes; a larger number is no revision.
REVISION_MAX = 1_000_000
Revision = Annotated[int, Field(ge=1, le=REVISION_MAX)]
_OK = 200
_CREATED = 201
_ORDERED: dict[int | str, dict[str, Any]] = {
    _OK: {"model": CheckoutOrdered, "description": "It was ordered before; this is its answer."}
}
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


class CheckoutBody(Body, NewDraft):  # type: ignore[misc] # a `Body` is frozen by its config
    """What to draft an order of; every other section begins with what is usual."""

    organization_id: Id
    source_subscription_id: Id | None = None
    target_plan: Text
    quantity: Annotated[int, Field(ge=1, le=LICENSES_MAX)] | None = None
    rule_set: Text = "current"
    policy: Text = PER_DAY
    request_id: Text = Field(default_factory=new_request_id)
    reason: OptionalReason = ""


class CheckoutEditBody(Body, DraftChange):  # type: ignore[misc] # as above
    """A change of one section; no changes quote anew what is there."""

    revision: Revision
    changes: Annotated[dict[str, Any], Field(max_length=CHANGES_MAX)] = Field(default_factory=dict)
    request_id: Text = Field(default_factory=new_request_id)
    reason: OptionalReason = ""


class CheckoutOrderBody(Body, Placing):  # type: ignore[misc] # as above
    """The order of what is shown."""

    revision: Revision
    caller: OptionalId = ""
    caller_role: Text = "global_admin"
    reason: OptionalReason = ""


class CheckoutAbandonBody(Body):
    """Why a draft will not be ordered."""

    reason: OptionalReason = ""


@router.post("", status_code=_CREATED)
def start_checkout(body: CheckoutBody, actor: Actor, console: Console) -> CheckoutAnswer:
    """Start the draft of an order; the same request id again answers the same draft."""
    return _view(console, checkouts.start(console, body, actor=actor), actor)


@router.get("")
def list_checkouts(
    *,
    _actor: Actor,
    console: Console,
    choice: Drafts,
    paging: Paged,
    state: str | None = None,
    organization: OrganizationQuery = None,
    limit: Limit = 50,
    after: str | None = None,
) -> CheckoutList:
    """List drafts of orders, the newest first; `cursor` is `next_cursor` of the previous page.

    `total` counts the matches on all pages; `all` ignores every filter.
    """
    page = console.reads.checkouts(
        state=state, organization_id=organization, limit=limit, after=paging.begin(after), **choice
    )
    return CheckoutList(
        checkouts=tuple(checkout_line(console.catalog, row) for row in page.rows),
        next=page.next_id,
        next_cursor=paging.next_cursor(page.next_id),
        total=page.total,
        all=console.reads.checkout_count(),
    )


@router.get("/{checkout_id}")
def show_checkout(checkout_id: str, actor: Actor, console: Console) -> CheckoutAnswer:
    """Show every section, the newest quote, and what blocks the order now."""
    return _view(
        console, checkouts.visible_checkout(console, checkouts.whole_id(console, checkout_id)), actor
    )


@router.patch("/{checkout_id}/{section:section}")
def edit_checkout(
    checkout_id: str, section: str, body: CheckoutEditBody, actor: Actor, console: Console
) -> CheckoutAnswer:
    """Change one section, which quotes anew; a change decided on another revision is a conflict."""
    whole = checkouts.whole_id(console, checkout_id)
    return _view(console, checkouts.edit(console, whole, section, body, actor=actor), actor)


@router.post("/{checkout_id}/order", status_code=_CREATED, responses=_ORDERED)
def order_checkout(
    checkout_id: str, body: CheckoutOrderBody, actor: Actor, console: Console, response: Response
) -> CheckoutOrdered:
    """Start the switch with exactly what is shown; the same revision again answers the same switch."""
    whole = checkouts.whole_id(console, checkout_id)
    ordered = checkouts.order(console, whole, body, actor=actor)
    shown = shown_switch(console.reads, ordered.switch_id)
    response.status_code = _OK if ordered.repeated else _CREATED
    switch = named(console, shown) if shown else None
    return view_of(CheckoutOrdered, ordered, checkout_id=whole, switch=switch)


@router.post("/{checkout_id}/abandon")
def abandon_checkout(
    checkout_id: str, body: CheckoutAbandonBody, actor: Actor, console: Console
) -> CheckoutAnswer:
    """Give a draft up; it stays in the list as abandoned."""
    whole = checkouts.whole_id(console, checkout_id)
    return _view(console, checkouts.abandon(console, whole, reason=body.reason, actor=actor), actor)


def _view(console: ConsoleDependencies, checkout: Checkout, actor: str) -> CheckoutAnswer:
    sight = checkouts.see(console, checkout, actor=actor)
    return checkout_view(console.catalog, sight, console.support_contact, console.store.words)
