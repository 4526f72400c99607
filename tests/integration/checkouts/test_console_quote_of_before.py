"""A draft whose quote was computed by formulas of before is quoted again, and asks.

See proration#older-quotes.
"""

from __future__ import annotations

import pytest

from activities.assessment import preparation
from tests.support.consoles.checkout import edit, order, start
from tests.support.consoles.console_world import ConsoleWorld
from tests.support.switches.quote_of_before import quote_of_before


async def test_a_draft_with_a_quote_of_before_is_asked_anew(
    console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is refused and starts nothing; an edit takes over the quote of now, and that is ordered."""
    organization = await console.organization(users=5)
    with monkeypatch.context() as patch:
        patch.setattr(preparation, "quote", quote_of_before)
        draft = await start(console, organization)

    stale = (await console.get(f"/api/checkouts/{draft['checkout_id']}")).json()
    refused = await order(console, draft)
    taken = (await edit(console, draft, "items")).json()
    ordered = await order(console, taken)

    assert (stale["is_quote_current"], refused.status_code) == (False, 409)
    assert refused.json()["code"] == "QUOTE_CHANGED"
    assert taken["quote_digest"] != draft["quote_digest"]
    assert taken["total_minor_units"] <= draft["total_minor_units"]
    assert (await console.ended(ordered.json()["switch_id"]))["outcome"] == "completed"
