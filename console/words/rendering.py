"""Pages from templates: never cached, and always the same in every module that shows one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from console.access.current_caller import approvals_waiting, may, may_everywhere
from console.words.readers import in_page_words, with_organization
from domain.catalog.plans import listed_services
from domain.kernel.calendar import duration
from domain.kernel.money import NO_CURRENCY, Money, charged_figure
from domain.operator.step_words import asked_words
from domain.reasons.reasons import weight_words
from domain.text.plain_text import cleaned_text

_OK = 200
#: Where a link of a text of ours may lead: a heading of the page, or a list.
_INSIDE = re.compile(
    r"#[a-z0-9_-]+"
    r"|/(?:access-log|account|approvals|checkouts|licenses-only|notices|people|reports|schedule|webhooks)?"
    r"|/organizations(?:/[A-Za-z0-9._-]+)?"
)


class _Marks(MarkdownIt):
    """Links inside the page, code and strong words; all else of Markdown stays text."""

    def __init__(self) -> None:
        super().__init__("zero")
        self.enable(["backticks", "emphasis", "link"])
        for part in ("em_open", "em_close"):
            self.add_render_rule(part, lambda _, tokens, place, _options, _env: tokens[place].markup)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Return whether a link may lead there; any other is text."""
        return _INSIDE.fullmatch(url) is not None


_MARKS = _Marks()


def page(name: str, *, status: int = _OK, **values: object) -> HTMLResponse:
    """Return the page that a template makes of values."""
    # The record of before may hold what no page can.
    text = cleaned_text(_templates.get_template(name).render(**values))
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


def _amount(minor_units: int, currency: str) -> str:
    return str(Money(minor_units=minor_units, currency=currency))


def _charged(minor_units: int, currency: str) -> str:
    return charged_figure(Money(minor_units=minor_units, currency=currency))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _written(text: str) -> Markup:
    """Return text of a document with its links inside the page, its code and its strong words marked up."""
    return Markup(_MARKS.renderInline(text))  # noqa: S704  # it lets no HTML of a text through


def _remedy(text: str, organization_id: str = "", subscription_id: str = "") -> Markup:
    """Return what to do, or what happened, in the words of a page; links lead to what it is about."""
    return _written(in_page_words(with_organization(text, organization_id, subscription_id)))


def _instant(at: str | datetime) -> str:
    return f"{_utc(at):%Y-%m-%d %H:%M} UTC"


def _second(at: str | datetime) -> str:
    """Return an instant to the second, where a column's head says that it is in UTC."""
    return f"{_utc(at):%Y-%m-%d %H:%M:%S}"


def _utc(at: str | datetime) -> datetime:
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(UTC)


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {
    "money": str,
    "amount": _amount,
    "charged": _charged,
    "words": _words,
    "instant": _instant,
    "second": _second,
    "duration": duration,
    "asked": asked_words,
    "written": _written,
    "remedy": _remedy,
    "weight": weight_words,
    "names_in": listed_services,
}
_templates.globals |= {"no_currency": NO_CURRENCY, "may": may, "may_everywhere": may_everywhere}
_templates.globals["approvals_waiting"] = approvals_waiting
