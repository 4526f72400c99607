"""Switches that run as workflows send exactly the notices of docs/notices.md (workflow; notices#kinds)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.support.notices.document import written_kinds
from tests.support.notices.outcomes import OUTCOMES, Outcome
from tests.support.notices.posted import Post, posting
from tests.support.worlds.world import World


@pytest.fixture(name="post")
def _post(world: World, tmp_path: Path) -> Iterator[Post]:
    """Yield a mail server, and an address that gets every notice meanwhile."""
    with posting(world, tmp_path) as post:
        yield post


def _cases() -> Iterator[object]:
    """Yield each outcome; what waits long has a command of its own."""
    for each in OUTCOMES:
        marks = (pytest.mark.long,) if each.is_slow else ()
        yield pytest.param(each, id=each.name, marks=marks)


@pytest.mark.parametrize("outcome", [*_cases()])
async def test_a_switch_sends_what_the_document_says(
    world: World, temporal_env: WorkflowEnvironment, post: Post, outcome: Outcome
) -> None:
    """Each kind that the record causes comes once, whatever the outcome."""
    order, ended = await outcome.run(world, temporal_env)
    world.calm()
    await post.send()

    organizations = frozenset({order.organization_id})
    got = post.got(organizations)
    assert ended == outcome.outcome
    assert got == post.written(organizations)
    assert {kind for _, kind in got} >= outcome.kinds


def test_every_kind_of_the_document_has_a_switch() -> None:
    """The outcomes that run as workflows are there for every row of the table (notices#kinds)."""
    assert {kind for each in OUTCOMES for kind in each.kinds} == {each.kind for each in written_kinds()}
