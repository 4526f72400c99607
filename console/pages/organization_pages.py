"""Pages of organizations: which there are, what one owns with acts on it, and one product (docs/products.md).

Every form does what the API does, by the same functions. What costs money, or takes something away, is shown
first with its figures; the second form has the total that was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api import routes_products as api
from console.api.routes_products import ActBody
from console.edge.plain_bodies import PathId
from console.models.products import ActAnswer, ActPreview, LookAnswer, UnassignedAnswer
from console.pages.checkout_forms import Fields, Posted, body_of, kept_texts, number_of, text_of
from console.switches.bodies import CommandBody, NoticeBody
from console.switches.product_views import products_answer
from console.words.rendering import page
from domain.kernel.errors import InvalidInput, LicensesInUse, PlanSwitchError, RuleViolated
from domain.kernel.ids import canonical_id
from domain.operator.completion_notice import READ_NOTICE
from domain.ports.product_port import ProductAct
from domain.products.product_acts import ActQuestion
from domain.products.product_status import ProductStatus
from domain.products.purchase_rules import is_sold_alone
from domain.requests.terms import TERM_CYCLES
from services.answers import CommandTaken
from services.base.switch_rows import shown_change
from services.commands.completion_notices import read_notice
from services.products.product_list import owned_products
from services.products.reconciling import purchase_question

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
RECONCILE, UNASSIGN, LOOK = "reconcile", "unassign", "look"
#: Acts of a form.
ACTS = (*ProductAct, RECONCILE, UNASSIGN, LOOK, READ_NOTICE)
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
def organization_page(organization_id: PathId, actor: Actor, console: Console) -> Response:
    """Show what an organization owns."""
    return _shown(console, console.reads.organization(organization_id), actor)


@router.get("/organizations/{organization_id}/products/{subscription_id}")
def product_page(
    organization_id: PathId, subscription_id: PathId, actor: Actor, console: Console
) -> Response:
    """Show one product, and what it can be switched to."""
    whole = console.reads.organization(organization_id)
    shown = api.shown_product(console, whole, subscription_id, actor)
    return page("product.html", actor=actor, view=shown, request_id=str(uuid4()))


@router.get("/organizations/{organization_id}/acts")
def acts_page(organization_id: PathId, _actor: Actor) -> Response:
    """Lead to the organization: a reload of a form asks for this address."""
    return _to(organization_id)


@router.post("/organizations/{organization_id}/acts")
def act(organization_id: PathId, fields: Posted, actor: Actor, console: Console) -> Response:
    """Do an act, or show first what it would do; a refusal is told on the page."""
    try:
        name = text_of(fields, "act")
        if name not in ACTS:
            raise InvalidInput(field="act", value=name or None, allowed=", ".join(ACTS))
        is_preview = name in _SHOWN_FIRST and text_of(fields, "confirmed") != _YES
        form = _Form(
            console=console,
            organization_id=organization_id,
            fields=fields,
            actor=actor,
            preview=is_preview,
        )
        answer = _sent(form)
    except _LOSSES as error:
        is_loss = text_of(fields, "act") == ProductAct.CANCEL and text_of(fields, "confirmed") == _YES
        return _shown(console, organization_id, actor, error=error, kept=fields, is_loss=is_loss)
    except PlanSwitchError as error:
        return _shown(console, organization_id, actor, error=error, kept=fields)
    if isinstance(answer, ActPreview):
        return _shown(console, organization_id, actor, preview=answer, kept=fields)
    if isinstance(answer, UnassignedAnswer):
        return _shown(console, organization_id, actor, unassigned=answer)
    if isinstance(answer, LookAnswer):
        return _shown(console, organization_id, actor, looked=answer.looked)
    is_notice = isinstance(answer, CommandTaken)
    return _to(organization_id, f"product-{text_of(fields, 'subscription_id')}" if is_notice else "acts")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Form:
    """A posted form, and who posted it."""

    console: ConsoleDependencies
    organization_id: str
    fields: Fields
    actor: str
    preview: bool

    @property
    def subscription_id(self) -> str:
        """Return the subscription that it is about."""
        return canonical_id(text_of(self.fields, "subscription_id"))

    def is_checked(self, name: str) -> bool:
        """Return whether a box is checked."""
        return text_of(self.fields, name) == _YES

    def body(self, model: type[ActBody], **more: int) -> ActBody:
        """Return the body that the API takes."""
        total = self.fields.get("total_minor_units")
        return body_of(
            model,
            **self.command(),
            preview=self.preview,
            total_minor_units=number_of(self.fields, "total_minor_units") if total else None,
            accept_loss=self.is_checked("accept_loss"),
            **more,
        )

    def command(self) -> dict[str, str]:
        """Return what every act takes."""
        return {
            "reason": text_of(self.fields, "reason"),
            "request_id": text_of(self.fields, "request_id") or str(uuid4()),
        }

    def question(self, act: ProductAct, *, quantity: int = 0, at_renewal: bool = False) -> ActQuestion:
        """Return what is asked about the subscription."""
        return ActQuestion(
            act=act,
            request_id=self.command()["request_id"],
            subscription_id=self.subscription_id,
            quantity=quantity,
            at_renewal=at_renewal,
        )


def _sent(form: _Form) -> ActAnswer | ActPreview | UnassignedAnswer | LookAnswer | CommandTaken:
    """Do what the API does with the form's act."""
    name = text_of(form.fields, "act")
    if name == LOOK:
        return api.look_at_products(
            form.organization_id, body_of(CommandBody, **form.command()), form.actor, form.console
        )
    if name == READ_NOTICE:
        return _read(form)
    if name == UNASSIGN:
        users = tuple(text_of(form.fields, "users").replace(",", "\n").split())
        taking = body_of(
            api.UnassignBody, **form.command(), users=users, accept_loss=form.is_checked("accept_loss")
        )
        return api.unassign_users(
            form.organization_id, form.subscription_id, taking, form.actor, form.console
        )
    body, question = _ASKED[name](form)
    return api.carried_out(form.console, form.organization_id, question, body, form.actor)


