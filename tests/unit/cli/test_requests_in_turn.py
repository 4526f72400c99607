"""Several requests under way at once: answers in their order, so many at most, and errors as raised."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cli.base.client import in_turn
from cli.base.errors import AnswerLost


def test_answers_come_in_the_order_of_the_requests() -> None:
    """The first request ends last; its answer is the first one all the same."""
    second_has_ended = threading.Event()

    def first() -> str:
        second_has_ended.wait()
        return "first"

    def second() -> str:
        second_has_ended.set()
        return "second"

    assert list(in_turn([first, second], at_once=2)) == ["first", "second"]


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_requests_are_begun_than_may_be_under_way(at_once: int) -> None:
    """Whoever reads slowly holds no answers but those: memory stays flat, however long the history is."""
    begun: list[int] = []

    def request(number: int) -> Callable[[], int]:
        def ask() -> int:
            begun.append(number)
            return number

        return ask

    numbers = in_turn(map(request, range(10)), at_once=at_once)
    ahead = [max(begun) - number for number in numbers]

    assert sorted(begun) == list(range(10))
    assert max(ahead) <= at_once - 1


def test_an_error_is_raised_in_its_turn_and_nothing_is_begun_after_it() -> None:
    """What came before it was told; what would come after it is not asked for."""
    answers: list[str] = []
    begun: list[str] = []

    def lost() -> str:
        raise AnswerLost("It is gone.")

    def late() -> str:
        begun.append("late")
        return "late"

    with pytest.raises(AnswerLost, match="gone"):
        answers.extend(in_turn([lambda: "before", lost, late], at_once=1))

    assert (answers, begun) == (["before"], [])
