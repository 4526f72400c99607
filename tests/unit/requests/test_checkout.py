"""The draft of an order: its log, its sections, and who may change what (rules#checkout)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from domain.kernel.errors import CheckoutChanged, InvalidInput, RequestReused, RuleViolated
from domain.ports.seller_port import BILLED_TO, PARTY_FIELDS, SOLD_TO, Party
from domain.quote.quote_input import FORFEITURE
from domain.requests.checkout import (
    ACKNOWLEDGMENTS,
    DOMAINS,
    ITEMS,
    PAYMENT,
    SECTION_FIELDS,
    TERM,
    checkout_of,
    draft_facts,
    draft_terms,
    edited,
    fixed_facts,
    require_changes,
    without_forfeiture,
)
from domain.requests.terms import domains_in, require_sold
from tests.support.stories.checkout_stories import (
    CHECKOUT_ID,
    QUOTE,
    TERMS,
    abandoned,
    changed,
    draft,
    ordered,
    reopened,
)


def test_a_draft_is_the_fold_of_its_log() -> None:
    """Terms, tags, quote and revision are those of the last edit; an empty log is no draft."""
    first, second = draft(), draft(changed(2))

    assert checkout_of(CHECKOUT_ID, ()) is None
    assert (first.revision, first.terms, first.placed) == (1, TERMS, None)
    assert (second.revision, second.terms.payment_method) == (2, "invoice")
    assert (second.parties[BILLED_TO], second.credit_check) == ("b2", "may_be_required")
    assert second.quote_digest == QUOTE.digest
    assert second.priced == QUOTE


def test_abandoned_draft_is_changed_no_more() -> None:
    """A draft that was given up stays as it was, is no order, and says that another one is needed."""
    left = draft(changed(2), abandoned(3))

    with pytest.raises(RuleViolated, match="abandoned") as caught:
        left.require_open()

    assert (left.state, left.revision, left.terms) == ("abandoned", 3, draft(changed(2)).terms)
    assert "another" in caught.value.remedy
    assert [draft().state, draft(ordered(2)).state] == ["open", "ordered"]


def test_terms_come_back_from_their_facts() -> None:
    """What is stored of the terms is JSON, and gives the same terms."""
    terms = replace(TERMS, acknowledgments=("backup_done", "domain:contoso.example"), term="P1Y")
    facts = json.loads(json.dumps(draft_facts(terms)))

    assert draft_terms("contoso", fixed_facts(terms), facts) == terms
    assert (facts["acknowledgments"], facts["domains"]) == (["backup_done"], ["contoso.example"])


def test_stale_edit_is_told_what_changed_meanwhile() -> None:
    """A decision on an older revision is a conflict that names section, fields, who and when."""
    with pytest.raises(CheckoutChanged) as caught:
        draft(changed(2), changed(3, section=TERM, changed=["billing_cycle", "term"])).require_revision(1)

    assert "is at revision 3, not 1" in caught.value.message
    assert "payment (payment_method) by olga at 2026-11-22 09:00 UTC" in caught.value.message
    assert "term (billing_cycle, term)" in caught.value.message
    assert caught.value.handling.http_status == 409


def test_newest_revision_may_be_edited() -> None:
    """Whoever saw the newest revision may change it."""
    draft(changed(2)).require_revision(2)
    draft(changed(2)).require_open()


def test_nothing_is_edited_after_the_order() -> None:
    """An ordered draft names its switch; a refused order opens it again, with why."""
    placed, again = draft(ordered(2)), draft(ordered(2), reopened(3))

    with pytest.raises(RuleViolated, match="ordered as switch a-switch-of-many"):
        placed.require_open()
    assert placed.placed is not None
    assert (placed.placed.revision, placed.revision) == (1, 2)
    again.require_open()
    assert (again.revision, again.refusal) == (3, ("QUOTE_CHANGED", "A price has changed."))


def test_a_repeated_request_is_recognized() -> None:
    """The same request is the same change; another change under its id is refused."""
    edited_once = draft(changed(2))

    assert edited_once.has_request("edit-2", "d2")
    assert edited_once.has_request("request-1", "d1")
    assert not edited_once.has_request("edit-9", "d2")
    with pytest.raises(RequestReused, match="another change"):
        edited_once.has_request("edit-2", "other")


def test_another_plan_takes_acknowledgments_back() -> None:
    """What was confirmed of one plan says nothing of another; confirmed domains stay (rules#checkout)."""
    given = replace(TERMS, acknowledgments=("no_way_back", FORFEITURE, "domain:contoso.example"))

    other = edited(given, ITEMS, {"target_plan_id": "plan-e5"})
    same = edited(given, ITEMS, {"target_plan_id": "plan-e3", "quantity": 9})

    assert other.acknowledgments == ("domain:contoso.example",)
    assert (same.acknowledgments, same.quantity) == (given.acknowledgments, 9)


def test_domains_are_confirmed_by_name() -> None:
    """CUSTOM_DOMAIN_REVIEW: each domain is confirmed once, whatever its capitals.

    See rules#custom_domain_review.
    """
    after = edited(TERMS, DOMAINS, {"confirmed": ["Contoso.example", "contoso.example", "b.example"]})

    assert domains_in(after.acknowledgments) == ["contoso.example", "b.example"]
    assert edited(after, DOMAINS, {"confirmed": []}).acknowledgments == ()


def test_forfeiture_is_accepted_by_itself() -> None:
    """Accepting a loss neither gives nor takes other acknowledgments, and can be taken back."""
    given = edited(TERMS, ACKNOWLEDGMENTS, {"confirmed": ["backup_done"]})
    accepted = edited(given, ACKNOWLEDGMENTS, {"accept_forfeiture": True})

    assert accepted.acknowledgments == ("backup_done", FORFEITURE)
    assert edited(accepted, ACKNOWLEDGMENTS, {"confirmed": []}).acknowledgments == (FORFEITURE,)
    assert edited(accepted, ACKNOWLEDGMENTS, {"accept_forfeiture": False}) == given
    assert without_forfeiture(accepted) == given


def test_forfeiture_is_no_acknowledgment_among_others() -> None:
    """The loss is accepted by its own field, never by a word in a list."""
    assert edited(TERMS, ACKNOWLEDGMENTS, {"confirmed": [FORFEITURE]}).acknowledgments == ()


def test_no_change_changes_nothing() -> None:
    """An edit without changes only quotes anew."""
    assert {edited(TERMS, section, {}) for section in SECTION_FIELDS} == {TERMS}


def test_names_and_addresses_are_no_terms() -> None:
    """Sold-to and billed-to change at the seller, and nothing of them stands in the terms."""
    address = dict.fromkeys(PARTY_FIELDS, "Anywhere") | {"country": "DE"}

    assert edited(TERMS, SOLD_TO, address) == TERMS
    assert edited(TERMS, BILLED_TO, address) == TERMS
    assert "Anywhere" not in repr(Party(fields=address, version="1"))


@pytest.mark.parametrize(
    ("section", "changes", "word"),
    [
        ("color", {}, "section"),
        (PAYMENT, {"quantity": 1}, "payment.quantity is no field here; allowed: payment_method"),
        (ITEMS, {"quantity": 0}, "items.quantity"),
        (ITEMS, {"quantity": True}, "items.quantity"),
        (ITEMS, {"target_plan_id": None}, "items.target_plan_id"),
        (ACKNOWLEDGMENTS, {"confirmed": "backup_done"}, "acknowledgments.confirmed"),
        (ACKNOWLEDGMENTS, {"accept_forfeiture": "yes"}, "accept_forfeiture"),
        (DOMAINS, {"confirmed": [7]}, "domains.confirmed"),
        (BILLED_TO, {"country": "Germany"}, "billed_to.country"),
        (BILLED_TO, {"city": "two\nlines"}, "billed_to.city"),
        (SOLD_TO, {"company_name": "x" * 501}, "sold_to.company_name"),
    ],
)
def test_wrong_changes_are_refused_by_field(section: str, changes: dict[str, Any], word: str) -> None:
    """A field that is not there, or a value that it can't have, is named with what is allowed."""
    with pytest.raises(InvalidInput, match=word) as caught:
        require_changes(section, changes)

    assert "Germany" not in caught.value.message, "an address is never echoed"


@pytest.mark.parametrize(
    ("term", "billing_cycle"),
    [("", ""), ("", "annual"), ("P1M", ""), ("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual")],
)
def test_term_and_cycle_go_together(term: str, billing_cycle: str) -> None:
    """A month is billed monthly; a year monthly or at once; nothing said is the source's."""
    require_sold(term or None, billing_cycle or None)

    after = edited(TERMS, TERM, {"term": term, "billing_cycle": billing_cycle})
    assert (after.term, after.billing_cycle) == (term or None, billing_cycle or None)


@pytest.mark.parametrize(("term", "billing_cycle"), [("P1M", "annual"), ("P3Y", ""), ("", "weekly")])
def test_unsold_terms_are_refused(term: str, billing_cycle: str) -> None:
    """What the seller does not sell is refused with what he sells."""
    with pytest.raises(InvalidInput, match=r"allowed: .*(monthly|P1M)"):
        edited(TERMS, TERM, {"term": term, "billing_cycle": billing_cycle})
