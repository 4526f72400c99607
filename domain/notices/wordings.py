"""What notices say, by kind: templates with figures, in the message catalog (ADR 30, notices#kinds)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.notices.kinds import NoticeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Templates of one kind.

    Args:
        subject: One line.
        message: What happened.
        names_support: Whether the notice names the support contact.
    """

    subject: str
    message: str
    names_support: bool = False


WORDINGS: dict[NoticeKind, Wording] = {
    NoticeKind.COMPLETION: Wording(
        subject="Switch {switch_id} to {target}: completed",
        message="The switch from {source} to {target} is complete. Users moved: {moved}. Users left out: "
        "{skipped}. License administration is open again.",
    ),
    NoticeKind.CREDIT_CHECK_REQUIRED: Wording(
        subject="Switch {switch_id} to {target}: credit check required",
        message="The seller requires a credit check before it delivers {target}. An answer is expected by "
        "{answer_by}. Until then users work with {source}.",
    ),
    NoticeKind.REMINDER: Wording(
        subject="Switch {switch_id} to {target}: credit check still open",
        message="The credit check has no answer yet. Until then users work with {source}.",
    ),
    NoticeKind.DECIDED: Wording(
        subject="Switch {switch_id} to {target}: credit check decided",
        message="The credit check was decided: {verdict}. After an approval the switch goes on. After a "
        "decline the order is voided, and nothing is charged.",
    ),
    NoticeKind.EXPIRED: Wording(
        subject="Switch {switch_id} to {target}: expired",
        message="The time to wait for an answer is over. What was ordered is voided. Users keep {source}.",
    ),
    NoticeKind.VOIDED: Wording(
        subject="Switch {switch_id} to {target}: order voided",
        message="The order of {target} was voided. Nothing is charged for it.",
    ),
    NoticeKind.HOLD: Wording(
        subject="Switch {switch_id} to {target}: waits for an operator",
        message="The switch waits for an operator. Its page names the cause, and what to do.",
        names_support=True,
    ),
    NoticeKind.CANCELLATION: Wording(
        subject="Switch {switch_id} to {target}: cancelled",
        message="The switch was cancelled. Users keep {source}.",
    ),
    NoticeKind.FAILURE: Wording(
        subject="Switch {switch_id} to {target}: failed",
        message="The switch failed ({code}). Users keep {source}.",
        names_support=True,
    ),
    NoticeKind.FORFEITURE: Wording(
        subject="Switch {switch_id} to {target}: prepaid value forfeited",
        message="Of the value of {source} that was paid in advance, {amount} is forfeited, as it was "
        "accepted before the order.",
    ),
    NoticeKind.BREACH: Wording(
        subject="Switch {switch_id} to {target}: promise missed",
        message="Something took longer than promised: {promise}. It was promised by {promised_at}. The "
        "switch goes on.",
    ),
    NoticeKind.ACCESS_LOST: Wording(
        subject="Switch {switch_id} to {target}: access lost",
        message="The switch waits, because this installation has no access to the cloud any more. Its page "
        "names who acts, and how.",
        names_support=True,
    ),
    NoticeKind.STILL_SWITCHING: Wording(
        subject="Switch {switch_id} to {target}: still switching",
        message="The switch still runs. It was expected to end by {promised_at}. Its page names what it "
        "waits for.",
        names_support=True,
    ),
}
#: What stands in a notice around its message, by the name of the part.
PARTS: dict[str, str] = {
    "switch": "Switch: {switch_id}",
    "organization": "Organization: {organization}",
    "recorded": "Recorded: {since}",
    "page": "Page: {page}",
    "support": "Support: {contact}",
    "footer": "You get this message because an administrator subscribed your address to such notices.",
    "test_subject": "Test of notices",
    "test_message": "This is a test. Notices of planswitch reach this address.",
}
#: Promise -> what took longer.
PROMISES: dict[str, str] = {
    "whole_switch": "the whole switch",
    "license_move": "the move of the licenses",
    "administration_lock": "the lock of license administration",
    "credit_check": "the credit check",
    "credit_invoice": "the invoice with the credit",
}
#: Decision of a credit check in words.
VERDICTS: dict[str, str] = {"approved": "approved", "declined": "declined"}


def notice_templates() -> dict[str, str]:
    """Return every template of notices by its key in the message catalog."""
    rows = {
        f"notice.{kind.value}.{part}": text
        for kind, wording in WORDINGS.items()
        for part, text in (("subject", wording.subject), ("message", wording.message))
    }
    rows |= {f"notice.part.{name}": text for name, text in PARTS.items()}
    rows |= {f"notice.promise.{name}": text for name, text in PROMISES.items()}
    return rows | {f"notice.verdict.{name}": text for name, text in VERDICTS.items()}
