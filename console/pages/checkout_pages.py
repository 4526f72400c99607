"""Pages of checkouts: the list, and one draft with its sections, its quote and its order (rules#checkout).

Every form does what the API does, by the same functions; the page shows what the API answers.
"""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_checkouts import (
    CheckoutAbandonBody,
    CheckoutBody,
    CheckoutEditBody,
    CheckoutOrderBody,
)
from console.api.routes_support import BundleBody, bundle
from console.models.checkouts import CheckoutSections
from console.pages.checkout_forms import Fields, Posted, body_of, changes_of, kept_texts, number_of, text_of
from console.pages.pages import Search
from console.switches.views import checkout_line, checkout_view
from console.words.rendering import page
from domain.catalog.plans import Plan
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.ports.seller_port import PARTY_FIELDS
from domain.reasons.findings import ACKNOWLEDGED
from domain.requests.checkout import STATES
from domain.requests.terms import TERM_CYCLES
from projections.reads.switch_search import PREFIX_MIN
from services.checkouts import checkouts

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
#: Checkouts on one page.
PAGE_ROWS = 50
#: Section of the page in which a failed start or order is told.
START, ORDER = "start", "order"


@router.get("/checkouts")
def list_page(
    actor: Actor, console: Console, organization: Search = "", state: str = "", after: str = ""
) -> Response:
    """Show the drafts of orders, the newest first; all state of the list is in its address."""
    owner = console.reads.organization(organization) if organization.strip() else ""
    return _list(console, actor, {"organization": owner, "state": state, "after": after})


@router.post("/checkouts")
def start(fields: Posted, actor: Actor, console: Console) -> Response:
    """Start a draft and show it; what can't be started is told beside the form."""
    try:
        body = body_of(
            CheckoutBody,
            organization_id=text_of(fields, "organization_id"),
            source_subscription_id=text_of(fields, "source_subscription_id") or None,
            target_plan=text_of(fields, "target_plan"),
            quantity=number_of(fields, "quantity") if text_of(fields, "quantity") else None,
            request_id=text_of(fields, "request_id") or str(uuid4()),
            reason=text_of(fields, "reason"),
        )
        checkout = checkouts.start(console, body, actor=actor)
    except PlanSwitchError as error:
        return _list(console, actor, {}, error=error, kept=fields)
    return _to(checkout.checkout_id)


@router.get("/checkouts/{checkout_id}")
def checkout_page(checkout_id: str, actor: Actor, console: Console) -> Response:
    """Show one draft."""
    return _one(console, checkouts.whole_id(console, checkout_id), actor)


