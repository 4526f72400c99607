"""Pages of organizations: which there are, what one owns with acts on it, and one product (docs/products.md).

Every form does what the API does, by the same functions. What costs money, or takes something away, is shown
first with its figures; the second form has the total that was shown.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api import routes_products as api
from console.models.products import ActPreview, UnassignedAnswer
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.switches.product_views import products_answer
from console.words.rendering import page
from domain.kernel.errors import InvalidInput, LicensesInUse, PlanSwitchError, RuleViolated
from domain.ports.product_port import ProductAct
from domain.products.product_status import ProductStatus
from domain.requests.terms import TERM_CYCLES
from services.products.product_list import owned_products

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
RECONCILE, UNASSIGN = "reconcile", "unassign"
#: Acts of a form.
ACTS = (*ProductAct, RECONCILE, UNASSIGN)
#: What is shown with its figures before it is done.
_SHOWN_FIRST = frozenset({*ProductAct, RECONCILE}) - {ProductAct.PAY}
_LOSSES = (LicensesInUse, RuleViolated)
ORGANIZATIONS_MAX = 500
_YES = "yes"


@router.get("/organizations")
def list_page(actor: Actor, console: Console, find: str = "") -> Response:
    """Show the organizations that have a switch, or lead to one that is named."""
    if find.strip():
        return _to(console.reads.organization(find, field="find"))
    ids = console.reads.organizations()[:ORGANIZATIONS_MAX]
    names = console.reads.names.names_of(ids)
    rows = sorted(((names.get(each, ""), each) for each in ids), key=lambda row: (not row[0], *row))
    return page("organizations.html", actor=actor, rows=rows)


@router.get("/organizations/{organization_id}")
def organization_page(organization_id: str, actor: Actor, console: Console) -> Response:
    """Show what an organization owns."""
    return _shown(console, console.reads.organization(organization_id), actor)


@router.get("/organizations/{organization_id}/products/{subscription_id}")
def product_page(organization_id: str, subscription_id: str, actor: Actor, console: Console) -> Response:
    """Show one product, and what it can be switched to."""
    whole = console.reads.organization(organization_id)
    shown = api.shown_product(console, whole, subscription_id, actor)
    return page("product.html", actor=actor, view=shown, request_id=str(uuid4()))


@router.get("/organizations/{organization_id}/acts")
def acts_page(organization_id: str, _actor: Actor) -> Response:
    """Lead to the organization: a reload of a form asks for this address."""
    return _to(organization_id)


@router.post("/organizations/{organization_id}/acts")
def act(organization_id: str, fields: Posted, actor: Actor, console: Console) -> Response:
    """Do an act, or show first what it would do; a refusal is told on the page."""
    try:
        name = text_of(fields, "act")
        if name not in ACTS:
            raise InvalidInput(field="act", value=name or None, allowed=", ".join(ACTS))
        if name in _SHOWN_FIRST and text_of(fields, "confirmed") != _YES:
            shown = _sent(console, organization_id, fields, actor, preview=True)
            return _shown(console, organization_id, actor, preview=shown, kept=fields)
        answer = _sent(console, organization_id, fields, actor, preview=False)
    except _LOSSES as error:
        is_loss = text_of(fields, "act") == ProductAct.CANCEL and text_of(fields, "confirmed") == _YES
        return _shown(console, organization_id, actor, error=error, kept=fields, is_loss=is_loss)
    except PlanSwitchError as error:
        return _shown(console, organization_id, actor, error=error, kept=fields)
    if isinstance(answer, UnassignedAnswer):
        return _shown(console, organization_id, actor, unassigned=answer)
    return _to(organization_id, "acts")


def _sent(
    console: ConsoleDependencies, organization_id: str, fields: Fields, actor: str, *, preview: bool
) -> Any:
    """Hand a form to the endpoint of its act."""
    name, subscription_id = text_of(fields, "act"), text_of(fields, "subscription_id")
    common: dict[str, Any] = {
        "reason": text_of(fields, "reason"),
        "request_id": text_of(fields, "request_id") or str(uuid4()),
    }
    accept_loss = text_of(fields, "accept_loss") == _YES
    if name == UNASSIGN:
        users = tuple(text_of(fields, "users").replace(",", "\n").split())
        unassigning = body_of(api.UnassignBody, **common, users=users, accept_loss=accept_loss)
        return api.unassign_users(organization_id, subscription_id, unassigning, actor, console)
    common |= {"preview": preview, "accept_loss": accept_loss}
    if text_of(fields, "total_minor_units"):
        common["total_minor_units"] = number_of(fields, "total_minor_units")
    if name == ProductAct.PAY:
        return api.pay_balance(organization_id, body_of(api.ActBody, **common), actor, console)
    if name == ProductAct.BUY:
        return api.buy_product(organization_id, _purchase(fields, common), actor, console)
    about = (organization_id, subscription_id)
    if name == ProductAct.RESIZE:
        resizing = body_of(api.ResizeBody, **common, quantity=number_of(fields, "quantity"))
        return api.resize_product(*about, resizing, actor, console)
    if name == ProductAct.BUY_TRIAL:
        trial = body_of(api.TrialBody, **common, quantity=number_of(fields, "quantity"))
        return api.buy_trial(*about, trial, actor, console)
    if name == ProductAct.CANCEL:
        ending = body_of(api.CancelBody, **common, at_renewal=text_of(fields, "at_renewal") == _YES)
        return api.cancel_product(*about, ending, actor, console)
    if name == ProductAct.REACTIVATE:
        return api.reactivate_product(*about, body_of(api.ActBody, **common), actor, console)
    return api.buy_missing(*about, body_of(api.ActBody, **common), actor, console)


def _purchase(fields: Fields, common: dict[str, Any]) -> api.PurchaseBody:
    term, _, cycle = text_of(fields, "sold_as").partition(" ")
    return body_of(
        api.PurchaseBody,
        **common,
        plan=text_of(fields, "plan"),
        quantity=number_of(fields, "quantity"),
        term=term,
        billing_cycle=cycle,
        payment_method=text_of(fields, "payment_method") or None,
    )


def _shown(
    console: ConsoleDependencies,
    organization_id: str,
    actor: str,
    *,
    error: PlanSwitchError | None = None,
    preview: ActPreview | None = None,
    unassigned: UnassignedAnswer | None = None,
    kept: Fields | None = None,
    is_loss: bool = False,
) -> Response:
    view = products_answer(console.catalog, owned_products(console, organization_id, actor=actor))
    return page(
        "organization.html",
        status=error.handling.http_status if error else 200,
        actor=actor,
        view=view,
        able={each.act: each for each in view.capabilities},
        statuses=[
            (status, [each for each in view.products if each.status == status]) for status in ProductStatus
        ],
        incidents=[each for each in view.health if not each.is_healthy],
        plans=[each.name for each in console.catalog.plans if each.prices],
        sold_as=[(term, cycle) for term, cycles in TERM_CYCLES.items() for cycle in cycles],
        told=error,
        is_loss=is_loss,
        preview=preview,
        unassigned=unassigned,
        kept=kept_texts(kept),
        request_id=str(uuid4()),
    )


def _to(organization_id: str, section: str = "") -> Response:
    """Show the organization by a request of its own, so that a reload sends nothing again."""
    mark = f"#{section}" if section else ""
    return RedirectResponse(f"/organizations/{quote(organization_id, safe='')}{mark}", status_code=_SEE_OTHER)
