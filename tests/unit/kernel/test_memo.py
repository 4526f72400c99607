"""Results that are kept for arguments that come again: the same answers, and a bounded number of them."""

from __future__ import annotations

import gc
import pickle
import weakref

import pytest

from domain.kernel.errors import InvalidInput, PlanSwitchError, UnknownSwitch
from domain.kernel.memo import Recent, by_identity


class _Thing:
    """An object without a value of its own."""


def test_by_identity_asks_once_for_the_same_objects_and_again_for_equal_ones() -> None:
    """The key is the object; two that are equal are two."""
    asked: list[tuple[int, ...]] = []

    @by_identity(8)
    def answer(numbers: tuple[int, ...]) -> int:
        asked.append(numbers)
        return sum(numbers)

    first, second = tuple(range(3)), tuple(range(3))

    assert [answer(first), answer(first), answer(second)] == [3, 3, 3]
    assert asked == [first, second]


def test_by_identity_keeps_no_more_than_its_bound() -> None:
    """With one more all are dropped, and what they held is free."""

    @by_identity(2)
    def answer(thing: _Thing) -> int:
        return id(thing)

    things = [_Thing() for _ in range(3)]
    kept = [weakref.ref(each) for each in things]
    for each in things:
        answer(each)
    del things, each
    gc.collect()

    assert [each() is None for each in kept] == [True, True, False]


def test_an_error_is_not_kept() -> None:
    """The next one who asks gets an answer of his own."""
    calls = []

    @by_identity(2)
    def answer(thing: _Thing) -> int:
        calls.append(thing)
        raise UnknownSwitch("none")

    thing = _Thing()
    for _ in range(2):
        with pytest.raises(UnknownSwitch):
            answer(thing)

    assert calls == [thing, thing]


def test_recent_reads_equal_facts_once_and_keeps_the_last_few() -> None:
    """Facts that are equal have one value; the oldest one is forgotten first."""
    read: list[str] = []

    def value(facts: dict[str, str]) -> str:
        read.append(facts["name"])
        return facts["name"]

    recent = Recent(value, count_max=2)
    values = [recent({"name": each}) for each in "aabaca"]

    assert "".join(values) == "aabaca"
    assert "".join(read) == "abca"


@pytest.mark.parametrize(
    "error",
    [
        UnknownSwitch("There is none.", remedy="List them.", switch_id="5"),
        InvalidInput(field="rules", value="2015", allowed="2014"),
    ],
)
def test_an_error_goes_from_one_process_to_another(error: PlanSwitchError) -> None:
    """Code, message, remedy and details arrive, whatever arguments its class takes."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - of this very test

    assert type(again) is type(error)
    assert (str(again), again.__dict__) == (str(error), error.__dict__)
