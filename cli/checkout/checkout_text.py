"""What the `checkout` commands print for people."""

from __future__ import annotations

from collections.abc import Mapping

from cli.switch import switch_text
from cli.text import answers
from cli.text.output import ago, charged_text, fields, short, wrapped
from cli.text.tables import is_piped, list_end, table

_COMMAND = "planswitch checkout list"
_START = "No checkout yet. Start one: planswitch checkout start ORGANIZATION --to PLAN"
_PARTIES = ("sold_to", "billed_to")
_NAME_FIELDS = ("first_name", "last_name")
_STREET_FIELDS = ("address_line_1", "address_line_2")
_PLACE_FIELDS = ("postal_code", "city", "state", "country")
_CONTACT_FIELDS = ("email", "phone_number")


def checkout(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    """Return every section of a draft, its quote, and what stands between it and the order."""
    sections = answer.sections
    head = fields(
        {
            "checkout": f"{answer.checkout_id} (revision {answer.revision}, {answer.status})",
            **{role.replace("_", "-"): _party(getattr(sections, role)) for role in _PARTIES},
            "payment": _payment(sections.payment),
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
    days = switch_text.quote(answer.quoted) if answer.quoted else []
    return [*head, *_refusal(answer), "", *days, "", *_open_points(answer), *_next(answer)]


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


def board_end(
    answer: answers.checkouts.CheckoutList, filters: Mapping[str, str | None], *, is_first: bool
) -> list[str]:
    """Return how many drafts there are, and the command of the next page.

    Args:
        answer: The API's answer.
        filters: Name of each filter and what was asked for; None filters nothing.
        is_first: It is the first page.
    """
    return list_end(
        command=_COMMAND,
        noun="checkout",
        shown=len(answer.checkouts),
        total=answer.total,
        everywhere=answer.all,
        filters=filters,
        after=answer.next,
        is_first=is_first,
        start=_START,
    )


def ordered(answer: answers.checkouts.CheckoutOrdered) -> list[str]:
    """Return what an order led to and the next command."""
    return switch_text.started(answer)


def edits(answer: answers.checkouts.CheckoutAnswer) -> list[str]:
    """Return who changed what, oldest first; never a value."""
    rows = [
        [each.revision, each.section, ", ".join(each.changed) or "-", each.actor, ago(each.at)]
        for each in answer.edits
    ]
    return table(["REVISION", "SECTION", "CHANGED", "BY", "AT"], rows)


def _party(party: dict[str, str]) -> str:
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


def _payment(section: answers.checkouts.PaymentSection) -> str:
    is_likely = section.credit_check == "may_be_required"
    return f"{section.payment_method}{'; a credit check may be required' if is_likely else ''}"


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
