"""The page of one switch: facts, commands as forms, users, timeline (cli#the-page-of-a-switch)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

import httpx2

from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.amendments import JOINERS, USERS, held_for_licenses
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.consoles.switch_page import shown
from tests.support.consoles.waits import WAITING, ill

FOREIGN = {"Sec-Fetch-Site": "cross-site"}


def form_of(page: str, action: str) -> dict[str, str]:
    """Return what a browser would post for a form of which nothing was filled in."""
    form = page.partition(f'action="{action}#')[2].partition("</form>")[0]
    assert form, f"no form {action}"
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {attribute}="([^"]*)"', tag) for attribute in ("name", "value"))
        if name is not None and 'type="checkbox"' not in tag:
            fields[name[1]] = unescape(value[1]) if value else ""
    return fields


async def send(console: ConsoleWorld, path: str, fields: Mapping[str, str]) -> httpx2.Response:
    """Post a form."""
    return await asyncio.to_thread(console.http.post, path, data=dict(fields))


async def commanded(console: ConsoleWorld, page: str, path: str, **fields: str) -> list[httpx2.Response]:
    """Post a form of a page twice, as a double click does."""
    filled = form_of(page, path) | {"reason": "they <called>"} | fields
    return [await send(console, path, filled) for _ in range(2)]


async def started(console: ConsoleWorld, **options: Any) -> str:
    """Start a switch and return the path of its page."""
    organization = await console.organization(**options)
    answer = await console.post("/api/switches", start_body(organization))
    return f"/switches/{answer.json()['switch_id']}"


def _commands_of(console: ConsoleWorld, command: str) -> int:
    events = [each.event for each in console.world.store.notifications()]
    return [getattr(each, "command", "") for each in events if "Commanded" in type(each).__name__].count(
        command
    )


async def test_completed_switch_tells_no_less_than_the_command(console: ConsoleWorld) -> None:
    """Facts, promises, money and timeline are there; each command is refused with why; a prefix is enough."""
    path = await started(console, users=12)
    row = await console.ended(path[-36:])

    page = await shown(console, path[:-28])
    timeline = (await console.get(f"/api{path}/timeline")).json()["events"]
    linked = (await console.get("/static/switches.js")).text

    for words in ("completed</span>", row["organization_id"], "Office 365 E1 → Office 365 E3", "automatic"):
        assert words in page
    for words in (
        "12 of 12 moved, 0 failed, 0 skipped",
        "by olga: growth",
        "Promised end",
        "Quote → charged",
    ):
        assert words in page
    assert page.count("The switch has ended.") == 1
    # An ended switch takes no command; what is left is to mark its notice as read.
    forms = re.findall(r'<form method="post" action="([^"#]+)', page.partition("</main>")[0])
    assert forms == [f"{path}/read-notice"]
    assert page.count("<time ") == len(timeline)
    assert "completed: 12 users moved" in page
    assert f'href="/api/v1{path}/audit"' in page
    assert "`/switches/${row.switch_id}`" in linked


async def test_running_switch_is_paused_resumed_and_cancelled_by_forms(console: ConsoleWorld) -> None:
    """Each command acts once however often its form is sent, and is told with who and why."""
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    path = await started(console, users=5)
    running = await shown(console, path)

    paused = await commanded(console, running, f"{path}/pause")
    held = await shown(console, path, done="pause")
    refused = await commanded(console, running, f"{path}/pause", request_id="another")
    resumed = await commanded(console, held, f"{path}/resume")
    calm = await shown(console, path)
    cancelled = await commanded(console, calm, f"{path}/cancel")
    row = await console.ended(path[-36:])
    last = await shown(console, path)

    for answers in (paused, resumed, cancelled):
        assert [each.status_code for each in answers] == [303, 303], [each.text for each in answers]
    assert paused[0].headers["location"] == f"{path}?done=pause#done"
    assert "Pause was accepted" in held
    assert held.count('href="#newest"') == held.count('id="newest"') == 1
    assert "paused</span>" in held
    assert "paused by olga (they &lt;called&gt;)" in held
    assert [each.status_code for each in refused] == [409, 409]
    assert "RULE_VIOLATED" in refused[0].text
    assert (row["outcome"], row["moved"]) == ("cancelled", 0)
    assert [_commands_of(console, name) for name in ("pause", "resume", "cancel")] == [1, 1, 1]
    assert "command cancel was accepted" in last


async def test_refused_command_is_told_at_its_form_and_changes_nothing(console: ConsoleWorld) -> None:
    """No reason, too late, another site, nobody signed in: nothing happens, and it is said what to do."""
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    path = await started(console, users=5)
    page = await shown(console, path)

    empty = await send(console, f"{path}/pause", form_of(page, f"{path}/pause"))
    nobody = await send(console, f"{path}/retry_users", {"reason": "mended", "user": "nobody"})
    early = await send(console, f"{path}/resume", {"reason": "go on"})
    unknown = await send(console, f"{path}/explode", {"reason": "go on"})
    async with httpx2.AsyncClient(verify=WITHOUT_TLS, base_url=console.url, timeout=30) as browser:
        stranger = await browser.get(path)
        await browser.post("/sign-in", data={"key": console.http.headers["X-API-Key"]})
        foreign = await browser.post(f"{path}/pause", data={"reason": "evil"}, headers=FOREIGN)
        own = await browser.get(path)

    assert (empty.status_code, "reason is" in empty.text) == (422, True)
    assert (nobody.status_code, "INVALID_INPUT" in nobody.text) == (422, True)
    assert (early.status_code, early.text.count("not paused")) == (409, 2)
    assert (unknown.status_code, "NOT_FOUND" in unknown.text) == (404, True)
    assert stranger.headers["location"] == f"/sign-in?next={path.replace('/', '%2F')}"
    assert (foreign.status_code, own.status_code) == (401, 200)
    assert [_commands_of(console, name) for name in ("pause", "resume", "retry_users")] == [0, 0, 0]
    assert (await console.get(f"{path}/pause")).headers["location"] == f"{path}#pause"


async def test_unknown_switch_is_a_page_with_what_to_do(console: ConsoleWorld) -> None:
    """A switch that is not there, and an id that is too short, are told as pages."""
    unknown, short = await console.get("/switches/00000000"), await console.get("/switches/abc")

    assert (unknown.status_code, short.status_code) == (404, 422)
    assert "UNKNOWN_SWITCH" in unknown.text
    assert 'What to do: The <a href="/">list of switches</a> shows' in unknown.text
    assert "text/html" in unknown.headers["content-type"]


async def test_held_switch_is_helped_user_by_user(console: ConsoleWorld) -> None:
    """Each user stands there with who must do what, is tried alone, or skipped once the loss is accepted."""
    path = await started(console, users=12, missing_usage_location=2)
    await console.until(path[-36:], "held")
    row = (await console.get(f"/api{path}")).json()
    mended, other = (await console.get(f"/api{path}/unresolved")).json()["users"]
    page = await shown(console, path)
    console.world.sandbox.edit(
        row["organization_id"], kind="user", user_id=mended["directory_id"], usage_location="DE"
    )

    alone = await commanded(console, page, f"{path}/retry_users", user=mended["user_key"])
    asking = await shown(console, path, user=other["user_key"])
    unsure = (await commanded(console, asking, f"{path}/skip"))[0]
    again = form_of(unsure.text, f"{path}/skip") | {"accept_loss": "yes"}
    skipped = [await send(console, f"{path}/skip", again) for _ in range(2)]
    gone = await console.get(path, user=other["user_key"])
    went_on = await commanded(console, await shown(console, path), f"{path}/retry")
    ended = await console.ended(path[-36:])

    # In the row of each user, and under "Why".
    assert unescape(page).count(mended["remedy"]) == 3
    assert all(user["directory_id"] in page for user in (mended, other))
    assert [each.status_code for each in (*alone, *skipped, *went_on)] == [303] * 6
    assert "WITHOUT a license" in asking
    assert (unsure.status_code, 'value="they &lt;called&gt;"' in unsure.text) == (409, True)
    assert (gone.status_code, "INVALID_INPUT" in gone.text) == (422, True)
    assert (ended["outcome"], ended["moved"], ended["skipped"]) == ("completed", 11, 1)
    assert _commands_of(console, "retry") == 1


async def test_amendment_is_shown_then_accepted_by_its_digest(console: ConsoleWorld) -> None:
    """The new quote and what stands in its way come first; what was accepted acts once, another does not."""
    path = f"/switches/{await held_for_licenses(console)}"
    wanted = str(USERS + JOINERS)

    few = await shown(console, path, quantity=str(USERS - 1))
    slip = await console.get(path, quantity="many")
    asking = await shown(console, path, quantity=wanted)
    stale = (await commanded(console, asking, f"{path}/amend", accepted_digest="0" * 64))[0]
    still = (await console.get(f"/api{path}")).json()["licenses"]
    done = await commanded(console, stale.text, f"{path}/amend")
    await commanded(console, await shown(console, path), f"{path}/retry")
    row = await console.ended(path[-36:])
    late = await send(console, f"{path}/amend", form_of(asking, f"{path}/amend") | {"reason": "late"})

    assert f"{USERS} → {USERS - 1} licenses" in few
    assert f'action="{path}/amend#amend"' not in few
    assert (slip.status_code, "quantity" in slip.text) == (422, True)
    assert f"{USERS} → {wanted} licenses" in asking
    assert (stale.status_code, "QUOTE_CHANGED" in stale.text, still) == (409, True, USERS)
    assert [each.status_code for each in done] == [303, 303]
    assert (row["outcome"], row["licenses"]) == ("completed", USERS + JOINERS)
    assert (late.status_code, "has ended" in late.text) == (409, True)


async def test_request_that_waits_is_looked_at_and_ended_by_forms(console: ConsoleWorld) -> None:
    """A wait takes a look and its end, which are the commands that the API names as well."""
    switch_id = (await console.post("/api/switches", await ill(console))).json()["switch_id"]
    path = f"/switches/{switch_id}"
    await console.until(switch_id, WAITING)
    page = await shown(console, path)

    named = (await console.get(f"/api{path}/commands")).json()["commands"]
    looked = await commanded(console, page, f"{path}/look")
    ended = await commanded(console, page, f"{path}/cancel")
    row = await console.ended(switch_id)
    last = await shown(console, path)

    assert "Waits until" in page
    assert [each["command"] for each in named] == ["look", "cancel"]
    assert looked[0].status_code == ended[0].status_code == 303, (looked[0].text, ended[0].text)
    assert row["outcome"] == "cancelled"
    assert "nothing waits for a command" in last


async def test_credit_check_is_extended_and_approved_by_forms(console: ConsoleWorld) -> None:
    """Where a check waits an operator answers it on the page; a second extension is refused with why."""
    console.world.sandbox.settings(credit_verdict="silent", credit_delay_seconds=0.2)
    organization = await console.organization(users=25)
    body = start_body(organization, payment_method="invoice")
    switch_id = (await console.post("/api/switches", body)).json()["switch_id"]
    path = f"/switches/{switch_id}"
    await console.until(switch_id, "credit_check")
    page = await shown(console, path)

    extended = await commanded(console, page, f"{path}/extend", days="1")
    later = await shown(console, path)
    approved = await commanded(console, later, f"{path}/approve")
    row = await console.ended(switch_id)

    assert "not decided; reminder" in page
    assert [each.status_code for each in (*extended, *approved)] == [303] * 4
    assert "The wait was extended before" in later
    assert (row["outcome"], row["credit_check"]) == ("completed", "approved")


async def test_lost_workflow_is_told_and_started_again(console: ConsoleWorld) -> None:
    """A workflow that is gone is told as lost; the form starts it again from the record."""
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    path = await started(console, users=5)
    workflow_id = (await console.get(f"/api{path}/workflow")).json()["workflow_id"]
    await console.world.client.get_workflow_handle(workflow_id).terminate()

    lost = await shown(console, path)
    again = (await commanded(console, lost, f"{path}/restart"))[0]
    console.world.sandbox.settings(provisioning_delay_seconds=0)
    well = await shown(console, path)
    await send(console, f"{path}/cancel", {"reason": "enough"})

    assert "Its workflow: lost" in lost
    assert again.status_code == 303, again.text
    assert "Its workflow" not in well


async def test_page_waits_only_a_moment_for_a_worker_that_is_silent(console: ConsoleWorld) -> None:
    """What is recorded is shown while the worker does not answer, and it is said what to look at."""
    console.world.sandbox.settings(provisioning_delay_seconds=600)
    path = await started(console, users=5)

    # The worker shares this thread's loop: asked like this, it can't answer before the page has come.
    silent = console.http.get(path)
    await send(console, f"{path}/cancel", {"reason": "enough"})
    await console.ended(path[-36:])

    assert silent.status_code == 200, silent.text
    assert "Its workflow: unknown" in silent.text
    assert "planswitch doctor" in silent.text


async def test_findings_are_shown_wherever_the_answer_is(console: ConsoleWorld) -> None:
    """Quote, start, command line, both pages and the audit tell a finding; it stops nothing.

    See rules#findings.
    """
    made = await console.organization(users=3)
    changes = {"is_auto_renewed": False}
    ending = {"kind": "subscription", "subscription_id": made["subscription_id"], "changes": changes}
    await asyncio.to_thread(console.world.sandbox.edit, made["organization_id"], **ending)

    question = {"organization_id": made["organization_id"], "target_plan": "E3"}
    quoted = (await console.post("/api/quotes", question)).json()
    draft = await console.post("/api/checkouts", question)
    checkout = (await console.get(f"/checkouts/{draft.json()['checkout_id']}")).text
    printed = await console.run("switch", "quote", made["organization_id"], "--to", "E3")
    answer = (await console.post("/api/switches", start_body(made))).json()
    row = await console.ended(answer["switch_id"])
    page = await shown(console, f"/switches/{row['switch_id']}")
    audit = (await console.get(f"/api/switches/{row['switch_id']}/audit")).json()
    story = await console.run("audit", "show", row["switch_id"])

    (told,) = quoted["findings"]
    assert (told["code"], quoted["assessment"]["eligible"]["automatic"]) == ("AUTO_RENEW_OFF", True)
    assert answer["findings"] == quoted["findings"]
    assert [each["code"] for each in audit["findings"]] == ["AUTO_RENEW_OFF"]
    for text in (checkout, page, printed.out, story.out):
        assert "AUTO_RENEW_OFF" in text
    assert row["outcome"] == "completed"
    assert max(printed.longest_line, story.longest_line) <= 80


async def test_open_point_is_shown_on_page_and_command_line_with_its_remedy(console: ConsoleWorld) -> None:
    """A setting that the seller refused is told where an operator looks (rules#setting_lost)."""
    made = await console.organization(users=3)
    changes = {"is_auto_renewed": False}
    ending = {"kind": "subscription", "subscription_id": made["subscription_id"], "changes": changes}
    await asyncio.to_thread(console.world.sandbox.edit, made["organization_id"], **ending)
    rule = {"operation": "change_settings", "fault": "refused", "status": 400, "code": "2006", "rate": 1}
    faults = f"/sandbox/organizations/{made['organization_id']}/faults"
    control = console.world.sandbox.control
    await asyncio.to_thread(lambda: control.put(faults, json={"rules": [rule]}).raise_for_status())

    answer = (await console.post("/api/switches", start_body(made))).json()
    row = await console.ended(answer["switch_id"])
    page = await shown(console, f"/switches/{row['switch_id']}")
    switch = (await console.get(f"/api/switches/{row['switch_id']}")).json()
    printed = await console.run("switch", "show", row["switch_id"])
    story = await console.run("audit", "show", row["switch_id"])

    (point,) = switch["open_points"]
    assert (row["outcome"], point["code"]) == ("completed", "SETTING_LOST")
    assert "Open points" in page
    for text in (page, printed.out, story.out):
        flat = " ".join(text.split())
        assert "renews by itself off" in flat
        assert "Set it at the seller by hand" in flat
    assert max(printed.longest_line, story.longest_line) <= 80
