"""Steps and calls in words: what people read names none of them by its id."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.kernel.errors import ProviderRefused, UnknownOrganization
from domain.operator.step_words import CALL_WORDS, STEP_WORDS, step_words
from providers.transport.answers import understood
from providers.transport.meanings import failed_answer

_ACTIVITIES = Path(__file__).parents[3] / "activities"
_NAMED = re.compile(r'name="([a-z_]+\.[a-z_]+)"')


def _steps() -> set[str]:
    """Return the name of every step, as the contracts of the activities have it."""
    files = _ACTIVITIES.rglob("*.py")
    return {name for file in files for name in _NAMED.findall(file.read_text(encoding="utf-8"))}


def test_every_step_has_words() -> None:
    """A step that is added gets words; no words have a name of the code."""
    assert len(_steps()) > 30
    assert _steps() - set(STEP_WORDS) == set()
    assert not [words for words in STEP_WORDS.values() if "_" in words or "." in words]
    assert step_words("unheard.of") == "a step of the switch"


@pytest.mark.parametrize("operation", [*CALL_WORDS, "unheard_of"])
def test_no_error_of_a_provider_names_a_call_by_its_id(operation: str) -> None:
    """The call's id stays in the details; the sentence says what was asked."""
    refused = failed_answer("seller", operation, 400, {}, {}).error(UnknownOrganization)
    with pytest.raises(ProviderRefused) as unreadable, understood("seller", operation):
        raise KeyError("id")

    words = CALL_WORDS.get(operation, "a question")
    assert refused.message == f"The seller answered 400 to {words}: no text."
    assert unreadable.value.message.startswith(f"The seller answered {words} in a shape")
    assert refused.details["operation"] == operation
