"""The text of a notice, made from recorded facts; the same facts give the same text (ADR 30).

It names no user, and none of the words that an operator or a provider wrote: those may name people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

from domain.notices.kinds import NoticeKind
from domain.notices.notice_text import NoticeText
from domain.notices.wordings import PARTS, PROMISES, VERDICTS, WORDINGS
from domain.requests.wait_events import EligibilityWaitEnded
from domain.switch import events, move_events
from domain.text.plain_text import cleaned_text

_SHORT = 8
_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 40rem">
{body}
</body></html>
"""


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """What a notice is made from.

    Args:
        kind: What it is about.
        switch_id: The switch.
        organization_id: Directory id of the organization.
        source: Name of the plan that is left.
        target: Name of the new plan.
        at: When the event was recorded.
        figures: Figures of the event, by their names in the templates.
        console_url: Address of the console for people, without a slash at its end; "" gives no link.
        support_contact: Whom people call; "" names nobody.
    """

    kind: NoticeKind
    switch_id: str
    organization_id: str
    source: str
    target: str
    at: datetime
    figures: dict[str, str] = field(default_factory=dict)
    console_url: str = ""
    support_contact: str = ""


def figures_of(event: Any) -> dict[str, str]:
    """Return the figures that an event gives to the templates of the notices that it causes."""
    figures = _FIGURES.get(type(event))
    return figures(event) if figures else {}


def _promise(event: events.PromiseMissed) -> dict[str, str]:
    words = PROMISES.get(event.promise, event.promise.replace("_", " "))
    return {"promise": words, "promised_at": instant_words(event.promised_at)}


def instant_words(at: datetime) -> str:
    """Return an instant in words."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def notice_text(facts: NoticeFacts) -> NoticeText:
    """Return what a notice says.

    Args:
        facts: What it is made from.
    """
    wording = WORDINGS[facts.kind]
    figures = {
        **facts.figures,
        "switch_id": facts.switch_id[:_SHORT],
        "source": facts.source,
        "target": facts.target,
    }
    lines = [
        PARTS["switch"].format(switch_id=facts.switch_id),
        PARTS["organization"].format(organization=facts.organization_id),
        PARTS["recorded"].format(since=instant_words(facts.at)),
    ]
    if wording.names_support and facts.support_contact:
        lines.append(PARTS["support"].format(contact=facts.support_contact))
    link = f"{facts.console_url}/switches/{facts.switch_id}" if facts.console_url else ""
    return _text(wording.subject.format(**figures), wording.message.format(**figures), lines, link)


def probe_text() -> NoticeText:
    """Return what a message says that an administrator sends to test the mail server."""
    return _text(PARTS["test_subject"], PARTS["test_message"], [], "")


def _text(subject: str, message: str, lines: list[str], link: str) -> NoticeText:
    # A plan of an imported catalog, or a contact, may hold what no header and no text can.
    subject, message = _line(subject), _line(message)
    lines = [_line(each) for each in lines]
    shown = [*lines, PARTS["page"].format(page=link)] if link else lines
    blocks = [message, *(["\n".join(shown)] if shown else []), PARTS["footer"]]
    paragraphs = [f"<p>{escape(message)}</p>"]
    if lines:
        paragraphs.append(f"<p>{'<br>'.join(map(escape, lines))}</p>")
    if link:
        paragraphs.append(f'<p><a href="{escape(link)}">{escape(link)}</a></p>')
    paragraphs.append(f'<p style="color: #555">{escape(PARTS["footer"])}</p>')
    html = _HTML.format(title=escape(subject), body="\n".join(paragraphs))
    return NoticeText(subject=subject, plain="\n\n".join(blocks) + "\n", html=html)


def _line(text: str) -> str:
    return " ".join(cleaned_text(text).split())


#: Class of an event -> its figures.
_FIGURES: Mapping[type[Any], Callable[[Any], dict[str, str]]] = {
    move_events.SwitchCompleted: lambda event: {"moved": str(event.moved), "skipped": str(event.skipped)},
    events.CreditCheckRequired: lambda event: {"answer_by": instant_words(event.deadline_at)},
    events.CreditCheckApproved: lambda _: {"verdict": VERDICTS["approved"]},
    events.CreditCheckDeclined: lambda _: {"verdict": VERDICTS["declined"]},
    events.SwitchFailed: lambda event: {"code": event.code},
    EligibilityWaitEnded: lambda event: {"code": event.code},
    move_events.CreditForfeited: lambda event: {"amount": str(event.amount)},
    events.PromiseMissed: _promise,
}
