"""The command line by itself: help, errors, exit codes, output that fits."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.main import app
from cli.switch.progress import Lines
from cli.text.output import fields, note, wrapped
from cli.text.tables import table
from tests.support.consoles.shown_switches import shown_switch

COLUMNS = 80
#: Generous: a machine under test load; an idle one takes a third.
GROUPS = [
    [],
    ["switch"],
    ["schedule"],
    ["approval"],
    ["checkout"],
    ["product"],
    ["report"],
    ["notice"],
    ["notice", "recipients"],
    ["support"],
    ["cloud"],
    ["webhook"],
    ["catalog"],
    ["audit"],
    ["seal"],
    ["projection"],
]


@pytest.fixture(name="runner")
def _runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """Return a runner on a narrow terminal, with no stack and no console."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    monkeypatch.setenv("PLANSWITCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PLANSWITCH_API_URL", "http://127.0.0.1:9")
    return CliRunner()


@pytest.mark.parametrize("group", GROUPS)
def test_help_fits_80_columns_and_cuts_nothing(runner: CliRunner, group: list[str]) -> None:
    """Every group's help fits the terminal and tells every command in whole words."""
    result = runner.invoke(app, [*group, "--help"])

    assert result.exit_code == 0
    assert max(len(line) for line in result.output.splitlines()) <= COLUMNS
    assert not [line for line in result.output.splitlines()[1:] if line.endswith("...")]


@pytest.mark.parametrize(
    "command",
    [
        *(["switch", name] for name in ("pause", "resume", "retry", "skip", "amend", "cancel", "rollback")),
        ["switch", "back"],
        ["switch", "read-notice"],
        *(["credit", name] for name in ("approve", "decline", "extend", "void")),
        ["switch", "wait", "look"],
        *(["schedule", name] for name in ("change", "undo", "accept", "decline")),
        ["notice", "resend"],
        *(["notice", "recipients", name] for name in ("add", "remove")),
    ],
)
def test_every_command_on_a_switch_takes_a_request_id(runner: CliRunner, command: list[str]) -> None:
    """A command whose answer was lost can be sent again as the same one (rules#operator-controls)."""
    result = runner.invoke(app, [*command, "--help"])

    assert "--request-id" in result.output
    assert max(len(line) for line in result.output.splitlines()) <= COLUMNS


