"""Forms of a checkout's page: only what was changed is sent on (rules#checkout)."""

from __future__ import annotations

from typing import Any

import pytest

from console.api.routes_checkouts import CheckoutEditBody
from console.pages.checkout_forms import body_of, changes_of, number_of, text_of
from console.pages.docs_pages import document_of
from console.pages.markdown import anchor_of
from domain.kernel.errors import InvalidInput
from domain.reasons.reasons import REASONS, docs_link


@pytest.mark.parametrize(
    ("section", "posted", "changes"),
    [
        ("payment", {"payment_method": ["card"], "was.payment_method": ["card"]}, {}),
        (
            "payment",
            {"payment_method": ["invoice"], "was.payment_method": ["card"]},
            {"payment_method": "invoice"},
        ),
        (
            "billed_to",
            {"city": [" Bonn "], "was.city": ["Berlin"], "state": [""], "was.state": ["BE"], "x": ["1"]},
            {"city": "Bonn", "state": ""},
        ),
        (
            "items",
            {
                "target_plan": ["E3"],
                "was.target_plan": ["Office 365 E3"],
                "quantity": ["9"],
                "was.quantity": ["8"],
            },
            {"target_plan": "E3", "quantity": 9},
        ),
        ("items", {"quantity": ["8"], "was.quantity": ["8"]}, {}),
        (
            "term",
            {"sold_as": ["P1Y monthly"], "was.sold_as": ["P1M monthly"]},
            {"term": "P1Y", "billing_cycle": "monthly"},
        ),
        ("domains", {"confirmed": ["a.example"]}, {"confirmed": ["a.example"]}),
        ("domains", {"was.confirmed": ["a.example"]}, {"confirmed": []}),
        ("acknowledgments", {"confirmed": ["forfeiture"]}, {"accept_forfeiture": True}),
        (
            "acknowledgments",
            {"confirmed": ["backup_done"], "was.confirmed": ["forfeiture"]},
            {"confirmed": ["backup_done"], "accept_forfeiture": False},
        ),
        ("acknowledgments", {"confirmed": ["a", "b"], "was.confirmed": ["b", "a"]}, {}),
        ("color", {"confirmed": ["a"]}, {}),
    ],
)
def test_a_form_changes_what_differs(
    section: str, posted: dict[str, list[str]], changes: dict[str, Any]
) -> None:
    """What is as it was shown is no change; a box that is not checked takes its confirmation back."""
    assert changes_of(section, posted) == changes


@pytest.mark.parametrize("text", ["", "many", "-1", "1.5"])
def test_no_number_is_refused_by_field(text: str) -> None:
    """A field of a number that holds none is told by its name."""
    with pytest.raises(InvalidInput, match="quantity"):
        changes_of("items", {"quantity": [text], "was.quantity": ["8"]})
    with pytest.raises(InvalidInput, match="revision"):
        number_of({"revision": [text]}, "revision")


def test_forms_are_held_to_the_bounds_of_the_api() -> None:
    """A body that the API would refuse is refused with the field and what is allowed."""
    with pytest.raises(InvalidInput, match="revision"):
        body_of(CheckoutEditBody, revision=0)
    with pytest.raises(InvalidInput, match="reason"):
        body_of(CheckoutEditBody, revision=1, reason="x" * 501)
    assert text_of({}, "reason") == ""


def test_every_reason_leads_to_its_paragraph() -> None:
    """The anchors of the page of rules are those that reasons link to, the guide to backups among them."""
    anchors = document_of("rules.md").anchors

    assert {docs_link(code).partition("#")[2] for code in REASONS} <= anchors
    assert "backup-before-a-switch" in anchors
    assert anchor_of("What the seller may do, and when") == "what-the-seller-may-do-and-when"
