"""Users of a CSV file: a plain list, or rows that say what becomes of each (docs/manual.md#some-users)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

import typer

from cli.base.client import ConsoleClient, Query, console_client
from cli.base.options import Organization
from cli.text import answers
from cli.text.output import JsonOption, counted, note, print_json, print_lines, wrapped
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.shown_values import Words
from domain.text.csv_text import CsvRow, read_csv
from ops.processes.private_files import private_opener

if TYPE_CHECKING:
    from domain.requests.user_files import RowRefusal

#: Headers of the vendor's own lists, without blanks and in small letters: the id counts before the name.
HEADERS = ("objectid", "id", "userprincipalname", "principalname", "user", "username")
#: A file with one of these columns says of each user what becomes of them.
CHOICES = frozenset({"action", "servicesoff", "facts"})
USERS_MAX = 5_000
FIELD = "--users"
PATH = "/api/user-files"
PREVIEW_PATH = "/api/user-preview"
#: Exit code of a file with refused rows (docs/cli.md).
REFUSED = 2
#: Refused rows that are listed; `--json` of `switch preview` has every one.
REFUSED_SHOWN = 50
_INDENT = 2


def register(switches: typer.Typer) -> None:
    """Add the command to those of switches."""
    switches.command("preview")(preview)


def preview(
    *,
    organization: Organization,
    target_plan: Annotated[str | None, typer.Option("--to", help="Plan to switch to, such as E3.")] = None,
    subscription: Annotated[
        str | None,
        typer.Option("--subscription", help="Subscription to leave; needed when several plans are active."),
    ] = None,
    service_settings: Annotated[
        str | None, typer.Option(help="Services that users switched off: keep or grant_all.")
    ] = None,
    rule_set: Annotated[str, typer.Option(help="2014, 2020 or current.")] = "current",
    licenses_only: Annotated[
        bool, typer.Option("--licenses-only", help="Both plans are owned; licenses alone would move.")
    ] = False,
    target_subscription_id: Annotated[
        str | None,
        typer.Option("--to-subscription", help="Licenses only: subscription that receives the users."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="File to write: a row for each user, to be edited.")
    ] = None,
    users: Annotated[
        Path | None, typer.Option("--users", help="File to check: each row is accepted or refused.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Preview a switch user by user as a CSV file, or check such a file; nothing is changed."""
    if (csv is None) == (users is None):
        allowed = "one of --csv FILE, which is written, and --users FILE, which is checked"
        raise InvalidInput(field="--csv", value=None if csv is None else str(csv), allowed=allowed)
    question: dict[str, Query] = {
        "organization_id": organization,
        "target_plan": target_plan,
        "source_subscription_id": subscription,
        "service_settings": service_settings,
        "rule_set": rule_set,
        "licenses_only": licenses_only or None,
        "target_subscription_id": target_subscription_id,
    }
    with console_client() as console:
        if csv is not None:
            _write_preview(console, csv, question, as_json=as_json)
        elif users is not None:
            _tell_check(check(console, read_file(users), **question), as_json=as_json)


