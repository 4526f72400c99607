"""`planswitch checkout`: draft an order, change it section by section, order what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, Fields, console_client
from cli.base.options import OptionalReason, Organization, Yes, require_yes
from cli.switch import quote_text
from cli.switch.switch_text import started
from cli.text import answers
from cli.text.output import (
    JsonOption,
    ago,
    charged_text,
    fields,
    note,
    print_json,
    print_lines,
    short,
    wrapped,
)
from cli.text.tables import is_piped, list_end, table
from client.api import checkouts as checkouts_api
from domain.kernel.errors import InvalidInput
from domain.requests.checkout import OPEN

_COMMAND = "planswitch checkout list"
_START = "No checkout yet. Start one: planswitch checkout start ORGANIZATION --to PLAN"
_PARTIES = ("sold_to", "billed_to")
_NAME_FIELDS = ("first_name", "last_name")
_STREET_FIELDS = ("address_line_1", "address_line_2")
_PLACE_FIELDS = ("postal_code", "city", "state", "country")
_CONTACT_FIELDS = ("email", "phone_number")
app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Draft an order, change it, order what is shown."
)
CheckoutId = Annotated[str, typer.Argument(help="Id of the checkout, or its first 8 characters.")]
Payment = Annotated[str | None, typer.Option(help="card or invoice; an invoice may need a credit check.")]
Quantity = Annotated[int | None, typer.Option(min=1, help="Licenses to order.")]
RequestId = Annotated[str | None, typer.Option(help="The same id is one checkout, or one change.")]
PartyOption = Annotated[list[str] | None, typer.Option(metavar="FIELD=TEXT", help="May be repeated.")]


@app.command()
def start(
    *,
    organization: Organization,
    to: Annotated[str, typer.Option("--to", help="Plan to switch to, such as E3.")],
    subscription: Annotated[str | None, typer.Option(help="Subscription to leave.")] = None,
    quantity: Quantity = None,
    payment_method: Payment = None,
    rule_set: Annotated[str, typer.Option(help="2014, 2020, current or demo.")] = "current",
    policy: Annotated[str, typer.Option(help="Proration policy.")] = "per_day",
    request_id: RequestId = None,
    reason: OptionalReason = "",
    as_json: JsonOption = False,
) -> None:
    """Open the draft of an order and show every section with a first quote."""
    body: dict[str, object] = {
        "organization_id": organization,
        "source_subscription_id": subscription,
        "target_plan": to,
        "quantity": quantity,
        "payment_method": payment_method,
        "rule_set": rule_set,
        "policy": policy,
        "reason": reason,
        **_named(request_id=request_id),
    }
    with console_client() as console:
        answer = console.ask(
            answers.checkouts.CheckoutAnswer, checkouts_api.start_checkout.request(body=body)
        )
    _show(answer, as_json=as_json)


@app.command("list")
def list_checkouts(
    state: Annotated[
        str | None, typer.Option(help="Only checkouts in this state: open, ordered or abandoned.")
    ] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organization.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    after: Annotated[str | None, typer.Option(help="Last checkout of the previous page.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the drafts of orders, the newest first."""
    filters = {"state": state, "organization": organization}
    with console_client() as console:
        request = checkouts_api.list_checkouts.request(
            state=state, organization=organization, limit=limit, after=after
        )
        answer = console.ask(answers.checkouts.CheckoutList, request)
    if as_json:
        print_json(answer)
        return
    print_lines(board(answer))
    for line in list_end(
        answer,
        command=_COMMAND,
        noun="checkout",
        shown=len(answer.checkouts),
        filters=filters,
        is_first=after is None,
        start=_START,
    ):
        note(line)


@app.command()
def show(checkout: CheckoutId, as_json: JsonOption = False) -> None:
    """Show every section, the newest quote, and what blocks the order now."""
    with console_client() as console:
        answer = _draft(console, checkout)
    shown = [*checkout_lines(answer, is_whole=True), "", *edit_lines(answer)]
    print_json(answer) if as_json else print_lines(shown)


