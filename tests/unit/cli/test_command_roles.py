"""Roles of commands: each has a row, the document says the same, and its help tells it."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from typer.testing import CliRunner

from cli.base.command_roles import COMMAND_ROLES
from cli.main import app
from tests.support.access.documented_roles import documented


def _commands(command: object, *path: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield " ".join(path)
        return
    for name, each in inner.items():
        yield from _commands(each, *path, name)


def test_every_command_has_a_row_in_code_and_document() -> None:
    """No command is without a role, and docs/roles.md names it as the code does (docs/roles.md#commands)."""
    commands = set(_commands(typer.main.get_command(app)))
    rows = documented("Commands")

    assert set(COMMAND_ROLES) == commands
    assert set(rows) == commands
    for name, row in rows.items():
        known = COMMAND_ROLES[name]
        assert row.roles == {each.value for each in known.roles}, name
        assert row.over == ("machine" if known.is_open else known.over.value), name


def test_the_help_of_a_command_names_its_role() -> None:
    """Each help ends with the role that the command needs."""
    runner = CliRunner()
    pause = runner.invoke(app, ["switch", "pause", "--help"]).output
    backup = runner.invoke(app, ["backup", "--help"]).output
    keys = runner.invoke(app, ["keys", "make", "--help"]).output

    assert "Needs the role operator over the organization of the switch." in pause
    assert "Needs the account of the installation on its machine, and no role." in backup
    assert "Needs a valid key, and no role." in keys
