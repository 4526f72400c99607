"""Endpoints of the products of an organization: look at them, and act on them (docs/products.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_catalog import TargetsQuestion, targets_answer
from console.edge.plain_bodies import PathId, Text, Texts
from console.lists.paging import OptionalLimit, Paged, keyset_page
from console.models.base import view_of
from console.models.catalog import TargetsAnswer
from console.models.products import (
    ActAnswer,
    ActPreview,
    LookAnswer,
    ProductsAnswer,
    ProductShown,
    UnassignedAnswer,
    UnassignedUser,
)
from console.switches import product_views
from console.switches.bodies import CommandBody
from domain.kernel.errors import PlanSwitchError, ProviderRefused
from domain.kernel.ids import require_organization_id
from domain.kernel.limits import LICENSES_MAX
from domain.ports.product_port import ProductAct
from domain.products.product_acts import REFUSED, ActQuestion, ActRequest
from domain.products.product_status import ProductStatus
from services.products import acts
from services.products.cleared_waits import LookRequest, let_look
from services.products.product_list import OwnedProduct, owned_product, owned_products
from services.products.reconciling import UnassignRequest, licenses_of, purchase_question, unassign

router = APIRouter(prefix="/api/v1/organizations/{organization_id}", tags=["products"])

MONEY_MAX = 10**15
StatusQuery = Annotated[ProductStatus | None, Query(description="Only products of this status")]
Quantity = Annotated[int, Field(ge=1, le=LICENSES_MAX)]
MinorUnits = Annotated[int, Field(ge=0, le=MONEY_MAX)]
#: Statuses of which it is asked what they can be switched to.
_SWITCHABLE = frozenset({ProductStatus.ACTIVE, ProductStatus.TRIAL})


class ActBody(CommandBody):
    """An act: why, under which request id, and what is accepted."""

    #: Only say what it would do.
    preview: bool = False
    #: What was shown and is accepted to be paid, in minor units.
    total_minor_units: MinorUnits | None = None
    #: Accept what it costs, unseen.
    accept: bool = False
    #: Accept that users lose what the licenses give, or that prepaid value is lost.
    accept_loss: bool = False

    def request(self, question: ActQuestion) -> ActRequest:
        """Return the request of an act."""
        return ActRequest(
            question=question,
            reason=self.reason,
            total_minor_units=self.total_minor_units,
            accept=self.accept,
            accept_loss=self.accept_loss,
        )


class PurchaseBody(ActBody):
    """A subscription to buy."""

    #: Id, part number, name or alias of a plan.
    plan: Text
    quantity: Quantity
    term: Text = acts.ONE_MONTH
    billing_cycle: Text = acts.MONTHLY
    #: null: as the organization pays now.
    payment_method: Literal["card", "invoice"] | None = None


class ResizeBody(ActBody):
    """Another number of licenses."""

    quantity: Quantity


class TrialBody(ActBody):
    """A trial to buy; null takes as many licenses as it has."""

    quantity: Quantity | None = None


class CancelBody(ActBody):
    """A cancellation; at the renewal it ends with its term."""

    at_renewal: bool = False


class UnassignBody(CommandBody):
    """Users from whom a license is taken: directory ids or principal names."""

    users: Annotated[Texts, Field(min_length=1, max_length=500)]
    #: Take it also where nothing else that a user holds keeps the same data services.
    accept_loss: bool = False


@router.get("/products")
def list_products(
    *,
    organization_id: PathId,
    _actor: Actor,
    console: Console,
    paging: Paged,
    status: StatusQuery = None,
    limit: OptionalLimit = None,
) -> ProductsAnswer:
    """List what an organization owns, with licenses, notices, service health, invoices and balance.

    With `limit` the products come in pages.
    """
    owned = owned_products(console, require_organization_id(organization_id))
    answer = product_views.products_answer(console.catalog, owned)
    matches = [each for each in answer.products if status in {None, each.status}]
    page, cursor = keyset_page(matches, paging, limit, key=lambda each: each.subscription.subscription_id)
    return answer.model_copy(update={"products": page, "next_cursor": cursor})


@router.post("/look")
def look_at_products(
    organization_id: PathId, body: CommandBody, actor: Actor, console: Console
) -> LookAnswer:
    """Let the requests look at once that wait for what is gone, such as a balance that was paid elsewhere."""
    owned = owned_products(console, require_organization_id(organization_id))
    request = LookRequest(actor=actor, reason=body.reason, request_id=body.request_id)
    return LookAnswer(organization_id=organization_id, looked=let_look(console, owned.cleared, request))


@router.get("/products/{subscription_id}")
def show_product(
    organization_id: PathId, subscription_id: PathId, actor: Actor, console: Console
) -> ProductShown:
    """Show one product, and what it can be switched to, ranked, or why not."""
    return shown_product(console, require_organization_id(organization_id), subscription_id, actor)


def shown_product(
    console: ConsoleDependencies, organization_id: str, subscription_id: str, actor: str
) -> ProductShown:
    """Return one product with its targets."""
    owned = owned_products(console, organization_id)
    each = owned_product(owned, subscription_id)
    own_id = each.subscription.subscription_id
    mine = (one for one in owned.acts if own_id in {one.question.subscription_id, one.bought_id})
    names = product_views.plan_names(owned)
    targets, no_targets = _targets(console, organization_id, each, actor)
    return ProductShown(
        organization_id=organization_id,
        organization=owned.profile.display_name,
        product=product_views.product_answer(console.catalog, each),
        balance_due=str(owned.statement.balance_due),
        targets=targets,
        no_targets=no_targets,
        acts=tuple(
            product_views.act_answer(console.catalog, organization_id, one, names=names) for one in mine
        ),
        capabilities=owned.capabilities,
        locked_by=owned.lock,
    )


def _targets(
    console: ConsoleDependencies, organization_id: str, each: OwnedProduct, actor: str
) -> tuple[TargetsAnswer | None, str]:
    """Return what a product can be switched to, or why that can't be asked."""
    if each.subscription.parent_subscription_id:
        return None, "An add-on is switched with its plan."
    if each.stands.status not in _SWITCHABLE:
        return None, f"It is {each.stands.status}: nothing is switched from it."
    question = TargetsQuestion(
        organization_id=organization_id, subscription_id=each.subscription.subscription_id
    )
    try:
        return targets_answer(console, question, actor=actor, reason="product shown"), ""
    except PlanSwitchError as error:
        # The product is shown all the same, such as one of which the catalog knows nothing.
        return None, f"{error.message} ({error.code})"


