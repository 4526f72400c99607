"""Users of a CSV file: a plain list, or rows that say what becomes of each (docs/manual.md#some-users)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, Query, console_client
from cli.base.options import grouped
from cli.text import answers
from cli.text.output import JsonOption, counted, note, print_json, print_lines, wrapped
from client.api import users as users_api
from client.client import Request
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.limits import USER_FILE_BYTES_MAX
from domain.kernel.shown_values import Words
from domain.text.csv_text import CsvRow, column_name, read_csv
from ops.processes.private_files import private_opener

if TYPE_CHECKING:
    from domain.requests.user_files import RowRefusal

#: Headers of the vendor's own lists, as `column_name` returns them: the id counts before the name.
HEADERS = ("objectid", "id", "userprincipalname", "principalname", "user", "username")
#: A file with one of these columns is a file of users, of which each row is accepted or refused.
CHOICES = frozenset({"user", "action", "servicesoff", "facts"})
#: Ways to name users of a preview in place of a file.
MOVERS = ("users_of_group", "users_of_department", "users_with_plan")
USERS_MAX = 5_000
FIELD = "--users"
#: Exit code of a file with refused rows (docs/cli.md).
REFUSED = 2
#: Refused rows that are listed; `--json` of `switch preview` has every one.
REFUSED_SHOWN = 50
_INDENT = 2


def register(switches: typer.Typer) -> None:
    """Add the command to those of switches."""
    switches.command("preview")(preview)


@dataclass(frozen=True, kw_only=True)
class PreviewQuestion:
    """Which switch a preview is of, and who moves, under the names of the API."""

    organization_id: Annotated[
        str, typer.Argument(metavar="ORGANIZATION", help="Directory id of the organization.")
    ]
    target_plan: Annotated[str | None, typer.Option("--to", help="Plan to switch to, such as E3.")] = None
    source_subscription_id: Annotated[
        str | None,
        typer.Option("--subscription", help="Subscription to leave; needed when several plans are active."),
    ] = None
    service_settings: Annotated[
        str | None, typer.Option(help="Services that users switched off: keep or grant_all.")
    ] = None
    rule_set: Annotated[str, typer.Option(help="2014, 2020 or current.")] = "current"
    licenses_only: Annotated[
        bool, typer.Option("--licenses-only", help="Both plans are owned; licenses alone would move.")
    ] = False
    target_subscription_id: Annotated[
        str | None,
        typer.Option("--to-subscription", help="Licenses only: subscription that receives the users."),
    ] = None
    users_of_group: Annotated[
        str | None, typer.Option("--users-of-group", help="Only members of this directory group move.")
    ] = None
    users_of_department: Annotated[
        str | None, typer.Option("--users-of-department", help="Only users of this department move.")
    ] = None
    users_with_plan: Annotated[
        str | None, typer.Option("--users-with-plan", help="Only who holds this plan as well moves.")
    ] = None

    @property
    def query(self) -> dict[str, Query]:
        """Return the switch as the API takes it."""
        facts = {name: value for name, value in asdict(self).items() if name not in MOVERS}
        return {**facts, "licenses_only": self.licenses_only or None}

    @property
    def movers(self) -> dict[str, Query]:
        """Return who moves, as the API takes it; without any, everyone does."""
        return {name: value for name, value in asdict(self).items() if name in MOVERS and value is not None}


@grouped
def preview(
    *,
    question: PreviewQuestion,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="File to write: a row for each user, to be edited.")
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option("--users", help="File to check: each row is accepted or refused; its users move."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Preview a switch user by user as a CSV file, or check such a file; nothing is changed."""
    _require_work(csv, users, question.movers)
    with console_client() as console:
        movers = question.movers
        if users is not None:
            checked = check(console, read_file(users), **question.query)
            if csv is None or checked.refused:
                _tell_check(checked, as_json=as_json)
            movers = {"selection": checked.selection, "user_services": checked.user_services}
        if csv is not None:
            _write_preview(console, csv, {**question.query, **movers}, as_json=as_json)


def _require_work(csv: Path | None, users: Path | None, movers: Mapping[str, Query]) -> None:
    """Refuse a preview that is neither written nor checked, and users who are named in two ways.

    Raises:
        InvalidInput: It is.
    """
    named = [f"--{name.replace('_', '-')}" for name in movers]
    if csv is None and users is None:
        allowed = "one of --csv FILE, which is written, and --users FILE, which is checked"
        raise InvalidInput(field="--csv", value=None, allowed=allowed)
    if users is not None and named:
        raise InvalidInput(
            field=" and ".join(["--users", *named]), value=Words("given"), allowed="one of them"
        )


def _write_preview(
    console: ConsoleClient, path: Path, question: Mapping[str, Query], *, as_json: bool
) -> None:
    try:
        file = open(path, "xb", opener=private_opener)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InvalidInput(field="--csv", value=path, allowed=f"a new file ({error.strerror})") from error
    try:
        with file:
            preview_of: Callable[..., Request] = users_api.preview_users.request
            console.download(preview_of(**question), file)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    count = len(read_csv(path.read_bytes()).rows) - 1
    if as_json:
        print_json({"file": str(path), "users": count})
        return
    print_lines(wrapped(f"{counted(count, 'user')} in {path}.", 0))
    if not count:
        note("Nobody holds the plan that the switch would leave, so nobody would move.")
        note("Check --subscription, which is left, and --to: they may be exchanged.")
        return
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
        InvalidInput: It names nobody, or too many, or is too long.
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
        InvalidInput: It is longer than any that the console takes.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(USER_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise FileUnreadable(
            f"{file} can't be read ({error.strerror}).", remedy="Name a CSV file with one user a row."
        ) from error
    if len(content) > USER_FILE_BYTES_MAX:
        raise InvalidInput(
            field=FIELD,
            value=Words(f"{file}, which is longer"),
            allowed=f"at most {USER_FILE_BYTES_MAX:,} bytes",
        )
    return content


def has_choices(content: bytes) -> bool:
    """Return whether a file has the columns of a file of users; else it is a plain list."""
    rows = read_csv(content).rows
    return bool(rows) and not CHOICES.isdisjoint(_names(rows[0]))


def check(console: ConsoleClient, content: bytes, **question: Query) -> answers.user_files.CheckedFile:
    """Let the console accept or refuse each row of a file; nothing is carried out."""
    # What a person typed; the console refuses what is of another type.
    check_of: Callable[..., Request] = users_api.check_users.request
    return console.ask(answers.user_files.CheckedFile, check_of(body=content, **question))


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
    return [column_name(cell) for cell in header.cells]


def _user(row: CsvRow, column: int) -> str:
    user = row.cells[column] if column < len(row.cells) else ""
    if not user:
        raise InvalidInput(
            field=f"{FIELD}, row {row.line}", value="", allowed="an object id or a principal name"
        )
    return user
