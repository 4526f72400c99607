"""Lists of users as a CSV file (manual#some-users)."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.switch.user_lists import USERS_MAX, FileUnreadable, has_choices, listed_users, read_file
from domain.kernel.errors import InvalidInput
from domain.kernel.limits import USER_FILE_BYTES_MAX


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "users.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize(
    "text",
    [
        "ada@contoso.com\nbob@contoso.com\n",
        "User principal name,Department\nada@contoso.com,Sales\nbob@contoso.com,Legal\n",
        "Department,UserPrincipalName\r\nSales,ada@contoso.com\r\nLegal,bob@contoso.com\r\n",
        "\ufeffuser\nada@contoso.com\n\n  bob@contoso.com  \nada@contoso.com\n",
    ],
)
def test_users_are_read_with_and_without_a_header(tmp_path: Path, text: str) -> None:
    """Each row is one user; a known header names the column, and a user counts once."""
    assert listed_users(_file(tmp_path, text)) == ["ada@contoso.com", "bob@contoso.com"]


def test_the_object_id_counts_before_the_name(tmp_path: Path) -> None:
    """An export with both columns is read by its ids."""
    assert listed_users(_file(tmp_path, "User principal name,Object Id\nada@contoso.com,id-1\n")) == ["id-1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "0 users"),
        ("user\n", "0 users"),
        ("user,department\nada@contoso.com,Sales\n,Legal\n", "row 3"),
        ("\n".join(f"u{number}@contoso.com" for number in range(USERS_MAX + 1)), "5001 users"),
    ],
)
def test_a_wrong_list_says_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    """Nobody, too many, or a row without a user: field, value, what is allowed."""
    with pytest.raises(InvalidInput, match=told):
        listed_users(_file(tmp_path, text))


def test_a_longer_file_than_the_console_takes_is_not_sent(tmp_path: Path) -> None:
    """It is refused before anything is read whole."""
    file = tmp_path / "users.csv"
    with file.open("wb") as opened:
        opened.truncate(USER_FILE_BYTES_MAX + 1)

    with pytest.raises(InvalidInput, match="at most 10,000,000 bytes"):
        read_file(file)


@pytest.mark.parametrize(
    ("header", "is_judged"),
    [("user", True), ("Object id,Services off", True), ("User principal name,Department", False)],
)
def test_a_file_of_users_is_told_from_a_plain_list_by_its_columns(header: str, *, is_judged: bool) -> None:
    """Each row of a file of users is judged; the vendor's own lists are taken as they are."""
    assert has_choices(f"{header}\nada@contoso.com,x\n".encode()) is is_judged


def test_what_is_no_csv_is_refused(tmp_path: Path) -> None:
    """A file that is not there, and one whose quotation mark is never closed."""
    with pytest.raises(FileUnreadable, match="can't be read"):
        listed_users(tmp_path / "absent.csv")
    with pytest.raises(InvalidInput, match="line 2"):
        listed_users(_file(tmp_path, 'user\n"ada@contoso.com\n'))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_form_of_a_list_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """Spreadsheets of every age save lists in these encodings, with these signs between cells."""
    text = f"Department{delimiter}User\nVerkäufe{delimiter}jürgen@contoso.com\n"

    assert listed_users(_file(tmp_path, text, encoding)) == ["jürgen@contoso.com"]
