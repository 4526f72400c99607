"""Commands of a document with what they print: read from the page, and compared with a run.

A page shows one run. In another one other ids, dates and amounts stand in the same places: an id of the page
stands for one id of the run, the same everywhere; a date, a time, a digest and an amount stand for any. Lines
may wrap elsewhere. Everything else is compared word by word, but for lines that hold only `…`: in their place
the run may print anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
#: A line of the page in whose place anything may stand.
LEFT_OUT = "…"
_COMMANDS, _PRINTED = "```sh", "```text"
_FENCE = "```"
_HEADING = re.compile(r"#{2,} ")
#: An id as people name it is the beginning of a whole one.
_SHORT = 8
_BEGIN, _REST = rf"[0-9a-f]{{{_SHORT}}}", r"(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ID = rf"\b{_BEGIN}(?:{_REST})?\b"
#: What another run prints in its place.
_ANY = {
    "id": _ID,
    "digest": r"\b[0-9a-f]{16,}\b",
    "date": r"\b\d{4}-\d{2}-\d{2}\b",
    "time": r"\b\d{2}:\d{2}(?::\d{2})?\b",
    "invoice": r"\b\d{4}-\d{6}\b",
    "days": r"\b\d+ of \d+ days\b",
    "amount": r"-?\d[\d,]*\.\d{2}\b",
    # Which of them is advised depends on the day of the week.
    "night": r"\ba (?:night|weekend)\b",
    "left_out": rf"\s*^{LEFT_OUT}$\s*",
    "blank": r"\s+",
}
_PARTS = re.compile("|".join(f"(?P<{name}>{each})" for name, each in _ANY.items()), re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A command of a page."""

    #: Title of the section in which it stands.
    section: str
    command: str
    #: What it prints; "" where the page does not show that.
    printed: str = ""


def examples_of(page: str) -> Iterator[Example]:
    """Return the commands of a page in their order.

    Args:
        page: Markdown; what the last command of a block prints follows it in a block of its own.
    """
    section, commands = "", list[str]()
    for kind, text in _blocks(page):
        if kind == _PRINTED and commands:
            yield Example(section=section, command=commands.pop(), printed=text)
        yield from (Example(section=section, command=each) for each in commands)
        commands = []
        if kind == _COMMANDS:
            *before, last = text.replace("\\\n", " ").splitlines()
            yield from (Example(section=section, command=each) for each in before)
            commands = [last]
        elif kind == _FENCE:
            continue
        elif kind != _PRINTED:
            section = text
    yield from (Example(section=section, command=each) for each in commands)


def _blocks(page: str) -> Iterator[tuple[str, str]]:
    """Return kind and text of each heading and each fenced block."""
    opening, lines = "", list[str]()
    for line in page.splitlines():
        if opening and line == _FENCE:
            yield opening, "\n".join(lines)
            opening, lines = "", []
        elif opening:
            lines.append(line)
        elif line.startswith(_FENCE):
            opening = line if line in {_COMMANDS, _PRINTED} else _FENCE
        elif _HEADING.match(line):
            yield "heading", line.lstrip("# ")


@dataclass(kw_only=True, slots=True)
class PageRun:
    """A run of a page: which id of the run stands in the place of which id of the page."""

    ids: dict[str, str] = field(default_factory=dict)

    def command(self, example: Example) -> str:
        """Return a command with the ids of the run."""
        return re.sub(_ID, lambda found: self.ids.get(found[0], found[0]), example.command)

    def compare(self, example: Example, printed: str) -> None:
        """Compare what a command printed with the page, and keep the ids that are new.

        Raises:
            AssertionError: It is something else; the message has both.
        """
        found = re.fullmatch(self._pattern(example.printed.strip()), printed.strip(), re.DOTALL)
        assert found, f"{example.command}\n--- printed\n{printed}\n--- on the page\n{example.printed}"
        for group, part in found.groupdict().items():
            on_page = group.removeprefix("id_").replace("_", "-")
            # The group of a whole id keeps its rest; its beginning has a group of its own, before it.
            begin = self.ids[on_page[:_SHORT]] if len(on_page) > _SHORT else ""
            self.ids[on_page] = begin + part

    def _pattern(self, shown: str) -> str:
        """Return the expression that matches what a run may print in the place of a text of the page."""
        pattern, end, fresh = "", 0, set[str]()
        for part in _PARTS.finditer(shown):
            pattern += re.escape(shown[end : part.start()]) + self._place(part, fresh)
            end = part.end()
        return pattern + re.escape(shown[end:])

    def _place(self, part: re.Match[str], fresh: set[str]) -> str:
        kind, text = part.lastgroup or "", part[0]
        if kind == "left_out":
            # Lines behind the last word, before the first one, or between two words; perhaps none.
            if part.end() == len(part.string):
                return r"(?:\s.*)?"
            return (r"\s+" if part.start() else "") + r"(?:.*\s)?"
        if kind != "id":
            return _ANY[kind]
        begin, rest = text[:_SHORT], text[_SHORT:]
        return self._known_or_new(begin, _BEGIN, fresh) + (
            self._known_or_new(text, _REST, fresh) if rest else ""
        )

    def _known_or_new(self, on_page: str, new: str, fresh: set[str]) -> str:
        """Return a part of an id: the known one of the run, or a group that keeps a new one."""
        part = slice(_SHORT) if new == _BEGIN else slice(_SHORT, None)
        if on_page in self.ids:
            return re.escape(self.ids[on_page][part])
        group = f"id_{on_page.replace('-', '_')}"
        if on_page in fresh:
            return f"(?P={group})"
        fresh.add(on_page)
        return f"(?P<{group}>{new})"