@app.command()
def edit(
    *,
    checkout: CheckoutId,
    sold_to: PartyOption = None,
    billed_to: PartyOption = None,
    payment_method: Payment = None,
    to: Annotated[str | None, typer.Option("--to", help="Another plan.")] = None,
    quantity: Quantity = None,
    service_settings: Annotated[str | None, typer.Option(help="keep or grant_all.")] = None,
    term: Annotated[str | None, typer.Option(help="P1M or P1Y.")] = None,
    billing_cycle: Annotated[str | None, typer.Option(help="monthly or annual.")] = None,
    auto_renew: Annotated[str | None, typer.Option(help="The new plan renews: keep, on or off.")] = None,
    confirm_domain: Annotated[
        list[str] | None, typer.Option(help="Domain whose website has moved; name all.")
    ] = None,
    acknowledge: Annotated[list[str] | None, typer.Option(help="Warning that you confirm; name all.")] = None,
    accept_forfeiture: Annotated[bool | None, typer.Option(help="Accept the loss of prepaid value.")] = None,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Revision that you looked at; default: the newest.")
    ] = None,
    request_id: RequestId = None,
    reason: OptionalReason = "",
    as_json: JsonOption = False,
) -> None:
    """Change sections, and quote each change anew; without an option, only quote anew."""
    wanted: dict[str, Fields] = {
        "sold_to": _party(sold_to),
        "billed_to": _party(billed_to),
        "payment": _named(payment_method=payment_method),
        "items": _named(target_plan=to, quantity=quantity, service_settings=service_settings),
        "term": _named(term=term, billing_cycle=billing_cycle, auto_renew=auto_renew),
        "domains": _named(confirmed=confirm_domain),
        "acknowledgments": _named(confirmed=acknowledge, accept_forfeiture=accept_forfeiture),
    }
    changed = {section: changes for section, changes in wanted.items() if changes} or {"items": {}}
    with console_client() as console:
        answer = _edited(console, checkout, changed, revision=revision, request_id=request_id, reason=reason)
    _show(answer, as_json=as_json)


@app.command()
def order(
    *,
    checkout: CheckoutId,
    yes: Annotated[bool, typer.Option("--yes", help="Order the newest revision without asking.")] = False,
    revision: Annotated[int | None, typer.Option(min=1, help="Revision that you accept.")] = None,
    caller: Annotated[
        str, typer.Option("--as-user", "--caller", help="User who asks; the directory has the role.")
    ] = "",
    reason: OptionalReason = "",
    as_json: JsonOption = False,
) -> None:
    """Start the switch with exactly what is shown."""
    with console_client() as console:
        accepted = revision or _accepted(console, checkout, is_sure=yes)
        body = {"revision": accepted, "caller": caller, "reason": reason}
        request = checkouts_api.order_checkout.request(checkout, body=body)
        answer = console.ask(answers.checkouts.CheckoutOrdered, request)
    print_json(answer) if as_json else print_lines(started(answer))


@app.command()
def abandon(
    checkout: CheckoutId, reason: OptionalReason = "", yes: Yes = False, as_json: JsonOption = False
) -> None:
    """Give a draft up: it stays in the list as abandoned and can't be changed."""
    with console_client() as console:
        shown = _draft(console, checkout)
        if shown.status == OPEN:
            note(f"Checkout {shown.checkout_id} can't be changed or ordered any more.")
            require_yes("Give it up?", is_sure=yes)
        request = checkouts_api.abandon_checkout.request(checkout, body={"reason": reason})
        answer = console.ask(answers.checkouts.CheckoutAnswer, request)
    _show(answer, as_json=as_json)


def _draft(console: ConsoleClient, checkout: str) -> answers.checkouts.CheckoutAnswer:
    return console.ask(answers.checkouts.CheckoutAnswer, checkouts_api.show_checkout.request(checkout))


def _show(answer: answers.checkouts.CheckoutAnswer, *, as_json: bool) -> None:
    print_json(answer) if as_json else print_lines(checkout_lines(answer))


def _edited(
    console: ConsoleClient,
    checkout: str,
    changed: Mapping[str, Fields],
    *,
    revision: int | None,
    request_id: str | None,
    reason: str,
) -> answers.checkouts.CheckoutAnswer:
    """Change one section after the other, each on the revision that the one before it made."""
    newest: int = revision or _draft(console, checkout).revision
    for section, changes in changed.items():
        own_id = f"{request_id}:{section}" if request_id else request_id
        body = {"revision": newest, "changes": changes, "reason": reason, **_named(request_id=own_id)}
        request = checkouts_api.edit_checkout.request(checkout, section, body=body)
        answer = console.ask(answers.checkouts.CheckoutAnswer, request)
        newest = answer.revision
    return answer


def _accepted(console: ConsoleClient, checkout: str, *, is_sure: bool) -> int:
    """Show the draft and return its revision once the person, or `--yes`, accepts it."""
    answer = _draft(console, checkout)
    if answer.status != "open":
        # The order before: asking for it again answers it.
        return int(answer.revision) - 1
    for line in checkout_lines(answer, is_whole=True):
        note(line)
    require_yes("Order exactly this?", is_sure=is_sure, instead="--revision with the number shown above")
    return int(answer.revision)


def _named(**options: object) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


def _party(pairs: list[str] | None) -> dict[str, str]:
    """Return the fields of `FIELD=TEXT` options.

    Raises:
        InvalidInput: One has no equals sign.
    """
    changes: dict[str, str] = {}
    for pair in pairs or []:
        name, sign, value = pair.partition("=")
        if not sign:
            raise InvalidInput(
                field="--sold-to or --billed-to", value=pair, allowed="FIELD=TEXT, such as city=Berlin"
            )
        changes[name.strip().replace("-", "_")] = value
    return changes


