"""Whole answers in the words of their reader: commands with their id, addresses, or links and buttons."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from console.access.dependencies import SESSION_COOKIE
from console.edge.worded_answers import Reader, reader_of, worded
from console.words.readers import SHELL_AGENT, in_page_words, with_switch
from domain.reasons.reasons import of_one
from domain.switch.stage import Stage
from domain.switch.stage_words import remedy_of
from tests.support.stories.remedies import COMMAND, strings
from tests.support.stories.remedies_told import ID, OF_THE_INSTALLATION

#: Commands that no page has: they begin something with options, or look at what pages do not show.
OF_A_SHELL = (
    "catalog",
    "license",
    "projection",
    "seal",
    "reconcile",
    "doctor",
    "support",
    "switch targets",
    "switch`",
    "switch --help",
)
ANSWER = {
    "switch_id": ID,
    "reason": "as `planswitch switch show` said",
    "wait_remedy": (
        "Repair what `planswitch switch show` names, then `planswitch switch retry SWITCH --reason …`."
    ),
    "attention": [{"what_to_do": "`planswitch switch cancel` takes it back."}],
    "reasons": [{"remedy": "See `planswitch catalog list`."}],
}


def request(*, agent: str = "curl/8", cookie: str = "", key: str = "") -> Request:
    """Return a request of somebody."""
    given = {"user-agent": agent, "cookie": cookie, "x-api-key": key}
    headers = [(name.encode(), text.encode()) for name, text in given.items() if text]
    return Request({"type": "http", "path": "/api/v1/switches", "headers": headers})


@pytest.mark.parametrize(
    ("asked", "reader"),
    [
        (request(), Reader.PROGRAM),
        (request(key="k"), Reader.PROGRAM),
        (request(agent=f"{SHELL_AGENT}/1", key="k"), Reader.SHELL),
        (request(cookie=f"{SESSION_COOKIE}=s"), Reader.PAGE),
        (request(cookie=f"{SESSION_COOKIE}=s", key="k"), Reader.PROGRAM),
    ],
)
def test_a_reader_is_known_by_how_it_asks(asked: Request, reader: Reader) -> None:
    """The command line says who it is, a page has a session, and everything else is a program."""
    assert reader_of(asked) is reader


def test_a_program_gets_addresses_in_the_whole_answer() -> None:
    """No field of an answer names a shell's command, however deep; a person's own reason stays as it is."""
    told = worded(ANSWER, Reader.PROGRAM)

    assert told["wait_remedy"] == (
        f"Repair what `GET /api/v1/switches/{ID}` names, then `POST /api/v1/switches/{ID}/retry`."
    )
    assert told["attention"] == [{"what_to_do": f"`POST /api/v1/switches/{ID}/cancel` takes it back."}]
    assert told["reasons"] == [{"remedy": "See `GET /api/v1/catalog/plans`."}]
    assert told["reason"] == ANSWER["reason"]


def test_a_shell_gets_commands_with_the_id() -> None:
    """What is told about a switch can be typed as it stands: its id is filled in."""
    told = worded(ANSWER, Reader.SHELL)

    assert told["wait_remedy"] == (
        "Repair what `planswitch switch show 0d7cd42c` names, "
        "then `planswitch switch retry 0d7cd42c --reason …`."
    )
    assert told["attention"] == [
        {"what_to_do": "`planswitch switch cancel 0d7cd42c --reason …` takes it back."}
    ]


def test_a_page_gets_links_and_buttons() -> None:
    """A page names what it has: no command, no placeholder and no backtick."""
    told = worded(ANSWER, Reader.PAGE)

    assert told["wait_remedy"] == "Repair what the page of the switch names, then “Try again”."
    assert told["attention"] == [{"what_to_do": "“Cancel the switch” takes it back."}]
    assert in_page_words("`planswitch switch list` shows them.") == "The [list of switches](/) shows them."


def test_every_command_that_steers_a_switch_has_a_place_on_a_page() -> None:
    """Kind: shell words on pages; every text of the packages that pages show is looked at."""
    packages = ("activities/", "console/", "domain/", "projections/", "workflows/")
    named = {
        match[0] for file, text in strings() if file.startswith(packages) for match in COMMAND.finditer(text)
    }
    left = {each for each in named if in_page_words(each) == each and not OF_THE_INSTALLATION.match(each)}
    steering = {each for each in left if not each.removeprefix("`planswitch ").startswith(OF_A_SHELL)}

    assert len(named) > 15
    assert steering == set()


def test_no_remedy_of_a_stage_keeps_a_placeholder() -> None:
    """Every remedy of a stage has the id where it has none, and keeps a command that names another one."""
    assert not [stage for stage in Stage if "SWITCH" in with_switch(remedy_of(stage), "0d7cd42c")]
    assert with_switch("`planswitch switch show abcdef01`", "0d7cd42c") == "`planswitch switch show abcdef01`"
    assert with_switch("`planswitch switch show`", "") == "`planswitch switch show`"


@pytest.mark.parametrize(
    ("words", "singular"),
    [
        ("1 licenses are ordered for 11 users.", "1 license is ordered for 11 users."),
        ("11 licenses are ordered for 1 users.", "11 licenses are ordered for 1 user."),
        ("1 users hold one of 2 licenses", "1 user holds one of 2 licenses"),
        ("2.1 licenses, 0,1 users and SUB-1 users", "2.1 licenses, 0,1 users and SUB-1 users"),
    ],
)
def test_one_is_told_in_the_singular(words: str, singular: str) -> None:
    """A reason about one license or one user reads as English; other numbers stay as they are."""
    assert of_one(words) == singular
