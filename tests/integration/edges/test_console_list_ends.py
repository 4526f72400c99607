"""Lists about one switch end with a word: how many there are, and how to see the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from audit.story.refusals import PAGE_MAX
from domain.ports.cloud import ProviderCall
from store.core.rows import CallContext
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body

REFUSALS = PAGE_MAX + 7


async def _held(console: ConsoleWorld) -> tuple[str, str]:
    """Return the switch of an organization of 12 users of whom two can't be moved, and one of the two."""
    organization = await console.organization(
        users=12, missing_usage_location=2, group_licensed=0, has_side_products=False
    )
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")
    left = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    assert len(left) == 2
    return switch_id, left[0]["directory_id"]


async def test_each_user_tells_how_often_it_was_tried_and_when_last(console: ConsoleWorld) -> None:
    """One try is one pass; API, page and command line tell the same, and the users are counted."""
    switch_id, user = await _held(console)
    path = f"/api/switches/{switch_id}"
    first = {each["directory_id"]: each for each in (await console.get(f"{path}/users")).json()["users"]}
    retried = await console.run("switch", "retry", switch_id[:8], "--user", user, "--reason", "again")
    for _ in range(600):
        left = (await console.get(f"{path}/unresolved")).json()["users"]
        newest = {each["directory_id"]: each for each in left}
        if newest[user]["tries"] > first[user]["tries"]:
            break
    await console.until(switch_id, "held")
    listed = (await console.get(f"{path}/users", limit=3)).json()
    uncounted = (await console.get(f"{path}/users", limit=3, total="false")).json()
    users = await console.run("switch", "users", switch_id[:8])
    some = await console.run("switch", "users", switch_id[:8], "--limit", "5")
    show = await console.run("switch", "show", switch_id[:8])
    page = (await console.get(f"/switches/{switch_id}")).text

    assert retried.code == 0, retried.err
    moved = [each for each in first.values() if each["outcome"] == "moved"]
    assert {each["tries"] for each in moved} == {1}
    assert all(each["last_tried_at"] for each in first.values())
    assert newest[user]["tries"] == first[user]["tries"] + 1
    assert newest[user]["last_tried_at"] > first[user]["last_tried_at"]
    assert (listed["total"], uncounted["total"]) == (12, None)
    assert users.err.splitlines() == ["12 of 12 users"]
    assert some.err.splitlines()[0] == "5 of 12 users"
    assert "--after" in some.err
    times = f"{newest[user]['tries']} times, last at 20"
    assert f"tried: {times}" in users.out
    assert f"tried {times}" in " ".join(show.out.split())
    assert f"tried {times}" in " ".join(page.split())
    assert max(users.longest_line, some.longest_line, show.longest_line) <= COLUMNS


async def test_no_refusal_is_left_out_in_silence(console: ConsoleWorld) -> None:
    """Past one page the list goes on, in API, page and command line; newer ones move nobody's page."""
    switch_id, _ = await _held(console)
    path = f"/api/switches/{switch_id}/refusals"
    before = (await console.get(path)).json()
    context = CallContext(switch_id=switch_id, step="order.place", attempt=1)
    console.world.store.save_calls([_refused(number) for number in range(REFUSALS)], context)
    total = before["total"] + REFUSALS

    pages, after = [(await console.get(path)).json()], None
    while (after := pages[-1]["next"]) is not None:
        pages.append((await console.get(path, after=after)).json())
    texts = [each["text"] for page in pages for each in page["refusals"]]
    shown = json.loads((await console.run("switch", "show", switch_id[:8], "--json")).out)
    wrong = await console.get(path, after="nowhere")
    whole = (await console.get(f"/switches/{switch_id}")).text
    listed = (await console.get(f"/switches/{switch_id}/refusals")).text
    last = (await console.get(f"/switches/{switch_id}/refusals", after=pages[0]["next"])).text
    bad = await console.get(f"/switches/{switch_id}/refusals", after="nowhere")

    assert (before["next"], {page["total"] for page in pages}) == (None, {total})
    assert [len(page["refusals"]) for page in pages] == [PAGE_MAX, total - PAGE_MAX]
    assert len(set(texts)) == total
    assert [each["text"] for each in shown["refusals"]] == texts
    assert (wrong.status_code, wrong.json()["field"]) == (422, "after")
    assert f"The newest 20 of {total}" in whole
    assert f'href="/switches/{switch_id}/refusals"' in whole
    assert f"100 of {total} different answers" in listed
    assert 'rel="next"' in listed
    assert f"Words {REFUSALS - 1}." in last
    assert 'rel="next"' not in last
    assert bad.status_code == 422
    for told in (listed, " ".join((await console.run("switch", "show", switch_id[:8])).out.split())):
        assert "seller, the order: 400, once" in told
        assert "seller, checkout" not in told


def _refused(number: int) -> ProviderCall:
    return ProviderCall(
        provider="seller",
        operation="checkout",
        key="",
        request_digest="0" * 64,
        status=400,
        code="refused",
        text=f"Words {number}.",
        started_at=datetime.now(UTC),
        duration_ms=1,
    )
