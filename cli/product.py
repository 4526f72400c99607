"""`planswitch product`: what an organization owns, and acts on it (docs/products.md)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import uuid4

import typer

from cli import product_text
from cli.base.client import ConsoleClient, Fields, Operation, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import (
    DECLINED_BY_PERSON,
    AnswerMissing,
    Dispatch,
    Organization,
    Reason,
    Yes,
    grouped,
    require_yes,
)
from cli.text import answers
from cli.text.output import JsonOption, note, print_json, print_lines, wrapped
from client.api import products as products_api
from domain.kernel.errors import InvalidInput, LicensesInUse, RuleViolated
from domain.products.product_status import ProductStatus

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at what an organization owns, and act on it."
)
Subscription = Annotated[str, typer.Argument(help="Id of the subscription.")]
#: Exit code where a part of several failed.
_PART_FAILED = 8
#: Who reads the list lets what waits for it look; with --json it is only read.
_LOOK_REASON = "the products were read, and what it waited for is gone"
_LOSSES = frozenset({LicensesInUse.code, RuleViolated.code})


@dataclass(frozen=True, kw_only=True)
class _Act:
    """An act as it is sent."""

    operation: Operation
    body: Fields
    reason: str
    #: It may take what users hold, and then asks.
    may_lose: bool = False

    def with_reason(self, **more: object) -> Fields:
        """Return what is sent."""
        return {**self.body, "reason": self.reason, **more}


@app.command("list")
def list_products(
    organization: Organization,
    status: Annotated[
        str | None,
        typer.Option(help="Only products that are active, trial, expired, disabled or deleted."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the products by status, with licenses, notices, service health, invoices and balance."""
    if status is not None and status not in tuple(ProductStatus):
        raise InvalidInput(field="--status", value=status, allowed=", ".join(ProductStatus))
    with console_client() as console:
        answer = console.ask(
            answers.products.ProductsAnswer, products_api.list_products.request(organization)
        )
        if as_json:
            print_json(answer)
            return
        print_lines(product_text.products_lines(answer, status=status))
        if answer.cleared:
            look = partial(products_api.look_at_products.request, organization)
            body = {"reason": _LOOK_REASON}
            looked = send(answers.products.LookAnswer, console, look, body, request_id=str(uuid4()))
            print_lines(product_text.looked_lines(looked))


@app.command()
def show(organization: Organization, subscription: Subscription, as_json: JsonOption = False) -> None:
    """Show one product, its notices and acts, and what it can be switched to, or why not."""
    with console_client() as console:
        request = products_api.show_product.request(organization, subscription)
        answer = console.ask(answers.products.ProductShown, request)
    print_json(answer) if as_json else print_lines(product_text.shown_lines(answer))


