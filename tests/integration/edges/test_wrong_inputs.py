"""Kind of fault: a wrong input that is a failure, a foreign word, or silence; over a whole console.

Each row of the tables is tried; the answer is in our own form, and nothing is recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from tests.support.consoles.console_world import ConsoleWorld
from tests.support.consoles.wrong_inputs import (
    WrongInput,
    answered,
    command_faults,
    page_faults,
    problem_faults,
    recorded,
    targets,
)
from tests.support.consoles.wrong_inputs_api import API, CALLBACKS
from tests.support.consoles.wrong_inputs_cli import COMMAND_LINES, words_of
from tests.support.consoles.wrong_inputs_pages import PAGES

#: Processes of the command line that run at the same time.
AT_ONCE = 3


def batched(rows: Sequence[WrongInput], size: int) -> Iterator[Sequence[WrongInput]]:
    """Yield the rows in groups of a size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


async def test_every_wrong_input_of_the_api_is_a_clear_problem(console: ConsoleWorld) -> None:
    """Code, field, value, what is allowed and what to do; no failure, no foreign word, nothing recorded."""
    made = await targets(console)
    before, faults = recorded(console, made), []
    for each in API:
        faults += problem_faults(each, await answered(console, each, made))
    for each in CALLBACKS:
        faults += problem_faults(each, await answered(console, each, made, is_signed=True))

    assert len(API) >= 120
    assert not faults, "\n".join(faults)
    assert recorded(console, made) == before


async def test_every_wrong_input_of_the_pages_is_a_page_that_says_so(console: ConsoleWorld) -> None:
    """A person reads the code, the field and what is allowed where they typed it, and nothing is recorded."""
    made = await targets(console)
    before, faults = recorded(console, made), []
    for each in PAGES:
        faults += page_faults(each, await answered(console, each, made))

    assert not faults, "\n".join(faults)
    assert recorded(console, made) == before


async def test_every_wrong_input_of_the_command_line_is_an_error_of_ours(console: ConsoleWorld) -> None:
    """The option as it is typed, what it takes and what to do; the exit code says which kind it is."""
    made = await targets(console)
    before, faults = recorded(console, made), []
    for some in batched(COMMAND_LINES, AT_ONCE):
        ran = [console.run(*words_of(each, made)) for each in some]
        for each, answer in zip(some, await asyncio.gather(*ran), strict=True):
            faults += command_faults(each, answer)

    assert not faults, "\n".join(faults)
    assert recorded(console, made) == before
