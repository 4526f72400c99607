"""Users of a CSV file: one a row, by object id or principal name (docs/manual.md#some-users)."""

from __future__ import annotations

import csv
from pathlib import Path

from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.shown_values import Words

#: Headers of the vendor's own lists, without blanks and in small letters: the id counts before the name.
HEADERS = ("objectid", "id", "userprincipalname", "principalname", "user", "username")
USERS_MAX = 5_000
FIELD = "--users"


class FileUnreadable(PlanSwitchError):
    """A list of users can't be read; nothing was sent."""

    code = InvalidInput.code


def listed_users(file: Path) -> list[str]:
    """Return the users of a file, each once, in its order; the first row may be a header.

    Args:
        file: CSV in UTF-8. Without a known header the first column counts.

    Raises:
        FileUnreadable: It can't be read.
        InvalidInput: It names nobody, too many, or has a row without a user.
    """
    rows = _rows(file)
    names = ["".join(cell.lower().split()) for cell in rows[0]] if rows else []
    header = next((each for each in HEADERS if each in names), None)
    column, first = (names.index(header), 1) if header else (0, 0)
    users = [_user(row, column, number) for number, row in enumerate(rows[first:], start=first + 1)]
    once = list(dict.fromkeys(users))
    if not 0 < len(once) <= USERS_MAX:
        remedy = "Name more of them by --users-of-group or --users-of-department." if once else ""
        raise InvalidInput(
            field=FIELD, value=Words(f"{len(once)} users"), allowed=f"1 to {USERS_MAX} users", remedy=remedy
        )
    return once


def _rows(file: Path) -> list[list[str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    except OSError as error:
        raise FileUnreadable(
            f"{file} can't be read ({error.strerror}).", remedy="Name a CSV file with one user a row."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(
            f"{file} is no CSV text in UTF-8.", remedy="Save it as CSV in UTF-8, with one user a row."
        ) from error


def _user(row: list[str], column: int, number: int) -> str:
    user = row[column].strip() if column < len(row) else ""
    if not user:
        raise InvalidInput(
            field=f"{FIELD}, row {number}", value="", allowed="an object id or a principal name"
        )
    return user
