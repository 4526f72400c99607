"""A remedy that points at a place is true: the command, the option or the page that it names is there."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import typer.main
from typer.exceptions import TyperException

from cli.main import app
from domain.licenses.license_failures import LICENSE_FAILURES, OTHER
from domain.ports.directory_port import LicenseFailureCode
from domain.reasons.reasons import REASONS, docs_link
from tests.support.remedies.told import in_capitals, parsed, words_of
from tests.support.stories.remedies import COMMAND, ROOT, strings

OPTION = re.compile(r"`(--[a-z][a-z-]*)[^`]*`")
PAGE = re.compile(r"docs/[\w/-]+\.md(?:#[\w-]+)?")
WORD = re.compile(r"[a-z][a-z-]*(?:\|[a-z-]+)*")


def commands() -> dict[str, Any]:
    """Return every command of the command line by its words."""
    found: dict[str, Any] = {}

    def walk(command: Any, path: str) -> None:
        found[path] = command
        for name, below in getattr(command, "commands", {}).items():
            walk(below, f"{path} {name}".strip())

    walk(typer.main.get_command(app), "")
    return found


COMMANDS = commands()
OPTIONS = {
    path: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for path, command in COMMANDS.items()
}


def paths_of(words: list[str]) -> list[str]:
    """Return the commands that words in backticks name; `a|b` names two."""
    paths = [""]
    for word in words:
        if not WORD.fullmatch(word):
            break
        longer = [f"{path} {each}".strip() for path in paths for each in word.split("|")]
        if not all(path in COMMANDS for path in longer):
            if all(hasattr(COMMANDS[path], "commands") for path in paths):
                return longer
            break
        paths = longer
    return paths


def is_typed(told: str) -> bool:
    """Tell whether the parser takes a command; what is computed may be one word of it or two."""
    for computed in ("{}", "{} {}"):
        words = words_of(in_capitals(told.replace("{}", computed).replace("...", "…")))
        with suppress(TyperException):
            parsed(words)
            return True
    return False


def faults_of(told: str) -> list[str]:
    """Return what is wrong with a command in backticks."""
    words = [word for word in told.split() if word != "--help"]
    paths = paths_of(words) if words else ["switch"]
    if paths == [""]:
        return ["names no command"]
    absent = [f"there is no `planswitch {path}`" for path in paths if path not in COMMANDS]
    if absent:
        return absent
    options = {word for word in words if word.startswith("--")}
    unknown = [f"`planswitch {path}` takes no {options - OPTIONS[path]}" for path in paths]
    faults = [text for path, text in zip(paths, unknown, strict=True) if not options <= OPTIONS[path]]
    is_whole = len(paths) == 1 and not hasattr(COMMANDS[paths[0]], "commands") and "--help" not in told
    # More than the name of a command is meant to be typed.
    if is_whole and len(words) > len(paths[0].split()) and not is_typed(told):
        faults.append("lacks what it needs")
    return faults


def test_every_command_that_is_told_is_there() -> None:
    """Every command in backticks exists, and takes the options that are named with it."""
    commands = {(name, found) for name, text in strings() for found in COMMAND.findall(text)}

    assert len(commands) > len(COMMANDS) / 2
    assert [(*each, faults) for each in sorted(commands) if (faults := faults_of(each[1]))] == []


def test_a_command_that_is_not_there_is_a_fault() -> None:
    """The check is one that can fail."""
    assert faults_of("switch vanish SWITCH")
    assert faults_of("switch show SWITCH --vanished")
    assert faults_of("switch retry") == []


def test_an_option_that_is_told_is_there() -> None:
    """Every option in backticks is one of some command."""
    known = set().union(*OPTIONS.values())
    told = {(name, found) for name, text in strings() for found in OPTION.findall(text)}

    assert {each for each in told if each[1] not in known} == set()


def test_a_page_that_is_told_is_there() -> None:
    """Every page of the documentation that is named exists, with its anchor."""
    told = {found for _, text in strings() for found in PAGE.findall(text)}
    told |= {docs_link(code) for code in REASONS}

    assert len(told) > len(REASONS)
    assert {each for each in told if not is_page(each)} == set()


def is_page(named: str) -> bool:
    """Tell whether a page exists, and its heading."""
    path, _, anchor = named.partition("#")
    file = ROOT / path
    if not file.exists():
        return False
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in headings}
    return not anchor or anchor in slugs


def test_every_failure_that_somebody_must_mend_says_what_to_do() -> None:
    """Who is gone holds nothing up; the failure of an unknown text names where the text is."""
    assert {word for word, row in LICENSE_FAILURES.items() if not row.remedy} == {
        LicenseFailureCode.USER_GONE
    }
    assert "planswitch switch show" in OTHER.remedy
