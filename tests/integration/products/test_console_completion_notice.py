"""The notice of a completion stands at the new product until it is read (switch#completion-notice)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.support.consoles.checkout_pages import send
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body

USERS = 5
MARK = "Mark as read"


async def completed(console: ConsoleWorld, *, seed: int = 1) -> dict[str, Any]:
    """Return the row of a completed switch."""
    organization = await console.organization(seed=seed, users=USERS)
    answer = await console.post("/api/switches", start_body(organization))
    assert answer.is_success, answer.text
    row = await console.ended(answer.json()["switch_id"])
    assert row["outcome"] == "completed"
    return row


async def notices(console: ConsoleWorld, row: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return subscription -> notices of completed switches, as the API lists the products."""
    answer = (await console.get(f"/api/organizations/{row['organization_id']}/products")).json()
    return {
        each["subscription"]["subscription_id"]: noted
        for each in answer["products"]
        if (noted := [one for one in each["notices"] if one["code"] == "SWITCH_COMPLETED"])
    }


async def page_of(console: ConsoleWorld, path: str) -> str:
    """Return the text of a page."""
    answer = await console.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


async def readers(console: ConsoleWorld, row: dict[str, Any]) -> list[tuple[str, str]]:
    """Return by whom, and why, the notice was read, as the timeline tells it."""
    answer = (await console.get(f"/api/switches/{row['switch_id']}/timeline")).json()
    read = (each for each in answer["events"] if each["event"] == "subscription.completion-notice-read")
    return [(each["actor"], each["reason"]) for each in read]


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that marks a notice as read."""
    form = page[: page.index(MARK)].rpartition("<form")[2]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found}


async def test_it_stands_everywhere_until_a_command_reads_it(console: ConsoleWorld) -> None:
    """Beside the new subscription alone; who reads it first is recorded, and a repetition changes nothing."""
    row = await completed(console)
    switch, read = row["switch_id"], ("switch", "read-notice", row["switch_id"][:8])

    before = await notices(console, row)
    showing = await console.run("switch", "show", switch)
    listed = await console.run("product", "list", row["organization_id"])
    page = await page_of(console, f"/switches/{switch}")
    marked = await console.run(*read, "--reason", "told the owner", "--request-id", "n-1")
    again = await console.run(*read, "--request-id", "n-1")
    later = await console.post(f"/api/switches/{switch}/read-notice", {})
    after = await console.run("switch", "show", switch)
    audit = await console.run("audit", "show", switch)

    words = f"complete: {USERS} users moved."
    assert list(before) == [row["target_subscription_id"]]
    assert words in before[row["target_subscription_id"]][0]["message"]
    assert row["completion_notice"]["message"] == before[row["target_subscription_id"]][0]["message"]
    for printed in (showing.out, listed.out):
        assert words in " ".join(printed.split())
        assert f"planswitch switch read-notice {switch[:8]}" in " ".join(printed.split())
    assert (words in page, MARK in page) == (True, True)
    assert (marked.code, again.code, later.status_code) == (0, 0, 200), (marked, again, later.text)
    assert "marked as read" in again.out
    assert "read before" in later.json()["message"]
    assert await readers(console, row) == [("olga", "told the owner")]
    assert await notices(console, row) == {}
    assert (await console.get(f"/api/switches/{switch}")).json()["completion_notice"] is None
    assert words not in " ".join(after.out.split())
    assert MARK not in await page_of(console, f"/switches/{switch}")
    assert "the notice of the completion was read" in " ".join(audit.out.split())
    assert max(each.longest_line for each in (showing, listed, marked, after)) <= COLUMNS


async def test_the_buttons_of_both_pages_read_it(console: ConsoleWorld) -> None:
    """On the page of the organization and on that of the switch; a second click changes nothing."""
    rows = [await completed(console, seed=seed) for seed in (1, 2)]
    places = [f"/organizations/{rows[0]['organization_id']}", f"/switches/{rows[1]['switch_id']}"]
    targets = [f"{places[0]}/acts", f"{places[1]}/read-notice"]

    forms = [fields_of(await page_of(console, place)) for place in places]
    read = [await send(console, target, form) for target, form in zip(targets, forms, strict=True)]
    twice = [await send(console, target, form) for target, form in zip(targets, forms, strict=True)]
    wrong = await send(console, targets[0], {**forms[0], "switch_id": "ffffffff"})

    product = f"#product-{rows[0]['target_subscription_id']}"
    assert [each.status_code for each in (*read, *twice)] == [303] * 4
    assert read[0].headers["location"].endswith(product)
    assert [MARK in await page_of(console, place) for place in places] == [False, False]
    assert [await readers(console, row) for row in rows] == [[("olga", "read")]] * 2
    assert (wrong.status_code, "No switch has the id" in wrong.text) == (404, True)
