"""What commands print: data to stdout, words about it to stderr; plain text that fits 80 columns."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.text import answers
from domain.kernel.money import Money, charged_figure
from domain.text.plain_text import cleaned_text, escaped_text

if TYPE_CHECKING:
    from pydantic import JsonValue

COLUMNS_DEFAULT = 80
_COLUMN_GAP = "  "
_SHORT_ID_LENGTH = 8
_PROGRAM = "planswitch"
#: A command in a text, and the words in it in whose place an id belongs.
_COMMAND = re.compile(rf"`{_PROGRAM} [^`]*`")
_PLACE = re.compile(r"\b(?:ORGANIZATION|SUBSCRIPTION)\b")
JsonOption = Annotated[bool, typer.Option("--json", help="Print the data as JSON.")]


def as_facts(answer: object) -> dict[str, JsonValue]:
    """Return an answer of the API, or what holds answers, as JSON knows it."""
    from pydantic_core import to_jsonable_python  # noqa: PLC0415 - heavy

    facts: dict[str, JsonValue] = to_jsonable_python(answer, serialize_as_any=True, fallback=str)
    return facts


def print_json(answer: object) -> None:
    """Print one JSON document to stdout, with an escape for what a terminal would obey."""
    typer.echo(escaped_text(json.dumps(as_facts(answer), indent=2, ensure_ascii=False)))


def print_lines(lines: Iterable[str]) -> None:
    """Print text to stdout."""
    for line in lines:
        typer.echo(cleaned_text(line))


def note(text: str) -> None:
    """Print a remark about the work, in lines that fit the terminal; it is not part of the data."""
    lines = wrapped(text, 0) if len(text) > width() else [text]
    for line in lines:
        typer.echo(cleaned_text(line), err=True)


def print_command(
    answer: answers.commands.CommandTaken | answers.commands.SwitchRestarted,
    *,
    as_json: bool,
    then: str = "watch",
    options: str = "",
) -> None:
    """Print what became of a command on a switch, and which command looks at it next.

    Args:
        answer: The API's answer: `message` and `switch_id`.
        as_json: Print the answer as it is.
        then: Command of `planswitch switch` that comes next.
        options: Its options, after a blank.
    """
    if as_json:
        print_json(answer)
        return
    following = f"next: planswitch switch {then} {short(answer.switch_id)}{options}"
    print_lines([*wrapped(answer.message, 0), following])


def fields(pairs: Mapping[str, object]) -> list[str]:
    """Return `name  value` lines with the values under each other, wrapped to the terminal."""
    room = max((len(name) for name in pairs), default=0) + len(_COLUMN_GAP)
    return [line for name, value in pairs.items() for line in wrapped(str(value), room, name)]


def wrapped(text: str, indent: int, first: str = "") -> list[str]:
    """Return text in lines that fit the terminal, each after `indent` columns; words stay whole.

    Args:
        text: One paragraph.
        indent: Columns before each line.
        first: Stands in the indent of the first line.
    """
    return textwrap.wrap(
        text,
        width=width(),
        initial_indent=first.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first]


def width() -> int:
    """Return how many columns a line may take."""
    return shutil.get_terminal_size((COLUMNS_DEFAULT, 24)).columns


def short(identifier: str) -> str:
    """Return the beginning of an id, enough to name it again."""
    return identifier[:_SHORT_ID_LENGTH]


def ago(instant: str | datetime | None) -> str:
    """Return an instant of the API as people read it: date and time, in UTC."""
    if not instant:
        return "-"
    at = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def counted(count: int, noun: str) -> str:
    """Return how many there are of what a noun names: `1 switch`, `2 switches`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{'es' if noun.endswith('ch') else 's'}"


def first_users(count: int) -> str:
    """Return the first so many users in words."""
    return "the first user" if count == 1 else f"the first {count} users"


def contact_line(contact: str) -> str:
    """Return the support contact, or how to set one."""
    return f"support: {contact or 'nobody is named; set PLANSWITCH_SUPPORT_CONTACT for the console'}"


def with_ids(text: str, organization_id: str, subscription_id: str) -> str:
    """Return a text whose commands name organization and subscription by their ids, ready to be copied.

    Args:
        text: With commands in backquotes.
        organization_id: In place of ORGANIZATION; "" keeps the word.
        subscription_id: In place of SUBSCRIPTION; "" keeps the word.
    """
    ids = {"ORGANIZATION": organization_id, "SUBSCRIPTION": subscription_id}
    return _COMMAND.sub(lambda command: _PLACE.sub(lambda word: ids[word[0]] or word[0], command[0]), text)


def support_lines(
    contact: str | None, indent: int, organization_id: str = "", subscription_id: str = ""
) -> list[str]:
    """Return the support contact and how to collect the facts, if the remedy of a reason says support."""
    if contact is None:
        return []
    command = "`planswitch support bundle --organization ORGANIZATION --to PLAN`"
    command = with_ids(command, organization_id, subscription_id)
    text = f"{contact_line(contact)}; {command} collects the facts"
    return wrapped(text, indent)


def figure(minor_units: int, currency: str) -> str:
    """Return an amount without its currency, which the head of its column names."""
    return amount(minor_units, currency).removesuffix(f" {currency}")


def amount(minor_units: int | None, currency: str) -> str:
    """Return an amount such as `476.39 EUR`, or a dash when there is none."""
    if minor_units is None or not currency:
        return "-"
    return str(Money(minor_units=minor_units, currency=currency))


def charged_amount(minor_units: int | None, currency: str) -> str:
    """Return what is charged, such as `476.39 EUR`; what is given back reads `85.76 EUR credited`."""
    if minor_units is None or not currency:
        return "-"
    return charged_figure(Money(minor_units=minor_units, currency=currency))


def charged_text(total: str) -> str:
    """Return a total of the API as what is charged: `-85.76 EUR` reads `85.76 EUR credited`."""
    return f"{total[1:]} credited" if total.startswith("-") else total


def bound_text(total: str) -> str:
    """Return what a total of the API may come to at most; a negative one is given back at least."""
    if total.startswith("-"):
        return f"with no less than {total[1:]} credited"
    return f"for no more than {total}"
