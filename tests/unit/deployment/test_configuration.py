"""docs/configuration.md tells every setting, and every variable of the environment that the code reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from ops.base.database_settings import DatabaseSettings
from ops.base.settings import Settings
from tools.tidy_sources import PACKAGES, ROOT

_PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
#: Variable -> the cells of its row.
_ROWS = {
    row.split("|")[1].strip(" `"): [cell.strip() for cell in row.split("|")[1:-1]]
    for row in _PAGE.splitlines()
    if row.startswith("| `")
}
_FILES = [
    ROOT / "worker.py",
    *(file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))),
]
#: Ways to read the environment: a name in quotes, or a constant of the file.
_READS = (
    re.compile(r"environ(?:\.get|\.pop)?[\[(]\s*\"([A-Z_]+)\""),
    re.compile(r"environ(?:\.get|\.pop)?[\[(]\s*f?\"\{ENVIRONMENT_PREFIX\}([A-Z_]+)\""),
    re.compile(r"getenv\(\s*\"([A-Z_]+)\""),
    re.compile(r"\"([A-Z_]+)\" (?:not )?in os\.environ"),
)
_CONSTANTS = re.compile(
    r"(?:environ(?:\.get|\.pop)?[\[(]\s*(_?[A-Z][A-Z_]+)|(_?[A-Z][A-Z_]+) (?:not )?in os\.environ)"
)
_OWN_VARIABLE = re.compile(r"\b((?:PLANSWITCH|DATABASE)_[A-Z][A-Z_]*[A-Z])\b(?!_)")
#: Names that look like a variable of ours: of constants, codes and examples.
_NO_VARIABLES = re.compile(r"DATABASE_(?!.*_URL$|URL$)")


def _read_names(file: Path) -> set[str]:
    """Return the variables that a file reads from the environment."""
    text = file.read_text(encoding="utf-8")
    if "environ" not in text and "getenv" not in text:
        return set()
    names = {name for pattern in _READS for name in pattern.findall(text)}
    for pair in _CONSTANTS.findall(text):
        constant = pair[0] or pair[1]
        value = re.search(
            rf"^{constant}\b.*= f?\"(?:\{{ENVIRONMENT_PREFIX\}})?([A-Z_]+)\"", text, re.MULTILINE
        )
        names |= {value[1]} if value else set()
    return names


def _variable(name: str) -> str:
    return name.upper() if re.fullmatch(r"database_(\w+_)?url", name) else f"PLANSWITCH_{name.upper()}"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_its_row(name: str) -> None:
    """docs/configuration.md: each setting with default, range, readers, secret or not, and its meaning."""
    _, allowed, default, readers, secret, meaning = _ROWS[_variable(name)]

    field = Settings.model_fields[name]
    assert allowed
    assert readers
    assert meaning
    assert (secret == "yes") == (SecretStr.__name__ in str(field.annotation))
    is_plain = isinstance(field.default, int | float) and not isinstance(field.default, bool)
    assert default == f"`{field.default}`" or not is_plain


def test_the_page_tells_no_setting_that_is_none() -> None:
    """A setting that was removed leaves the page too: nobody sets what nothing reads."""
    told = {row for row in _ROWS if row.startswith(("PLANSWITCH_", "DATABASE_"))}

    assert told - {_variable(name) for name in Settings.model_fields} == {
        "PLANSWITCH_SHARED",
        "PLANSWITCH_TEST_PROCESSES",
    }


def test_every_variable_that_the_code_reads_is_told() -> None:
    """docs/configuration.md: no process reads a variable that the page does not know."""
    read = set().union(*(_read_names(file) for file in _FILES))

    assert {"XDG_DATA_HOME", "COLUMNS", "TERM"} <= read
    untold = {name for name in read if name not in _PAGE and f"PLANSWITCH_{name}" not in _PAGE}
    assert untold <= {"DATA_DIR", "TEMPORAL_ADDRESS"} | {
        name for name in read if name.startswith("TEMPORAL_")
    }


def test_documents_and_files_of_deployment_name_only_variables_that_exist() -> None:
    """A variable that a document, a unit or a manifest names is one that a process reads."""
    documents = [
        *(ROOT / "docs").glob("*.md"),
        *(each for each in (ROOT / "deploy").rglob("*") if each.is_file()),
    ]
    unknown = {
        f"{file.name}: {name}"
        for file in documents
        for name in _OWN_VARIABLE.findall(file.read_text(encoding="utf-8"))
        if name not in _PAGE and not _NO_VARIABLES.match(name)
    }

    assert not unknown


@pytest.mark.parametrize(
    ("name", "readers"),
    [
        ("PLANSWITCH_SEAL_SECONDS", "sealer"),
        ("PLANSWITCH_API_PORT", "console"),
        ("PLANSWITCH_LICENSE_LANES", "worker"),
        ("DATABASE_PROJECTOR_URL", "projector"),
        ("PLANSWITCH_PROBE_PORT", "worker, console, projector, sealer"),
    ],
)
def test_readers_are_followed_through_the_code(name: str, readers: str) -> None:
    """docs/configuration.md: a setting names exactly the processes that use it."""
    assert _ROWS[name][3] == readers


def test_settings_of_the_database_come_from_their_own_class() -> None:
    """The page shows the settings of a class under one heading."""
    database = _PAGE.partition("## Database\n")[2].partition("\n## ")[0]

    assert all(f"`{_variable(name)}`" in database for name in DatabaseSettings.model_fields)