def _write_preview(
    console: ConsoleClient, path: Path, question: Mapping[str, Query], *, as_json: bool
) -> None:
    known = {name: value for name, value in question.items() if value is not None}
    try:
        file = open(path, "xb", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InvalidInput(field="--csv", value=path, allowed=f"a new file ({error.strerror})") from error
    try:
        with file:
            console.download(f"{PREVIEW_PATH}?{urlencode(known)}", file)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    count = len(read_csv(path.read_bytes()).rows) - 1
    if as_json:
        print_json({"file": str(path), "users": count})
        return
    print_lines(wrapped(f"{counted(count, 'user')} in {path}.", 0))
    note("Edit user, action and services_off; then start the switch with")
    note(f"  --users {path}")


def _tell_check(checked: answers.user_files.CheckedFile, *, as_json: bool) -> None:
    if as_json:
        print_json(checked)
    else:
        print_lines([*refusal_lines(checked.refused), *_summary(checked)])
    if checked.refused:
        raise typer.Exit(REFUSED)


def _summary(checked: answers.user_files.CheckedFile) -> list[str]:
    rows = len(checked.accepted) + len(checked.refused)
    text = (
        f"{counted(rows, 'row')}: {len(checked.accepted)} accepted, {len(checked.refused)} refused. "
        f"{checked.moving} of {counted(checked.users, 'user')} on the old plan would move."
    )
    return wrapped(text, 0)


class FileUnreadable(PlanSwitchError):
    """A list of users can't be read; nothing was sent."""

    code = InvalidInput.code


class RowsRefused(PlanSwitchError):
    """Rows of a file of users are refused; none was carried out."""

    code = InvalidInput.code


def users_body(console: ConsoleClient, file: Path | None, **question: Query) -> dict[str, object]:
    """Return the fields of a request that name the users of a file; nothing without a file.

    Args:
        console: Where a file that says what becomes of each user is checked.
        file: A plain list of users, or such a file.
        question: The switch that it is for, as the console's check takes it.

    Raises:
        FileUnreadable: It can't be read.
        InvalidInput: It names nobody, or too many.
        RowsRefused: A row is refused; each one is told with its line.
    """
    if file is None:
        return {}
    content = read_file(file)
    if not has_choices(content):
        return {"users_listed": listed_users(file)}
    checked = check(console, content, **question)
    require_accepted(checked)
    named = {"selection": checked.selection, "user_services": checked.user_services}
    return {name: value for name, value in named.items() if value is not None}


def read_file(file: Path) -> bytes:
    """Return the content of a file.

    Raises:
        FileUnreadable: It can't be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(
            f"{file} can't be read ({error.strerror}).", remedy="Name a CSV file with one user a row."
        ) from error


def has_choices(content: bytes) -> bool:
    """Return whether a file says of each user what becomes of them."""
    rows = read_csv(content).rows
    return bool(rows) and not CHOICES.isdisjoint(_names(rows[0]))


def check(console: ConsoleClient, content: bytes, **question: Query) -> answers.user_files.CheckedFile:
    """Let the console accept or refuse each row of a file; nothing is carried out."""
    return console.post_file(answers.user_files.CheckedFile, PATH, content, **question)


def require_accepted(checked: answers.user_files.CheckedFile) -> None:
    """Tell the rows that are refused.

    Raises:
        RowsRefused: There are any.
    """
    if not checked.refused:
        return
    for line in refusal_lines(checked.refused):
        note(line)
    raise RowsRefused(
        f"{counted(len(checked.refused), 'row')} of the file can't be carried out.",
        remedy="Correct or remove each of them. No row was carried out.",
    )


def refusal_lines(refused: Sequence[RowRefusal]) -> list[str]:
    """Return the refused rows, each with its line, its user, why, and what to do."""
    lines: list[str] = []
    for each in refused[:REFUSED_SHOWN]:
        lines += wrapped(f"line {each.line}, {each.user or 'no user'}: {each.code}, {each.message}", 0)
        lines += wrapped(each.remedy, _INDENT)
    more = len(refused) - REFUSED_SHOWN
    return [*lines, f"and {more} more, see --json of `switch preview`"] if more > 0 else lines


def question_of(options: Mapping[str, object]) -> dict[str, Query]:
    """Return which switch a file is for, of the options of a question."""
    names = ("organization_id", "target_plan", "source_subscription_id", "service_settings", "rule_set")
    question: dict[str, Query] = {name: str(options[name]) for name in names if options.get(name) is not None}
    if options.get("licenses_only"):
        question |= {
            "licenses_only": True,
            "target_subscription_id": str(options.get("target_subscription_id") or ""),
        }
    return question


def listed_users(file: Path) -> list[str]:
    """Return the users of a plain list, each once, in its order; the first row may be a header.

    Args:
        file: CSV in any usual encoding. Without a known header the first column counts.

    Raises:
        FileUnreadable: It can't be read.
        InvalidInput: It names nobody, too many, or has a row without a user.
    """
    rows = read_csv(read_file(file)).rows
    names = _names(rows[0]) if rows else []
    header = next((each for each in HEADERS if each in names), None)
    column, first = (names.index(header), 1) if header else (0, 0)
    once = list(dict.fromkeys(_user(row, column) for row in rows[first:]))
    if not 0 < len(once) <= USERS_MAX:
        remedy = "Name more of them by --users-of-group or --users-of-department." if once else ""
        raise InvalidInput(
            field=FIELD, value=Words(f"{len(once)} users"), allowed=f"1 to {USERS_MAX} users", remedy=remedy
        )
    return once


def _names(header: CsvRow) -> list[str]:
    return ["".join(cell.lower().replace("_", " ").split()) for cell in header.cells]


def _user(row: CsvRow, column: int) -> str:
    user = row.cells[column] if column < len(row.cells) else ""
    if not user:
        raise InvalidInput(
            field=f"{FIELD}, row {row.line}", value="", allowed="an object id or a principal name"
        )
    return user
