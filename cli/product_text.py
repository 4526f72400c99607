"""What `planswitch product` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cli.text.output import ago, fields, short, wrapped
from cli.text.tables import table
from domain.reasons.reasons import MANUAL

if TYPE_CHECKING:
    from console.models.catalog import TargetsAnswer
    from console.models.products import (
        ActAnswer,
        LookAnswer,
        ProductAnswer,
        ProductLicenses,
        ProductsAnswer,
        ProductShown,
        UnassignedAnswer,
    )
    from domain.organizations.organization import LockHolder
    from domain.ports.cloud import ServiceHealth
    from domain.ports.product_port import BilledInvoice
    from domain.products.product_notices import ProductNotice

_INDENT = 2
_HEAD = ["STATUS", "SUBSCRIPTION", "PLAN", "LICENSES", "ASSIGNED", "FREE", "CONFLICT", "RENEWS"]
#: Statuses whose licenses serve: those of other products are none that anybody could take.
_SERVING = frozenset({"active", "trial"})
#: Invoices and acts that are shown; `--json` has more.
_SHOWN_MAX = 5


def products_lines(answer: ProductsAnswer, *, status: str | None) -> list[str]:
    """Return the list of an organization's products, and what concerns all of them."""
    shown = [each for each in answer.products if status in {None, each.status}]
    heading = f"{answer.organization} ({answer.organization_id})"
    lines = [heading, ""]
    lines += table(_HEAD, [_row(each) for each in shown]) if shown else [_nothing(answer, status)]
    for each in shown:
        lines += _notices_of(each)
    lines += ["", *_account(answer)]
    lines += ["", *_health(answer.health)]
    if answer.locked_by is not None:
        lines += ["", *wrapped(_lock(answer.locked_by), 0)]
    if answer.acts:
        lines += ["", "newest acts", *_acts(answer.acts[:_SHOWN_MAX])]
    return lines


def looked_lines(answer: LookAnswer) -> list[str]:
    """Return which requests look now, since what they waited for is gone."""
    lines: list[str] = []
    for switch_id in answer.looked:
        lines += wrapped(f"switch {short(switch_id)} waited for what is gone: it looks now", 0)
    return lines


def _nothing(answer: ProductsAnswer, status: str | None) -> str:
    if status is not None and answer.products:
        return f"No product is {status}; without --status there are {len(answer.products)}."
    return "No product."


def _row(each: ProductAnswer) -> list[object]:
    own = each.subscription
    return [
        each.status,
        own.subscription_id,
        own.plan,
        own.quantity,
        each.licenses.assigned,
        each.licenses.free if each.status in _SERVING else "-",
        each.licenses.in_conflict or "-",
        each.renews_on or "-",
    ]


def _notices_of(each: ProductAnswer) -> list[str]:
    lines: list[str] = []
    for notice in each.notices:
        lines += ["", *_notice(each.subscription.plan, notice)]
    for switch in each.switches:
        direction = "to" if switch.is_source else "from"
        other = switch.target_plan if switch.is_source else switch.source_plan
        waits = f", waits for {switch.waits_for}" if switch.waits_for else ""
        stage = switch.stage.replace("_", " ")
        name = f"{each.subscription.plan}: switch {short(switch.switch_id)}"
        lines += wrapped(f"{name} {direction} {other}: {stage}{waits}", 0)
        if switch.message:
            lines += wrapped(switch.message, _INDENT, "  ")
    return lines


def _notice(plan: str, notice: ProductNotice) -> list[str]:
    lines = wrapped(f"{plan}: {notice.message} ({notice.code})", 0)
    return [*lines, *wrapped(f"What to do: {notice.remedy}", _INDENT, "  ")] if notice.remedy else lines


def _account(answer: ProductsAnswer) -> list[str]:
    lines = [f"balance due: {answer.balance_due}"]
    if answer.balance_due_minor_units > 0:
        lines += wrapped(f"Pay it: planswitch product pay {answer.organization_id} --reason …", _INDENT, "  ")
    lines += [_invoice(each) for each in answer.invoices[:_SHOWN_MAX]]
    return lines


def _invoice(each: BilledInvoice) -> str:
    arrived = "delivered" if each.delivered_at else "on its way"
    how = f"by {each.payment_method}, {arrived}"
    return f"  invoice {each.number}  {each.issued_at:%Y-%m-%d}  {each.total}  {how}"


def _health(entries: Iterable[ServiceHealth]) -> list[str]:
    """Return the services with an incident, or that there is none."""
    open_incidents = [each for each in entries if not each.is_healthy]
    if not open_incidents:
        return ["service health: no open incident"]
    return ["service health:", *(f"  {each.service}: {each.vendor_status}" for each in open_incidents)]


