"""Reading of a file that describes an organization for the sandbox; a bad one changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from cli.base.errors import CorruptFile
from domain.catalog.catalog import Catalog
from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.kernel.shown_values import shown_value
from domain.text.file_text import read_text_file
from domain.text.json_text import read_json
from domain.text.plain_text import require_plain_text

FILE_BYTES_MAX = 1_000_000
USERS_MAX = 300_000
SEED_MAX = 2**31
NAME_MAX = 200
#: Largest number among the options.
NUMBER_MAX = 1_000_000
#: Years in which a period may begin.
YEARS = range(2000, 2100)
CURRENCIES = ("EUR", "USD")
CYCLES = ("monthly", "annual")
_EXAMPLE = '{"seed": 7, "users": 120, "plan": "E1", "display_name": "Example", "currency": "EUR"}'


def _is_date(value: Any) -> bool:
    try:
        return date.fromisoformat(value).year in YEARS
    except (TypeError, ValueError):
        return False


def _is_options(value: Any) -> bool:
    """Return whether it is an object in which no number is larger than anything that can be made."""
    return isinstance(value, dict) and all(
        0 <= each <= NUMBER_MAX for each in _numbers(value) if not isinstance(each, bool)
    )


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _numbers(each)


#: Field -> what it may be, in words, and the test.
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "seed": (f"an integer from 0 to {SEED_MAX}", lambda v: type(v) is int and 0 <= v <= SEED_MAX),
    "users": (f"an integer from 1 to {USERS_MAX}", lambda v: type(v) is int and 1 <= v <= USERS_MAX),
    "plan": ("a plan of the catalog, such as E1", lambda v: isinstance(v, str) and bool(v)),
    "organization_id": ("a GUID in text", lambda v: isinstance(v, str) and bool(v)),
    "display_name": (
        f"text of 1 to {NAME_MAX} characters",
        lambda v: isinstance(v, str) and 0 < len(v) <= NAME_MAX,
    ),
    "currency": (" or ".join(CURRENCIES), lambda v: v in CURRENCIES),
    "billing_cycle": (" or ".join(CYCLES), lambda v: v in CYCLES),
    "period_start_on": (f"a date such as 2026-11-01, in a year from {YEARS[0]} to {YEARS[-1]}", _is_date),
    "options": (f"an object whose numbers are from 0 to {NUMBER_MAX:,}", _is_options),
}
_REQUIRED = ("seed", "users", "plan")


def read_organization(path: Path, catalog: Catalog) -> dict[str, object]:
    """Return the sandbox's request for the organization that a file describes.

    Args:
        path: A JSON file.
        catalog: The plans there are.

    Raises:
        CorruptFile: It can't be read, is no JSON, or a field is not what it may be.
        UnknownPlan: No plan is called so.
    """
    facts = _parsed(path)
    for name in _REQUIRED:
        if name not in facts:
            raise _corrupt(path, f"it has no field {name!r}")
    for name, value in facts.items():
        if name not in _FIELDS:
            raise _corrupt(path, f"{name!r} is no field; there are {', '.join(_FIELDS)}")
        allowed, is_allowed = _FIELDS[name]
        if not is_allowed(value):
            raise _corrupt(path, f"{name} is {shown_value(value)}; allowed: {allowed}")
    plan = catalog.find(facts.pop("plan"))
    return {**facts, "plan_id": plan.plan_id}


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise _corrupt(path, f"it is larger than {FILE_BYTES_MAX} bytes")
        facts = read_json(read_text_file(path.read_bytes()).text.encode(), field="it")
    except InvalidInput as error:
        raise _corrupt(path, error.message.rstrip(".")) from error
    except OSError as error:
        raise _corrupt(path, f"it can't be read ({error.strerror})") from error
    if not isinstance(facts, dict):
        raise _corrupt(path, "it holds no object")
    _require_plain(path, facts)
    return facts


def _require_plain(path: Path, facts: dict[str, Any]) -> None:
    try:
        require_plain_text(facts)
    except UnacceptableText as error:
        raise _corrupt(path, error.message.rstrip(".")) from error


def _corrupt(path: Path, why: str) -> CorruptFile:
    return CorruptFile(
        f"{path} describes no organization: {why}.",
        remedy=f"Correct the file; an example: {_EXAMPLE} Nothing was written.",
    )
