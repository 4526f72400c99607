"""Pages from templates: never cached, and always the same in every module that shows one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from console.words.page_words import in_page_words
from domain.kernel.durations import duration
from domain.kernel.money import Money
from domain.kernel.money_words import charged_figure
from domain.ports.call_words import asked_words
from domain.text.plain_text import cleaned_text

_OK = 200
_MARKS = (
    (re.compile(r"\[([^\]]+)\]\((#[a-z0-9_-]+|/(?:checkouts)?)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


def page(name: str, *, status: int = _OK, **values: object) -> HTMLResponse:
    """Return a page.

    Args:
        name: File of the template.
        status: HTTP status.
        values: What the template shows.
    """
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
    marked = str(escape(text))
    for pattern, tag in _MARKS:
        marked = pattern.sub(tag, marked)
    return Markup(marked)  # noqa: S704  # escaped above


def _remedy(text: str) -> Markup:
    """Return what to do, or what happened, in the words of a page."""
    return _written(in_page_words(text))


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
}
