"""Files that describe an organization: read whole, or refused with what to correct."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.base.errors import CorruptFile
from cli.stack.demo_plan import read_organization
from domain.catalog.catalog import UnknownPlan, load_catalog

GOOD = {"seed": 7, "users": 12, "plan": "E1", "display_name": "Lantern Works", "currency": "USD"}


def _file(folder: Path, facts: Any) -> Path:
    path = folder / "organization.json"
    path.write_text(facts if isinstance(facts, str) else json.dumps(facts), encoding="utf-8")
    return path


def test_a_good_file_becomes_the_sandbox_request(tmp_path: Path) -> None:
    """The plan's name is resolved to its id; everything else stays."""
    facts = read_organization(_file(tmp_path, GOOD), load_catalog())

    assert facts["plan_id"] == load_catalog().find("E1").plan_id
    assert "plan" not in facts
    assert (facts["seed"], facts["users"], facts["currency"]) == (7, 12, "USD")


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ("{", "no JSON"),
        ("[1]", "no object"),
        ({"users": 3, "plan": "E1"}, "'seed'"),
        ({**GOOD, "users": 0}, "users is 0"),
        ({**GOOD, "users": True}, "users is true"),
        ({**GOOD, "users": "12"}, "users is '12'"),
        ({**GOOD, "currency": "XXX"}, "currency"),
        ({**GOOD, "period_start_on": "yesterday"}, "period_start_on"),
        ({**GOOD, "color": "red"}, "no field"),
        ({**GOOD, "users": 11978743753}, "users is 11978743753; allowed: an integer from 1"),
        ({**GOOD, "period_start_on": "9999-12-31"}, "in a year from 2000 to 2099"),
        ({**GOOD, "options": {"quantity": 11978743753}}, "numbers are from 0 to 1,000,000"),
        ({**GOOD, "options": {"profile": {"deep": [-1]}}}, "numbers are from 0 to 1,000,000"),
        ('{"seed": 1, "seed": 2}', "'seed' is given twice"),
        ('{"seed": NaN}', "NaN stands for a number"),
        ("[" * 100_000, "nested too deeply"),
        ('{"seed": ' + "9" * 5_000 + "}", "a number of 5,000 digits"),
        ({**GOOD, "display_name": "a\x00b"}, "display_name has the control character U\\+0000"),
        ({**GOOD, "options": {"a\u202e": 1}}, "a name in options"),
    ],
)
def test_a_corrupt_file_is_refused_with_the_field(tmp_path: Path, facts: Any, word: str) -> None:
    """CORRUPT_FILE names the field, what it may be, and an example (exit 2)."""
    with pytest.raises(CorruptFile, match=word) as found:
        read_organization(_file(tmp_path, facts), load_catalog())

    assert found.value.handling.exit_code == 2
    assert "example" in found.value.remedy


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is CORRUPT_FILE as well, not a traceback."""
    with pytest.raises(CorruptFile, match="can't be read"):
        read_organization(tmp_path / "nothing.json", load_catalog())


def test_an_unknown_plan_in_the_file_is_named(tmp_path: Path) -> None:
    """UNKNOWN_PLAN is told as everywhere else."""
    with pytest.raises(UnknownPlan, match="E77"):
        read_organization(_file(tmp_path, {**GOOD, "plan": "E77"}), load_catalog())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_another_encoding_says_the_same(tmp_path: Path, encoding: str) -> None:
    """An editor may save it with a byte order mark, as UTF-16 or as Windows-1252."""
    path = tmp_path / "organization.json"
    path.write_bytes(json.dumps({**GOOD, "display_name": "Caf\u00e9"}, ensure_ascii=False).encode(encoding))

    assert read_organization(path, load_catalog())["display_name"] == "Caf\u00e9"


def test_a_file_that_is_no_text_is_corrupt(tmp_path: Path) -> None:
    """A mixture of encodings is CORRUPT_FILE with the line, not a traceback."""
    path = tmp_path / "organization.json"
    path.write_bytes('{\n"seed": "\u00e9'.encode() + b'\xe9"}')

    with pytest.raises(CorruptFile, match="line 2"):
        read_organization(path, load_catalog())
