"""The alarm contact is one complete mail address, or nothing (unit; setting PLANSWITCH_ALARM_CONTACT)."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput
from ops.base.settings import load_settings


@pytest.mark.parametrize("text", ["", "operations@example.com", "a.b+night@mail.example.org"])
def test_an_address_is_taken_as_it_is(text: str, tmp_path: Path) -> None:
    """What is an address, and nothing at all, is no trouble."""
    assert load_settings(data_dir=tmp_path, alarm_contact=text).alarm_contact == text


@pytest.mark.parametrize(
    "text",
    [
        "operations",
        "@example.com",
        "operations@",
        "operations@example",
        "operations@example..com",
        ".operations@example.com",
        "operations@-example.com",
        "operations@example.com, night@example.com",
        "Operations <operations@example.com>",
        " operations@example.com",
        "operations@example.com\n",
        f"{'a' * 250}@example.com",
    ],
)
def test_what_is_no_single_address_is_refused_with_its_variable(text: str, tmp_path: Path) -> None:
    """A contact that no call would reach is refused when the process starts, and says what is allowed."""
    with pytest.raises(InvalidInput) as refused:
        load_settings(data_dir=tmp_path, alarm_contact=text)

    assert "PLANSWITCH_ALARM_CONTACT" in refused.value.message
    assert "one mail address, such as operations@example.com" in refused.value.message
