"""The report as one page of HTML: it needs no other file, runs no script, and prints on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from html.parser import HTMLParser

from audit.report.figures import Report

#: Attribute of an element that shows a figure: the figure's name.
FIGURE = "data-figure"
_STYLE = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #111; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6em; margin: 0 0 .2em; } h2 { font-size: 1.15em; margin: 1.8em 0 .4em;
  border-bottom: 1px solid #999; break-after: avoid; }
table { border-collapse: collapse; width: 100%; font-size: .92em; } th, td { text-align: left;
  vertical-align: top; padding: .2em .6em .2em 0; border-bottom: 1px solid #ddd; overflow-wrap: break-word; }
th { font-weight: 600; } tr { break-inside: avoid; }
td.amount, th.amount { text-align: right; white-space: nowrap; }
thead { display: table-header-group; } .verdict { font-size: 1.2em; margin: .4em 0; }
.note { color: #444; } code { font: .9em ui-monospace, Consolas, monospace; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 9.5pt; } }
"""
_NUMBER = re.compile(r"\d+(?:[.,:-]\d+)*")
_MONEY = frozenset({"amount", "price", "stated", "computed"})
_VERDICT = {
    "outcome": "Outcome",
    "outcome.is_final": "Ended",
    "outcome.at": "At",
    "outcome.code": "Code",
    "outcome.step": "Last step",
    "outcome.actor": "Person who wanted the end",
}
_SEAL = {
    "seal.anchoring": "Anchored",
    "seal.origin": "Log",
    "seal.size": "Leaves of the tree",
    "seal.root": "Root of the tree (sha256)",
    "seal.keys": "Keys that signed",
    "seal.witnesses": "Witnesses that signed",
    "events": "Events in this bundle",
    "events.of_switch": "Events of this switch",
    "calls": "Calls to providers",
}
_USERS = {
    "users.total": "To be moved",
    "users.joined_late": "Joined late",
    "users.moved": "Moved",
    "users.failed": "Could not be moved",
    "users.skipped": "Left behind on purpose",
    "users.returned": "Returned to the old plan",
    "users.roster": "Users on the frozen roster",
    "users.rows": "Rows of what happened to users",
}
_ORDER = {
    "order.order_id": "Order",
    "order.licenses_ordered": "Licenses",
    "order.ordered_at": "Ordered",
    "order.voidable_until": "Could be voided until",
    "order.voided_at": "Voided",
    "order.source_cancelled_at": "Old plan cancelled",
    "order.billing_stopped_on": "Old plan billed until before",
    "order.invoice_number": "Invoice",
}


def page_of(report: Report) -> bytes:
    """Return the page of a report; the same report has always the same bytes."""
    figures, words = report.figures, report.words
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>Switch {escape(figures['switch'])}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Audit of switch {_shown('switch', figures)}</h1>",
        f'<p class="note">Organization {_shown("organization", figures)}. All times are UTC.</p>',
        f'<p class="verdict">{escape(words["verdict"])}</p>',
        _note(words["message"]),
        _note(words["what_to_do"] and f"What to do: {words['what_to_do']}"),
        *_section("Verdict", _facts(figures, _VERDICT)),
        *_section("Users", _facts(figures, _USERS)),
        *_section("Order", _facts(figures, _ORDER)),
        *_section("Money: every amount, and the same computed again", _amounts(figures)),
        *_section("Lines of the bill", _lines(figures)),
        *_section("Who decided", _rows(figures, "decision", ("at", "what", "by", "why"))),
        *_section("State at the end", _facts(figures, _states(figures))),
        *_section("Timeline", _timeline(figures, words)),
        *_section("What proves it", _facts(figures, _SEAL)),
        *_section("What this can't prove", _limits(words)),
        "</body></html>",
    ]
    return ("\n".join(part for part in parts if part) + "\n").encode()


def numbers_of(page: bytes) -> set[str]:
    """Return every number that the texts of a page have, as they are written: amounts, days, counts."""
    reader = _FigureReader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    return set(_NUMBER.findall(" ".join(reader.texts)))


def figures_of(page: bytes) -> dict[str, str]:
    """Return the figures that a page shows.

    Raises:
        ValueError: It is no text, or shows a figure twice with different texts.
    """
    reader = _FigureReader()
    reader.feed(page.decode("utf-8"))
    reader.close()
    return reader.figures