def _lock(holder: LockHolder) -> str:
    """Return which switch has administration locked, since when, and when that ends or who is awaited."""
    until = (
        f"it waits for {holder.waits_for}" if holder.waits_for else f"promised by {ago(holder.promised_end)}"
    )
    return (
        f"Switch {short(holder.switch_id)} has administration locked since {ago(holder.since)}; {until}: "
        f"planswitch switch show {short(holder.switch_id)}"
    )


def _acts(acts: Iterable[ActAnswer]) -> list[str]:
    lines: list[str] = []
    for each in acts:
        plan = f"{each.plan}: " if each.plan and each.act != "buy" else ""
        lines += wrapped(f"{ago(each.at)}, {each.actor}: {plan}{each.message}", _INDENT, "  ")
        lines += wrapped(f"reason: {each.reason}, request {each.request_id}", 2 * _INDENT, "    ")
    return lines


def shown_lines(answer: ProductShown) -> list[str]:
    """Return one product, with its acts and what it can be switched to."""
    each = answer.product
    own = each.subscription
    until = f" (until {each.status_until})" if each.status_until else ""
    renews = {True: "renews by itself", False: "does not renew", None: "nobody says whether it renews"}
    lines = fields(
        {
            "organization": f"{answer.organization} ({answer.organization_id})",
            "subscription": own.subscription_id,
            "plan": own.plan,
            "status": f"{each.status}{until}",
            "licenses": f"{own.quantity} of this subscription; {license_words(each.licenses)}",
            "next term": f"{each.renews_on or 'nobody says'}; {renews[each.auto_renew]}",
            "billing": " ".join(part for part in (own.term, own.billing_cycle) if part) or "-",
            "balance due": answer.balance_due,
        }
    )
    lines += _notices_of(each)
    if answer.targets is not None:
        lines += ["", *_targets(answer.targets)]
    elif answer.no_targets:
        lines += ["", *wrapped(f"can be switched to nothing: {answer.no_targets}", 0)]
    if answer.locked_by is not None:
        lines += ["", *wrapped(_lock(answer.locked_by), 0)]
    if answer.acts:
        lines += ["", "acts", *_acts(answer.acts[:_SHOWN_MAX])]
    return lines


def license_words(licenses: ProductLicenses) -> str:
    """Return the licenses of a plan in words."""
    conflict = f", {licenses.in_conflict} in conflict" if licenses.in_conflict else ""
    grace = f" ({licenses.in_grace} of them in grace)" if licenses.in_grace else ""
    return (
        f"the plan has {licenses.bought} bought{grace}, {licenses.assigned} assigned, {licenses.free} free"
        f"{conflict}"
    )


def _targets(targets: TargetsAnswer) -> list[str]:
    """Return what it can be switched to, ranked, or why not."""
    lines = ["can be switched to, the best first"] if targets.targets else ["can be switched to nothing:"]
    for number, each in enumerate(targets.targets, start=1):
        blocked = [reason.code for reason in each.reasons if reason.blocks]
        state = f"blocked by {', '.join(blocked)}" if blocked else "possible"
        if blocked and each.eligible[MANUAL]:
            state = f"possible by hand; an automatic switch is {state}"
        lines += wrapped(f"{number}. {each.target_plan}: {state}; {each.reason}", _INDENT + 3, "  ")
    shown = {reason.code: reason for each in targets.targets for reason in each.reasons if reason.blocks}
    shown |= {reason.code: reason for reason in targets.reasons}
    for reason in shown.values():
        lines += wrapped(f"{reason.code}: {reason.message}", _INDENT, "  ")
        lines += wrapped(f"What to do: {reason.remedy}", 2 * _INDENT, "    ")
    return lines


def act_lines(answer: ActAnswer) -> list[str]:
    """Return what became of an act."""
    lines = wrapped(answer.message, 0)
    if answer.act == "buy" and answer.subscription_id:
        lines.append(f"subscription {answer.subscription_id}")
    following = answer.subscription_id or ""
    command = f"show {answer.organization_id} {following}" if following else f"list {answer.organization_id}"
    return [*lines, *wrapped(f"next: planswitch product {command}", 0)]


def unassigned_lines(answer: UnassignedAnswer) -> list[str]:
    """Return what became of each user, and the licenses now."""
    lines: list[str] = []
    for each in answer.users:
        if each.is_done:
            lines += wrapped(f"{each.user}: the license was taken", 0)
            continue
        lines += wrapped(f"{each.user}: {each.message} ({each.code})", 0)
        if each.remedy:
            lines += wrapped(f"What to do: {each.remedy}", _INDENT, "  ")
    return [*lines, *wrapped(f"now {license_words(answer.licenses)}", 0)]
