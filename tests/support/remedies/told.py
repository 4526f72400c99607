"""What a remedy names: commands and options, filled in, and read by the parser of the command line itself."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any

import typer.main

from cli.main import app

_COMMAND = re.compile(r"`planswitch ([^`]+)`")
_OPTION = re.compile(r"`(--[^`]+)`")
_TEMPLATE = re.compile(r"\{(\w*)\}")
_PLACEHOLDER = re.compile(r"(?<![\w-])[A-Z][A-Z_]*(?![\w-])")
_REASON = "…"
#: What stands in for a word in capitals.
USUAL = {
    **dict.fromkeys(
        ("ORGANIZATION", "SUBSCRIPTION", "OTHER", "ADDON", "NEW", "USER", "SWITCH", "SWITCH_ID"), "x"
    ),
    **dict.fromkeys(("N", "QUANTITY", "USERS", "CAP", "PURCHASED"), "5"),
    "DATE": "2026-12-24",
    "FILE": "list.csv",
    "NAME": "shop.example",
    "PLAN": "E3",
}
#: A request to which an option of a remedy is added.
REQUEST = ("switch", "start", "x", "--to", "E3")


@cache
def _root() -> Any:
    return typer.main.get_command(app)


def commands_in(remedy: str) -> list[str]:
    """Return the commands that a remedy names, without the name of the program."""
    return _COMMAND.findall(remedy)


def options_in(remedy: str) -> list[str]:
    """Return the options that a remedy names by themselves: the same request takes them."""
    return _OPTION.findall(remedy)


def in_capitals(template: str) -> str:
    """Return the words of a row with each name that is filled later as a placeholder."""
    return _TEMPLATE.sub(lambda match: match[1].upper() or "ID", template)


def words_of(command: str, names: Mapping[str, str] = USUAL) -> list[str]:
    """Return the words of a command or of options as they are typed.

    Args:
        command: As a remedy names it.
        names: Placeholder -> what is typed for it; one that is not there stays and is typed as it is.
    """
    filled = (
        _PLACEHOLDER.sub(lambda match: names.get(match[0], match[0]), word) for word in shlex.split(command)
    )
    return ["as the remedy says" if word == _REASON else word for word in filled]


def parsed(words: list[str]) -> Any:
    """Let the command line read words, and return its leaf command; nothing is run.

    Raises:
        Exception: There is no such command, or it does not take the words.
    """
    command, name, rest = _root(), "planswitch", list(words)
    while hasattr(command, "commands"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no `{' '.join(words)}`"
        command = command.commands[name]
    command.make_context(name, rest)
    return command


def asks(words: list[str]) -> bool:
    """Return whether a command asks before it acts, so that `--yes` answers."""
    return any("--yes" in parameter.opts for parameter in parsed(words).params)