class _FigureReader(HTMLParser):
    """Collects the texts of elements that show figures; such an element has no element inside."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: dict[str, str] = {}
        #: All that is read on the page; its style is no text.
        self.texts: list[str] = []
        self._is_style = False
        self._name: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a figure."""
        self.handle_endtag(tag)
        self._is_style = tag == "style"
        self._name, self._text = dict(attrs).get(FIGURE), ""

    def handle_data(self, data: str) -> None:
        """Take text."""
        self._text += data
        if not self._is_style:
            self.texts.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the library names it
        """End a figure."""
        name, self._name = self._name, None
        if name is None:
            return
        if self.figures.setdefault(name, self._text) != self._text:
            raise ValueError(f"figure {name} is shown twice, as {self.figures[name]!r} and {self._text!r}")


def _shown(name: str, figures: Mapping[str, str]) -> str:
    return f'<span {FIGURE}="{escape(name)}">{escape(figures[name])}</span>'


def _cell(name: str, figures: Mapping[str, str], column: str = "") -> str:
    style = ' class="amount"' if column in _MONEY else ""
    return f'<td{style} {FIGURE}="{escape(name)}">{escape(figures.get(name, ""))}</td>'


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>' if text else ""


def _section(title: str, rows: Iterable[str]) -> Iterator[str]:
    content = list(rows)
    yield f"<h2>{escape(title)}</h2>"
    yield from content or ["<p>Nothing.</p>"]


def _facts(figures: Mapping[str, str], titles: Mapping[str, str]) -> Iterator[str]:
    yield "<table><tbody>"
    for name, title in titles.items():
        yield f"<tr><th>{escape(title)}</th>{_cell(name, figures)}</tr>"
    yield "</tbody></table>"


def _states(figures: Mapping[str, str]) -> dict[str, str]:
    names = (name for name in figures if name.startswith("state."))
    return {name: name.removeprefix("state.").replace(".", " ").replace("_", " ") for name in names}


def _numbers(figures: Mapping[str, str], prefix: str) -> list[str]:
    """Return the numbers in the names of figures such as `line.3.amount`, each once, in their order."""
    parts = (name.split(".", 2) for name in figures)
    return list(dict.fromkeys(part[1] for part in parts if part[0] == prefix and len(part) > 1))


def _table(columns: Sequence[str], rows: Iterable[str]) -> Iterator[str]:
    content = list(rows)
    if not content:
        return
    heads = (f"<th{' class=amount' if each in _MONEY else ''}>{escape(each)}</th>" for each in columns)
    yield f"<table><thead><tr>{''.join(heads)}</tr></thead><tbody>"
    yield from content
    yield "</tbody></table>"


def _rows(figures: Mapping[str, str], prefix: str, columns: Sequence[str]) -> Iterator[str]:
    yield from _table(
        columns,
        (
            f"<tr>{''.join(_cell(f'{prefix}.{number}.{each}', figures, each) for each in columns)}</tr>"
            for number in _numbers(figures, prefix)
        ),
    )


def _lines(figures: Mapping[str, str]) -> Iterator[str]:
    yield from _rows(figures, "line", ("kind", "days", "licenses", "price", "addon", "amount"))


def _amounts(figures: Mapping[str, str]) -> Iterator[str]:
    names = [name.split(".", 2) for name in figures if name.startswith("amount.")]
    rows = (
        f"<tr><td>{escape(name)}</td><td>{escape(position)}</td>"
        f"{_cell(f'amount.{position}.{name}', figures, 'amount')}"
        f"{_cell(f'computed.{position}.{name}', figures, 'amount')}</tr>"
        for _, position, name in names
    )
    yield from _table(("name", "event", "stated", "computed"), rows)


def _timeline(figures: Mapping[str, str], words: Mapping[str, str]) -> Iterator[str]:
    columns = ("at", "name", "by", "recorded", "place")
    rows = (
        f"<tr><td>{number}</td>"
        + "".join(_cell(f"event.{number}.{each}", figures) for each in columns)
        + f"<td>{escape(words.get(f'effect.{number}', ''))}</td></tr>"
        for number in _numbers(figures, "event")
    )
    yield from _table(("event", *columns, "effect"), rows)


def _limits(words: Mapping[str, str]) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{escape(text)}</li>" for name, text in words.items() if name.startswith("limit."))
    yield "</ul>"