def test_every_command_has_help(runner: CliRunner) -> None:
    """Each command says in one sentence what it does."""
    root = typer.main.get_command(app)
    commands = getattr(root, "commands", {})

    assert {"demo", "up", "doctor", "switch", "checkout", "catalog", "audit", "projection"} <= set(commands)
    assert all(command.help for command in commands.values())


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["switch", "list"], 7, "planswitch up"),
        (["projection", "status"], 7, "planswitch up"),
        (["demo", "--payment", "cash"], 2, "card"),
        (["demo", "--to", "E77"], 3, "catalog list"),
        (["demo", "--users", "0"], 2, "--users"),
        (["demo", "--organization", "/nothing/there.json"], 2, "example"),
        (["migrate"], 2, "DATABASE_URL"),
        (["switch", "show"], 2, "switch"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_errors_tell_what_to_do_and_exit_by_their_kind(
    runner: CliRunner, arguments: list[str], code: int, word: str
) -> None:
    """A refused command prints no data, says what to do on stderr, and exits as docs/cli.md says."""
    result = runner.invoke(app, arguments)

    assert result.exit_code == code
    assert word in result.stderr
    assert result.stdout == ""


def test_doctor_on_nothing_says_what_to_start(runner: CliRunner) -> None:
    """With no stack every part is down, one by one, and the exit code is 7."""
    result = runner.invoke(app, ["doctor"])

    assert result.exit_code == 7
    assert "planswitch up" in result.output
    assert "Traceback" not in result.output


def test_help_imports_nothing_heavy() -> None:
    """Heavy libraries are not imported for the help: nothing of Temporal, PostgreSQL or FastAPI."""
    script = (
        "import sys; import cli.main; heavy = {'temporalio', 'psycopg', 'fastapi', 'httpx2', 'pydantic'};"
        " print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"


def test_figures_stand_to_the_right() -> None:
    """Digits of amounts and counts stand under each other; words and mixed columns begin to the left."""
    rows = [["2026-11-26", "-1,096.87 EUR", 7], ["-", "8.10 EUR", 12], ["x", "-", 3]]
    lines = table(["ON", "NET", "N"], rows, columns=COLUMNS)
    narrow = table(["ON", "NET", "N"], rows, columns=20)

    assert lines == [
        "ON                    NET   N",
        "2026-11-26  -1,096.87 EUR   7",
        "-                8.10 EUR  12",
        "x                       -   3",
    ]
    assert narrow == lines, "an amount and a date are never cut"


SWITCH_ID, ORGANIZATION_ID = "04cf6ce7-0262-58e4-ad00-0c6b45a1d0f2", "7f3a3c0e-6d0b-4a51-9d7c-3f0a5ad0c9a1"
WAITING = "an operator: repair what is named, then retry the switch with a reason of your own"
WIDE = [
    [SWITCH_ID, "■ held (late)", "Office 365 E1 -> Office 365 E3", "3/25", ORGANIZATION_ID, WAITING],
    ["x", "▶ moving", "Office 365 E1 -> Office 365 E3", "250/250", ORGANIZATION_ID, "-"],
]
HEADERS = ["SWITCH", "STAGE", "PLANS", "MOVED", "ORGANIZATION", "WAITS FOR"]


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 160, 240])
def test_tables_wrap_and_go_on_below_but_cut_nothing(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Entry 6: at any width of a terminal lines fit, ids stay whole, and every word is there."""
    monkeypatch.setenv("COLUMNS", str(columns))

    lines = table(HEADERS, WIDE, columns=columns)

    told = " ".join(" ".join(lines).split())
    assert max(len(line) for line in lines) <= max(columns, len(f"  organization: {ORGANIZATION_ID}"))
    assert (told.count(SWITCH_ID), told.count(ORGANIZATION_ID)) == (1, 2)
    assert all(told.count(word) for row in WIDE for cell in row for word in cell.split())
    assert "…" not in told


def test_tables_in_a_pipe_are_one_line_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry 6: a pipe has no width of its own: a row is a line, and every cell is whole."""
    monkeypatch.delenv("COLUMNS", raising=False)

    lines = table(HEADERS, WIDE)

    assert len(lines) == 1 + len(WIDE)
    assert all(cell in line for line, row in zip(lines[1:], WIDE, strict=True) for cell in row)


def test_columns_are_wrapped_while_they_can_be_read() -> None:
    """A column of words wraps inside its row; one that would be too narrow goes on below it."""
    words = "one two three four five six seven eight nine"
    rows = [["a1b2c3d4", words, "5/5"]]

    wrapped_row = table(["ID", "WORDS", "N"], rows, columns=52)
    below = table(["ID", "WORDS", "N"], rows, columns=50)

    assert wrapped_row[1:] == [
        "a1b2c3d4  one two three four five six seven      5/5",
        "          eight nine",
    ]
    assert below == ["ID        N", "a1b2c3d4  5/5", f"  words: {words}"]


def test_long_values_wrap_under_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long value goes on under itself; ids stay whole."""
    monkeypatch.setenv("COLUMNS", "30")

    lines = fields({"name": "one two three four five six seven"})

    assert lines[0].startswith("name  one")
    assert all(line.startswith("      ") for line in lines[1:])
    assert wrapped("a" * 50, 2) == ["  " + "a" * 50]


def test_documentation_names_every_command() -> None:
    """docs/cli.md tells every command that there is."""
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app)
    names = [
        f"{name} {child}" if getattr(command, "commands", None) else name
        for name, command in getattr(root, "commands", {}).items()
        for child in (getattr(command, "commands", None) or [""])
    ]

    assert [name for name in names if f"`{name}" not in text] == []


def test_version_is_told(runner: CliRunner) -> None:
    """`--version` and `-V` print the version of the package, and nothing else."""
    told = [runner.invoke(app, [option]) for option in ("--version", "-V")]

    assert [each.exit_code for each in told] == [0, 0]
    assert {each.output for each in told} == {f"planswitch {version('planswitch')}\n"}


LONG = shown_switch(
    stage="cancelling",
    moved=250,
    total=250,
    waits_for="the seller to answer the cancellation of the old subscription",
)


def test_progress_fits_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines of the progress, and every other word about the work, wrap where they would be too long."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    lines = Lines()

    lines(LONG)
    lines(replace(LONG, stage="moved"))
    note("Running as root: " + "the account postgres may not read a folder, which is part of the code, " * 2)

    told = capsys.readouterr().err
    assert max(len(line) for line in told.splitlines()) <= COLUMNS
    assert " ".join(told.split()).count(LONG.waits_for) == 2


@pytest.mark.parametrize("place", ["file", "file/x", "/proc/x"])
@pytest.mark.parametrize("command", ["up", "demo", "restore", "backup"])
def test_a_folder_that_can_not_be_is_an_error_of_ours(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, command: str
) -> None:
    """A file, a place below one, or one where nothing can be made is told with what to do (fault 16)."""
    monkeypatch.setenv("PLANSWITCH_KEEP_ACCOUNT", "true")
    (tmp_path / "file").write_bytes(b"x")
    folder = str(tmp_path / place)
    options = {
        # The ports of a stack that runs on this machine are not the question.
        "up": ["up", "--data-dir", folder, "--free-ports"],
        "demo": ["demo", "--users", "1", "--keep", folder],
        "restore": ["restore", str(tmp_path / "file"), "--data-dir", folder],
        "backup": ["backup", str(tmp_path / "new"), "--data-dir", folder],
    }

    result = runner.invoke(app, options[command])

    assert result.exit_code == 2, result.output
    assert "error " in result.output
    assert "what to do:" in result.output
    assert isinstance(result.exception, SystemExit)