@router.post("/products")
def buy_product(
    organization_id: PathId, body: PurchaseBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Buy a subscription; it is billed from the day on which the seller has named it."""
    return carried_out(console, organization_id, purchase_of(console, body), body, actor)


def purchase_of(console: ConsoleDependencies, body: PurchaseBody) -> ActQuestion:
    """Return what is bought, whose plan may have any name.

    Raises:
        UnknownPlan: No plan is called so.
    """
    return ActQuestion(
        act=ProductAct.BUY,
        request_id=body.request_id,
        plan_id=console.catalog.find(body.plan).plan_id,
        quantity=body.quantity,
        term=body.term,
        billing_cycle=body.billing_cycle,
        payment_method=body.payment_method or "",
    )


@router.post("/products/{subscription_id}/resize")
def resize_product(
    organization_id: PathId, subscription_id: PathId, body: ResizeBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Give a subscription another number of licenses; never fewer than users hold."""
    question = _about(ProductAct.RESIZE, subscription_id, body, quantity=body.quantity)
    return carried_out(console, organization_id, question, body, actor)


@router.post("/products/{subscription_id}/buy-trial")
def buy_trial(
    organization_id: PathId, subscription_id: PathId, body: TrialBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Make a trial a subscription that is paid for."""
    question = _about(ProductAct.BUY_TRIAL, subscription_id, body, quantity=body.quantity or 0)
    return carried_out(console, organization_id, question, body, actor)


@router.post("/products/{subscription_id}/cancel")
def cancel_product(
    organization_id: PathId, subscription_id: PathId, body: CancelBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Cancel a subscription, and give back what is left of its paid period; or let it end with its term."""
    question = _about(ProductAct.CANCEL, subscription_id, body, at_renewal=body.at_renewal)
    return carried_out(console, organization_id, question, body, actor)


@router.post("/products/{subscription_id}/reactivate")
def reactivate_product(
    organization_id: PathId, subscription_id: PathId, body: ActBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Let a subscription serve again that was cancelled or has expired."""
    question = _about(ProductAct.REACTIVATE, subscription_id, body)
    return carried_out(console, organization_id, question, body, actor)


@router.post("/payments")
def pay_balance(
    organization_id: PathId, body: ActBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Pay the balance that is due; a switch that waits for it starts by itself."""
    return carried_out(console, organization_id, _about(ProductAct.PAY, "", body), body, actor)


@router.post("/products/{subscription_id}/reconcile")
def buy_missing(
    organization_id: PathId, subscription_id: PathId, body: ActBody, actor: Actor, console: Console
) -> ActAnswer | ActPreview:
    """Clear a licensing conflict: buy the licenses that are missing."""
    question = purchase_question(console, organization_id, subscription_id, body.request_id)
    return carried_out(console, organization_id, question, body, actor)


@router.post("/products/{subscription_id}/unassign")
def unassign_users(
    organization_id: PathId, subscription_id: PathId, body: UnassignBody, actor: Actor, console: Console
) -> UnassignedAnswer:
    """Clear a licensing conflict: take the license from users; each is an edit by hand of its own."""
    request = UnassignRequest(
        actor=actor, reason=body.reason, request_id=body.request_id, accept_loss=body.accept_loss
    )
    users = unassign(console, require_organization_id(organization_id), subscription_id, body.users, request)
    figures = licenses_of(console, organization_id, subscription_id).figures
    return UnassignedAnswer(
        organization_id=organization_id,
        subscription_id=subscription_id,
        request_id=body.request_id,
        users=tuple(view_of(UnassignedUser, each) for each in users),
        licenses=product_views.licenses_answer(figures),
    )


def _about(
    act: ProductAct,
    subscription_id: str,
    body: ActBody,
    *,
    quantity: int = 0,
    at_renewal: bool = False,
) -> ActQuestion:
    return ActQuestion(
        act=act,
        request_id=body.request_id,
        subscription_id=subscription_id,
        quantity=quantity,
        at_renewal=at_renewal,
    )


def carried_out(
    console: ConsoleDependencies, organization_id: str, question: ActQuestion, body: ActBody, actor: str
) -> ActAnswer | ActPreview:
    """Carry an act out, or say what it would do.

    Raises:
        ProviderRefused: Seller or billing said no; the act is recorded as refused.
    """
    require_organization_id(organization_id)
    if body.preview:
        terms = acts.preview(console, organization_id, question)
        return product_views.act_preview(console.catalog, organization_id, question, terms)
    progress = acts.request_act(console, organization_id, body.request(question), actor=actor)
    answer = product_views.progress_answer(console.catalog, organization_id, progress)
    if progress.state.outcome == REFUSED:
        raise ProviderRefused(
            answer.message,
            remedy="Mend the cause, then ask again with a new request id.",
            refusal=progress.state.code,
            request_id=question.request_id,
        )
    return answer