@app.command()
@grouped
def resize(
    *,
    organization: Organization,
    subscription: Subscription,
    quantity: Annotated[int, typer.Argument(min=1, help="Licenses that it is to have.")],
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Buy more licenses of a subscription, or give some back that nobody has."""
    act = _Act(
        operation=partial(products_api.resize_product.request, organization, subscription),
        body={"quantity": quantity},
        reason=reason,
    )
    _act(act, yes=yes, dispatch=dispatch)


@app.command()
@grouped
def buy(
    *,
    organization: Organization,
    plan: Annotated[str, typer.Argument(help="Plan, such as E3; none with --trial.")] = "",
    quantity: Annotated[int | None, typer.Option(min=1, help="Licenses to buy.")] = None,
    trial: Annotated[str | None, typer.Option(help="Id of a trial to buy.")] = None,
    term: Annotated[str, typer.Option(help="P1M or P1Y.")] = "P1M",
    billing_cycle: Annotated[str, typer.Option(help="monthly or annual.")] = "monthly",
    payment_method: Annotated[
        str | None, typer.Option(help="card or invoice; default: as the organization pays now.")
    ] = None,
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Buy a subscription of a plan, or the plan of a trial."""
    if trial is not None:
        act = _Act(
            operation=partial(products_api.buy_trial.request, organization, trial),
            body={"quantity": quantity},
            reason=reason,
        )
    else:
        for name, value in (("PLAN", plan), ("--quantity", quantity)):
            if not value:
                allowed = "a plan and its licenses, or `--trial SUBSCRIPTION`"
                raise InvalidInput(field=name, value=None, allowed=allowed)
        body = {
            "plan": plan,
            "quantity": quantity,
            "term": term,
            "billing_cycle": billing_cycle,
            "payment_method": payment_method,
        }
        buying = partial(products_api.buy_product.request, organization)
        act = _Act(operation=buying, body=body, reason=reason)
    _act(act, yes=yes, dispatch=dispatch)


@app.command()
@grouped
def cancel(
    *,
    organization: Organization,
    subscription: Subscription,
    at_renewal: Annotated[bool, typer.Option("--at-renewal", help="Let it end with its term.")] = False,
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Cancel a subscription now, or let it end with its term; asks if users hold its licenses."""
    act = _Act(
        operation=partial(products_api.cancel_product.request, organization, subscription),
        body={"at_renewal": at_renewal},
        reason=reason,
        may_lose=True,
    )
    _act(act, yes=yes, dispatch=dispatch)


@app.command()
@grouped
def reactivate(
    *,
    organization: Organization,
    subscription: Subscription,
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Let a subscription serve again that was cancelled or has expired."""
    operation = partial(products_api.reactivate_product.request, organization, subscription)
    _act(_Act(operation=operation, body={}, reason=reason), yes=yes, dispatch=dispatch)


@app.command()
@grouped
def pay(*, organization: Organization, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Pay the balance that is due; a switch that waits for it starts by itself."""
    act = _Act(operation=partial(products_api.pay_balance.request, organization), body={}, reason=reason)
    _act(act, yes=yes, dispatch=dispatch)


@app.command()
@grouped
def reconcile(
    *,
    organization: Organization,
    subscription: Subscription,
    buys: Annotated[bool, typer.Option("--buy", help="Buy the licenses that are missing.")] = False,
    unassign: Annotated[
        list[str] | None,
        typer.Option(metavar="USER", help="Take the license from a user; may be repeated."),
    ] = None,
    reason: Reason,
    yes: Yes = False,
    dispatch: Dispatch,
) -> None:
    """Clear a licensing conflict: buy what is missing, or take licenses from users."""
    if buys is bool(unassign):
        raise InvalidInput(field="--buy", value=None, allowed="either --buy or --unassign USER")
    if buys:
        buying = partial(products_api.buy_missing.request, organization, subscription)
        act = _Act(operation=buying, body={}, reason=reason)
        _act(act, yes=yes, dispatch=dispatch)
        return
    body = {"users": unassign, "reason": reason, "accept_loss": yes}
    taking = partial(products_api.unassign_users.request, organization, subscription)
    kind = answers.products.UnassignedAnswer
    with console_client() as console:
        answer = send(kind, console, taking, body, request_id=dispatch.request_id)
    print_json(answer) if dispatch.as_json else print_lines(product_text.unassigned_lines(answer))
    if not all(each.is_done for each in answer.users):
        raise typer.Exit(_PART_FAILED)


def _act(act: _Act, *, yes: bool, dispatch: Dispatch) -> None:
    """Show what an act would do, ask, and send it with the total that was shown."""
    request_id = str(uuid4()) if dispatch.request_id is None else dispatch.request_id
    with console_client() as console:
        accepted: dict[str, object] = {"accept": True}
        if not yes:
            request = act.operation(body=act.with_reason(preview=True))
            shown = console.ask(answers.products.ActPreview, request)
            for line in wrapped(shown.message, 0):
                note(line)
            require_yes("Do it?", is_sure=False)
            accepted = {"total_minor_units": shown.terms.total_minor_units}
        answer = _sent(console, act, {**accepted, "accept_loss": yes}, request_id)
    print_json(answer) if dispatch.as_json else print_lines(product_text.act_lines(answer))


def _sent(console: ConsoleClient, act: _Act, accepted: Fields, request_id: str) -> answers.products.ActAnswer:
    kind = answers.products.ActAnswer
    try:
        return send(kind, console, act.operation, act.with_reason(**accepted), request_id=request_id)
    except ApiProblem as problem:
        if problem.problem_code not in _LOSSES or accepted["accept_loss"] or not act.may_lose:
            raise
        _accept_loss(problem)
    with_loss = act.with_reason(**{**accepted, "accept_loss": True})
    return send(kind, console, act.operation, with_loss, request_id=request_id)


def _accept_loss(problem: ApiProblem) -> None:
    """Ask whether users may lose what the licenses give.

    Raises:
        AnswerMissing: Nobody can be asked.
    """
    if not sys.stdin.isatty():
        remedy = "Nobody can be asked here: add --yes to do it anyway. Nothing was changed."
        raise AnswerMissing(problem.message, remedy=remedy)
    for line in wrapped(problem.message, 0):
        note(line)
    if not typer.confirm("Cancel it anyway?", err=True):
        raise typer.Exit(DECLINED_BY_PERSON)
