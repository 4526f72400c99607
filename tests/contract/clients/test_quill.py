"""What Quill's own journal sees: without it, a switch there would be right whatever happened."""

from __future__ import annotations

from domain.ports.cloud import ProviderCall
from domain.ports.directory_port import LicenseChange
from tests.support.clouds.quill.cloud import QuillCloud
from tests.support.clouds.quill.state import STARTER


def test_the_journal_sees_whoever_had_no_license_for_a_moment() -> None:
    """Removed first and added after is a gap, although everybody holds a license in the end."""
    quill = QuillCloud()
    customer, _ = quill.customer(people=2, units=2)
    directory = quill.connect(list[ProviderCall]().append).directory
    person = min(customer.people)
    before = customer.gaps()
    for add, remove in ((None, STARTER), (STARTER, None)):
        change = LicenseChange(directory_id=person, add_plan_id=add, remove_plan_id=remove)
        assert directory.change_licenses(customer.customer_id, [change])[0].is_done

    assert before == []
    assert [each.person_id for each in customer.gaps()] == [person]


def test_who_is_left_on_a_cancelled_plan_is_without_a_license() -> None:
    """A plan that is cancelled too early takes the licenses of those who were not moved."""
    quill = QuillCloud()
    customer, edition = quill.customer(people=2, units=2)
    seller = quill.connect(list[ProviderCall]().append).seller
    seller.cancel_subscription(customer.customer_id, edition.edition_id, key="cancel")

    assert {each.person_id for each in customer.gaps()} == set(customer.people)