@router.post("/checkouts/{checkout_id}/order")
def place(checkout_id: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Order what is shown; a refusal is told on the page, with what stands in the way now."""
    try:
        body = body_of(
            CheckoutOrderBody,
            revision=number_of(fields, "revision"),
            caller=text_of(fields, "caller"),
            reason=text_of(fields, "reason"),
        )
        checkouts.order(console, checkout_id, body, actor=actor)
    except PlanSwitchError as error:
        return _one(console, checkout_id, actor, section=ORDER, error=error, kept=fields)
    return _to(checkout_id)


@router.post("/checkouts/{checkout_id}/abandon")
def abandon(checkout_id: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Give a draft up."""
    try:
        body = body_of(CheckoutAbandonBody, reason=text_of(fields, "reason"))
        checkouts.abandon(console, checkout_id, reason=body.reason, actor=actor)
    except PlanSwitchError as error:
        return _one(console, checkout_id, actor, section=ORDER, error=error)
    return _to(checkout_id)


@router.post("/checkouts/{checkout_id}/support-bundle")
def support_bundle(checkout_id: str, actor: Actor, console: Console) -> Response:
    """Hand out the redacted facts of a draft's question as a file."""
    checkout = checkouts.visible_checkout(console, checkout_id)
    body = body_of(
        BundleBody,
        organization_id=checkout.organization_id,
        source_subscription_id=checkout.terms.source_subscription_id,
        target_plan=checkout.terms.target_plan_id,
        quantity=checkout.terms.quantity,
        payment_method=checkout.terms.payment_method,
        rule_set=checkout.terms.rule_set,
    )
    name = f"planswitch-support-{checkout_id[:PREFIX_MIN]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return JSONResponse(bundle(console, body, actor=actor).model_dump(mode="json"), headers=headers)


@router.get("/checkouts/{checkout_id}/{section}")
def section_page(checkout_id: str, section: str, _actor: Actor) -> Response:
    """Lead to the section: a reload of a form that was refused asks for this address."""
    return _to(checkout_id, section)


@router.post("/checkouts/{checkout_id}/{section}")
def edit(checkout_id: str, section: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Change a section, which quotes anew; what was not taken is told in the section."""
    try:
        body = body_of(
            CheckoutEditBody,
            revision=number_of(fields, "revision"),
            changes=changes_of(section, fields),
            request_id=text_of(fields, "request_id") or str(uuid4()),
            reason=text_of(fields, "reason"),
        )
        checkouts.edit(console, checkout_id, section, body, actor=actor)
    except PlanSwitchError as error:
        # What somebody else has changed is looked at first; only one's own slip is kept in the form.
        kept = fields if isinstance(error, InvalidInput) else {}
        return _one(console, checkout_id, actor, section=section, error=error, kept=kept)
    return _to(checkout_id, section)


def _list(
    console: ConsoleDependencies,
    actor: str,
    query: dict[str, str],
    *,
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    checkouts_page = console.reads.checkouts(
        state=query.get("state") or None,
        organization_id=query.get("organization") or None,
        limit=PAGE_ROWS,
        after=query.get("after") or None,
    )
    filters = {name: query[name] for name in ("organization", "state") if query.get(name)}
    following = {**filters, "after": checkouts_page.next_id}
    return page(
        "checkouts.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        rows=[checkout_line(console.catalog, row) for row in checkouts_page.rows],
        total=checkouts_page.total,
        states=STATES,
        filters=filters,
        is_first=not query.get("after"),
        first_page=f"/checkouts?{urlencode(filters)}",
        next_page=f"/checkouts?{urlencode(following)}" if checkouts_page.next_id else "",
        told=error,
        kept=kept_texts(kept),
        request_id=str(uuid4()),
    )


def _one(
    console: ConsoleDependencies,
    checkout_id: str,
    actor: str,
    *,
    section: str = "",
    error: PlanSwitchError | None = None,
    kept: Fields | None = None,
) -> Response:
    checkout = checkouts.visible_checkout(console, checkout_id)
    sight = checkouts.see(console, checkout, actor=actor)
    view = checkout_view(console.catalog, sight, console.support_contact, console.store.words)
    currency = checkout.priced.input.currency
    offered = _offered(console, sight)
    return page(
        "checkout.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        view=view,
        plan=view.plan,
        plans=[each.name for each in offered if each.price_in(currency)],
        plans_without_price=[each.name for each in offered if not each.price_in(currency)],
        currency=currency,
        party_fields=PARTY_FIELDS,
        words_of=defaultdict(str, ACKNOWLEDGED),
        sold_as=[(term, cycle) for term, cycles in TERM_CYCLES.items() for cycle in cycles],
        section=section,
        section_names=tuple(CheckoutSections.model_fields),
        told=error,
        kept=kept_texts(kept),
        request_id=str(uuid4()),
    )


def _offered(console: ConsoleDependencies, sight: checkouts.CheckoutSight) -> list[Plan]:
    """Return the plans that the rule set offers, the best first."""
    if sight.answer is None:
        return []
    source, rule_set = sight.answer.prepared.source.plan_id, sight.checkout.terms.rule_set
    return [each.plan for each in console.catalog.offered_targets(source, rule_set)]


def _to(checkout_id: str, section: str = "") -> Response:
    """Show the draft by a request of its own, so that a reload sends nothing again."""
    mark = f"#{quote(section)}" if section else ""
    return RedirectResponse(f"/checkouts/{quote(checkout_id, safe='')}{mark}", status_code=_SEE_OTHER)