def _read(form: _Form) -> CommandTaken:
    """Mark the notice of a switch as read, and wait until that is shown."""
    reads = form.console.reads
    row = reads.switch_to_change(text_of(form.fields, "switch_id"), field="switch_id")
    body = body_of(NoticeBody, request_id=form.command()["request_id"])
    answer = read_notice(form.console, row, body.command(form.actor))
    shown_change(reads, row.switch_id, row.position)
    return answer


def _resizing(form: _Form) -> tuple[ActBody, ActQuestion]:
    quantity = number_of(form.fields, "quantity")
    body = form.body(api.ResizeBody, quantity=quantity)
    act = ProductAct(text_of(form.fields, "act"))
    return body, form.question(act, quantity=quantity)


def _cancellation(form: _Form) -> tuple[ActBody, ActQuestion]:
    at_renewal = form.is_checked("at_renewal")
    body = form.body(api.CancelBody, at_renewal=at_renewal)
    return body, form.question(ProductAct.CANCEL, at_renewal=at_renewal)


def _purchase(form: _Form) -> tuple[ActBody, ActQuestion]:
    term, _, cycle = text_of(form.fields, "sold_as").partition(" ")
    body = body_of(
        api.PurchaseBody,
        **form.body(ActBody).model_dump(),
        plan=text_of(form.fields, "plan"),
        quantity=number_of(form.fields, "quantity"),
        term=term,
        billing_cycle=cycle,
        payment_method=text_of(form.fields, "payment_method") or None,
    )
    return body, api.purchase_of(form.console, body)


def _plain(form: _Form) -> tuple[ActBody, ActQuestion]:
    return form.body(ActBody), form.question(ProductAct(text_of(form.fields, "act")))


def _missing(form: _Form) -> tuple[ActBody, ActQuestion]:
    request_id = form.command()["request_id"]
    question = purchase_question(form.console, form.organization_id, form.subscription_id, request_id)
    return form.body(ActBody), question


#: Act of a form -> the body and the question that it is.
_ASKED: Mapping[str, Callable[[_Form], tuple[ActBody, ActQuestion]]] = {
    ProductAct.BUY: _purchase,
    ProductAct.RESIZE: _resizing,
    ProductAct.BUY_TRIAL: _resizing,
    ProductAct.CANCEL: _cancellation,
    ProductAct.REACTIVATE: _plain,
    ProductAct.PAY: _plain,
    RECONCILE: _missing,
}


def _shown(
    console: ConsoleDependencies,
    organization_id: str,
    actor: str,
    *,
    error: PlanSwitchError | None = None,
    preview: ActPreview | None = None,
    unassigned: UnassignedAnswer | None = None,
    looked: tuple[str, ...] = (),
    kept: Fields | None = None,
    is_loss: bool = False,
) -> Response:
    owned = owned_products(console, organization_id)
    view = products_answer(console.catalog, owned)
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
        plans=[
            each.name
            for each in console.catalog.plans
            if each.price_in(owned.profile.currency) and is_sold_alone(each)
        ],
        sold_as=[(term, cycle) for term, cycles in TERM_CYCLES.items() for cycle in cycles],
        told=error,
        is_loss=is_loss,
        preview=preview,
        unassigned=unassigned,
        looked=looked,
        kept=kept_texts(kept),
        request_id=str(uuid4()),
    )


def _to(organization_id: str, section: str = "") -> Response:
    """Show the organization by a request of its own, so that a reload sends nothing again."""
    mark = f"#{section}" if section else ""
    return RedirectResponse(f"/organizations/{quote(organization_id, safe='')}{mark}", status_code=_SEE_OTHER)