def checkout_lines(answer: answers.checkouts.CheckoutAnswer, *, is_whole: bool = False) -> list[str]:
    """Return every section of a draft, its quote, and what stands between it and the order.

    Args:
        answer: The draft.
        is_whole: Also the plan of the switch: steps, locks, add-ons, money.
    """
    sections = answer.sections
    head = fields(
        {
            "checkout": f"{answer.checkout_id} (revision {answer.revision}, {answer.status})",
            **{role.replace("_", "-"): _party_line(getattr(sections, role)) for role in _PARTIES},
            "payment": quote_text.payment(sections.payment),
            "items": _items(sections.items),
            **({"add-ons": _addons(sections.items)} if sections.items.add_ons else {}),
            "term": f"{sections.term.term or 'as before'}, billed {sections.term.billing_cycle}",
            "auto-renew": sections.term.auto_renew or "keep",
            "domains": _domains(sections.domains),
            "confirmed": ", ".join(sections.acknowledgments.confirmed) or "-",
            "total": f"{charged_text(answer.total)} when completed on the first day",
        }
    )
    if answer.status == "abandoned":
        return head
    if answer.status != "open":
        return [*head, "", f"next: planswitch switch show {short(answer.switch_id or '')}"]
    days = quote_text.quote(answer.quoted) if answer.quoted else []
    plan = quote_text.plan(answer.plan, answer.quote.currency) if is_whole and answer.plan else []
    return [*head, *_refusal(answer), "", *days, *plan, "", *_open_points(answer), *_next(answer)]


def board(answer: answers.checkouts.CheckoutList) -> list[str]:
    """Return a row for each draft; none where there is none."""
    rows = answer.checkouts
    if not rows:
        return []
    lines = [
        [
            row.checkout_id if is_piped() else short(row.checkout_id),
            f"{row.state} (incomplete)" if row.incomplete_since is not None else row.state,
            row.organization_id,
            f"{row.quantity} {row.target_plan}",
            charged_text(row.total),
            row.expires_on if row.state == "open" else "-",
        ]
        for row in rows
    ]
    return table(["CHECKOUT", "STATE", "ORGANIZATION", "ORDERS", "TOTAL", "VALID UNTIL"], lines)


def edit_lines(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    """Return who changed what, oldest first; never a value."""
    rows = [
        [each.revision, each.section, ", ".join(each.changed) or "-", each.actor, ago(each.at)]
        for each in answer.edits
    ]
    return table(["REVISION", "SECTION", "CHANGED", "BY", "AT"], rows)


def _party_line(party: dict[str, str]) -> str:
    """Return names and address in one line, without what is empty."""
    parts = (
        party["company_name"],
        _joined(party, _NAME_FIELDS),
        _joined(party, _STREET_FIELDS, ", "),
        _joined(party, _PLACE_FIELDS),
        _joined(party, _CONTACT_FIELDS, ", "),
    )
    return ", ".join(part for part in parts if part) or "-"


def _joined(party: dict[str, str], names: tuple[str, ...], between: str = " ") -> str:
    return between.join(party[name] for name in names if party[name])


def _items(section: answers.checkouts.ItemsSection) -> str:
    return f"{section.quantity} licenses of {section.target_plan}, services {section.service_settings}"


def _addons(section: answers.checkouts.ItemsSection) -> str:
    return ", ".join(f"{each.quantity} {each.name} ({each.fate})" for each in section.add_ons)


def _domains(section: answers.checkouts.DomainsSection) -> str:
    words = {True: "confirmed", False: "to be confirmed"}
    return ", ".join(f"{each.domain} ({words[each.is_confirmed]})" for each in section.domains) or "-"


def _refusal(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    refusal = answer.refusal
    return ["", *wrapped(f"last order refused, {refusal.code}: {refusal.message}", 0)] if refusal.code else []


def _open_points(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    acknowledgments = answer.sections.acknowledgments
    lines = []
    for each in acknowledgments.missing:
        option = "--accept-forfeiture" if each.name == "forfeiture" else f"--acknowledge {each.name}"
        lines += wrapped(f"to confirm: {each.confirms} ({option})", 0)
    if any(each.name == "backup_done" for each in acknowledgments.missing):
        lines += wrapped(f"how to back up: {acknowledgments.backup_guide}", 0)
    lines += [
        f"to confirm: {each.domain} does not serve the website (--confirm-domain)"
        for each in answer.sections.domains.domains
        if not each.is_confirmed
    ]
    if answer.parties_changed:
        lines += wrapped(f"changed at the seller: {', '.join(answer.parties_changed)}", 0)
    if not answer.is_quote_current:
        lines += ["a price, a quantity or a date has changed: an edit takes over the new quote"]
    return lines


def _next(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    command = "order" if answer.is_orderable else "edit"
    return [f"next: planswitch checkout {command} {answer.checkout_id}"]
