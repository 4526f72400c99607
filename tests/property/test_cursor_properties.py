"""Properties of cursors: what was given comes back, and what was altered is refused (api-data#pages)."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.text.cursors import Cursor, cursor_of, question_digest

QUESTION = question_digest("/api/switches", "stage", "held")
PLACES = st.text(max_size=200).filter(lambda text: text.isprintable())
_SIGNS = "ABCXYZabcxyz0189-_"


@given(PLACES)
def test_a_cursor_comes_back_as_it_was_given(place: str) -> None:
    """Whatever names a row survives the way over an address."""
    text = Cursor(question=QUESTION, place=place).text()

    assert cursor_of(text, QUESTION).place == place
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(PLACES, st.data())
def test_an_altered_cursor_is_refused(place: str, data: st.DataObject) -> None:
    """No sign can be changed, added or taken away."""
    text = Cursor(question=QUESTION, place=place).text()
    at = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from(_SIGNS))
    for altered in (
        text[:at] + sign + text[at + 1 :],
        text[:at] + sign + text[at:],
        text[:at] + text[at + 1 :],
    ):
        if altered == text:
            continue
        with pytest.raises(InvalidInput) as refusal:
            cursor_of(altered, QUESTION)
        assert refusal.value.details["field"] == "cursor"


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_refused(text: str) -> None:
    """Whatever somebody types, the answer is a refusal of the field and nothing else."""
    with pytest.raises(InvalidInput):
        cursor_of(text, QUESTION)


@given(PLACES, st.lists(st.text(max_size=8), max_size=4))
def test_a_cursor_belongs_to_its_list_and_filters(place: str, filters: list[str]) -> None:
    """The place in one list says nothing about another one, or about other filters."""
    other = question_digest("/api/switches", *filters)
    assume(other != QUESTION)
    with pytest.raises(InvalidInput):
        cursor_of(Cursor(question=other, place=place).text(), QUESTION)
