"""Figures of every view of dashboards, computed anew from the record and the outside (docs/views.md)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from domain.eligibility.assessment import Assessed
from domain.operator.alarms import AlarmRaised
from domain.requests.checkout_events import CheckoutStarted
from domain.switch.events import PromiseMissed
from domain.switch.move_events import BillingCutOver, CreditIssued, LicenseMoveResumed
from projections.running.projector import Projector
from store.record.notifications import StoredNotification
from store.roles.role import DatabaseRole
from tests.support.clouds.cloud_server import TARGET_PLAN
from tests.support.consoles.console_world import ConsoleWorld, start_body
from tests.support.databases.database_roles import url_as
from tests.support.products.acts import act, of, owner

#: Words of operators; no view has them.
REASON = "because Mrs. Miller said so"
ACTOR = "olga"
_PAGE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Organizations and switches of each outcome, and everything that was recorded."""

    completed: str
    held: str
    rolled_back: str
    cancelled: str
    waiting: str
    #: Switch -> its organization.
    owners: dict[str, str]
    #: Organization with a draft and acts on its product.
    buyer: dict[str, Any]
    events: Sequence[StoredNotification]

    @property
    def switches(self) -> set[str]:
        """Return the ids of all switches."""
        return set(self.owners)

    def of(self, switch_id: str) -> list[StoredNotification]:
        """Return the events of a switch in their order."""
        return [each for each in self.events if _switch_of(each) == switch_id]

    def facts(self, switch_id: str, kind: type[Any]) -> list[Any]:
        """Return the events of one kind of a switch."""
        return [each.event for each in self.of(switch_id) if type(each.event) is kind]


def _switch_of(logged: StoredNotification) -> str:
    event: Any = logged.event
    return "" if isinstance(event, Assessed) else str(event.meta["switch_id"])


async def _switches(console: ConsoleWorld) -> Told:
    """Run a switch to each outcome, and act on products beside them."""
    sandbox = console.world.sandbox
    owners: dict[str, str] = {}

    async def start(organization: dict[str, Any], **body: Any) -> str:
        asked = start_body(organization, reason=REASON, **body)
        answer = await console.post("/api/switches", asked)
        assert answer.status_code in {201, 202}, answer.text
        switch_id = str(answer.json()["switch_id"])
        owners[switch_id] = organization["organization_id"]
        return switch_id

    completed = await start(await console.organization(users=23, seed=1))
    held = await start(await console.organization(users=9, missing_usage_location=2, seed=2))
    rolled_back = await start(await console.organization(users=8, missing_usage_location=1, seed=3))
    await console.until(held, "held")
    await console.until(rolled_back, "held")
    await asyncio.to_thread(sandbox.settings, credit_verdict="silent")
    cancelled = await start(await console.organization(users=25, seed=4), payment_method="invoice")
    await console.until(cancelled, "credit_check")
    for switch_id in (rolled_back, cancelled):
        answer = await console.post(f"/api/switches/{switch_id}/cancel", {"reason": REASON})
        assert answer.status_code == 200, answer.text
    late = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    owing = await console.organization(users=4, seed=5)
    changes = {"balance_due_minor_units": 5_000}
    await asyncio.to_thread(sandbox.edit, owing["organization_id"], kind="profile", changes=changes)
    waiting = await start(owing, wait_until=late)
    buyer = await owner(console, seed=6)
    await _buy(console, buyer)
    for switch_id in (completed, rolled_back, cancelled):
        await console.ended(switch_id)
    # What a switch records after its end is recorded now: nothing more follows for a while.
    while len(before := _events(console)) < len(await _after_a_moment(console)):
        assert before
    return Told(
        completed=completed,
        held=held,
        rolled_back=rolled_back,
        cancelled=cancelled,
        waiting=waiting,
        owners=owners,
        buyer=buyer,
        events=_events(console),
    )


async def _buy(console: ConsoleWorld, buyer: dict[str, Any]) -> None:
    """Open a draft, and act on the product twice: more licenses, and its end."""
    draft = {"organization_id": buyer["organization_id"], "target_plan": "E3", "request_id": "draft-1"}
    answer = await console.post("/api/checkouts", {**draft, "reason": REASON})
    assert answer.status_code == 201, answer.text
    more = await act(console, buyer, of(buyer, "resize"), quantity=9, request_id="r-1", reason=REASON)
    assert more.status_code == 200, more.text
    end = await act(console, buyer, of(buyer, "cancel"), accept_loss=True, request_id="r-2", reason=REASON)
    assert end.status_code == 200, end.text


async def _after_a_moment(console: ConsoleWorld) -> list[StoredNotification]:
    """Return the whole record a second later."""
    await asyncio.sleep(1)
    return _events(console)


def _events(console: ConsoleWorld) -> list[StoredNotification]:
    """Return the whole record."""
    events: list[StoredNotification] = []
    while page := console.world.store.notifications(events[-1].id if events else 0, _PAGE):
        events += page
    return events


class Views:
    """The views as a dashboard reads them, once everything that was recorded is shown."""

    def __init__(self, console: ConsoleWorld) -> None:
        owner_url = console.settings.required_database_url_of(DatabaseRole.OWNER)
        (self._url,) = url_as(owner_url, DatabaseRole.DASHBOARD)
        Projector(owner_url).catch_up()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a view."""
        with psycopg.connect(self._url, row_factory=dict_row) as connection:
            return connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()

    def by_switch(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the rows of a view with one row for each switch."""
        rows = self.rows(name)
        by_switch = {str(row["switch_id"]): row for row in rows}
        assert len(by_switch) == len(rows)
        return by_switch

    def names(self) -> list[str]:
        """Return the names of all views."""
        with psycopg.connect(self._url) as connection:
            rows = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'planswitch_views'")
            return [str(name) for (name,) in rows]


async def test_every_figure_agrees_with_the_record_and_the_outside(console: ConsoleWorld) -> None:
    """Switches of five outcomes, a draft and acts on products: each view says what the record says."""
    told = await _switches(console)
    views = await asyncio.to_thread(Views, console)

    _check_projection(views, told)
    _check_switches(console, views, told)
    _check_timeline(views, told)
    _check_waits(views, told)
    _check_passes(console, views, told)
    _check_money(console, views, told)
    _check_products(console, views, told)
    _check_organizations(console, views, told)
    _check_calls(console, views, told)
    _check_that_nobody_is_named(console, views, told)


def _check_projection(views: Views, told: Told) -> None:
    (row,) = views.rows("projection")
    assert row["projection_position"] == row["head_position"] >= told.events[-1].id
    assert (row["projection_lag"], row["projection_lag_seconds"], row["incomplete_streams"]) == (0, 0, 0)
    for name in views.names():
        for each in views.rows(name):
            assert each["projection_position"] >= told.events[-1].id, name
            assert each["projection_lag"] == 0, name


def _check_switches(console: ConsoleWorld, views: Views, told: Told) -> None:
    rows = views.by_switch("switches")
    assert rows.keys() == told.switches
    assert {each: rows[each]["outcome"] for each in rows} == {
        told.completed: "completed",
        told.held: None,
        told.rolled_back: "rolled_back",
        told.cancelled: "cancelled",
        told.waiting: None,
    }
    assert {each: row["organization_id"] for each, row in rows.items()} == told.owners
    for switch_id in (told.completed, told.held, told.rolled_back):
        holders = _holders_of_target(console, told.owners[switch_id])
        assert rows[switch_id]["users_moved"] == holders, switch_id
    assert (rows[told.held]["stage"], rows[told.held]["users_failed"]) == ("held", 2)
    assert (rows[told.waiting]["stage"], rows[told.waiting]["error_code"]) == (
        "waiting_eligible",
        "UNPAID_BALANCE",
    )
    for switch_id, row in rows.items():
        events = told.of(switch_id)
        assert row["position"] == events[-1].id
        ended = row["ended_at"]
        if ended is not None:
            assert row["duration_seconds"] == (ended - row["requested_at"]).total_seconds()


def _holders_of_target(console: ConsoleWorld, organization_id: str) -> int:
    """Return how many users have the new plan in the directory."""
    answer = console.world.sandbox.control.get(f"/sandbox/organizations/{organization_id}/users")
    users = answer.raise_for_status().json()["users"]
    return sum(TARGET_PLAN in json.dumps(user) for user in users)


def _check_timeline(views: Views, told: Told) -> None:
    rows = views.rows("switch_timeline")
    assert {(str(row["switch_id"]), row["position"], row["event"]) for row in rows} == {
        (switch_id, each.id, each.topic) for switch_id in told.switches for each in told.of(switch_id)
    }
    periods: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(views.rows("switch_stages"), key=lambda row: row["number"]):
        periods[str(row["switch_id"])].append(row)
    for switch_id in told.switches - {told.waiting}:
        expected = list(_stages(told.of(switch_id)))
        assert [(each["stage"], each["entered_at"]) for each in periods[switch_id]] == expected
        for one, after in zip(periods[switch_id], periods[switch_id][1:], strict=False):
            seconds = (after["entered_at"] - one["entered_at"]).total_seconds()
            assert (one["left_at"], one["duration_seconds"]) == (after["entered_at"], max(seconds, 0))
        last = periods[switch_id][-1]
        assert (last["left_at"], last["is_current"]) == (None, switch_id == told.held)


def _stages(events: Sequence[StoredNotification]) -> Iterator[tuple[str, datetime]]:
    """Yield each stage that the events lead to, and when."""
    current = ""
    for each in events:
        event: Any = each.event
        is_request = each.topic == "subscription.switch-requested"
        stage = "requested" if is_request else getattr(event, "STAGE", None)
        if isinstance(event, LicenseMoveResumed):
            stage = event.stage
        if stage and str(stage) != current:
            current = str(stage)
            yield current, event.timestamp


def _check_waits(views: Views, told: Told) -> None:
    rows = views.by_switch("switch_waits")
    assert {each: (row["waits_on"], row["is_hold"]) for each, row in rows.items()} == {
        told.held: ("operator", True),
        told.waiting: ("reasons", False),
    }
    held = next(each.event for each in told.of(told.held) if each.topic == "subscription.license-move-held")
    assert rows[told.held]["waits_since"] == getattr(held, "timestamp", None)
    assert rows[told.held]["waiting_seconds"] > 0


def _check_passes(console: ConsoleWorld, views: Views, told: Told) -> None:
    """The rows of single users say the same; a view has users as counts alone."""
    query = (
        "SELECT switch_id::text, pass_name, outcome, count(*) FROM planswitch.license_move GROUP BY 1, 2, 3"
    )
    users: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    with psycopg.connect(console.settings.required_database_url_of(DatabaseRole.OWNER)) as connection:
        for switch_id, pass_name, outcome, count in connection.execute(query):
            users[switch_id, pass_name][outcome] = count
    rows = {(str(row["switch_id"]), row["pass_name"]): row for row in views.rows("license_passes")}
    assert rows.keys() == users.keys()
    assert {(told.completed, "move"), (told.held, "move")} <= rows.keys()
    for key, row in rows.items():
        assert row["users"] == users[key].total()
        assert row["users_moved"] == users[key]["moved"]
        assert row["users_failed"] == users[key]["failed"]
        assert row["users_other"] == users[key].total() - users[key]["moved"] - users[key]["failed"]


def _check_money(console: ConsoleWorld, views: Views, told: Told) -> None:
    rows = views.by_switch("switch_money")
    row, (bill,) = rows[told.completed], told.facts(told.completed, BillingCutOver)
    credits_issued = sum(each.amount.minor_units for each in told.facts(told.completed, CreditIssued))
    assert row["charged_net_minor_units"] == bill.net.minor_units
    assert row["charged_tax_minor_units"] == bill.tax.minor_units
    assert row["charged_total_minor_units"] == bill.total.minor_units == row["quoted_total_minor_units"]
    assert row["credited_minor_units"] == credits_issued > 0
    assert (row["currency"], row["cutover_on"]) == (bill.total.currency, bill.cutover_on)
    assert row["charged_total_minor_units"] == _invoiced(console, told.owners[told.completed])
    for switch_id in (told.held, told.rolled_back, told.cancelled):
        assert rows[switch_id]["charged_total_minor_units"] is None
        assert rows[switch_id]["quoted_total_minor_units"] > 0
        assert _invoiced(console, told.owners[switch_id]) == 0


def _invoiced(console: ConsoleWorld, organization_id: str) -> int:
    """Return what billing has invoiced, in minor units."""
    token = {"Authorization": f"Bearer sandbox-{organization_id}"}
    path = f"/billing/v1/customers/{organization_id}/invoices"
    answer = console.world.sandbox.control.get(path, headers=token).raise_for_status().json()
    return sum(each["total_minor_units"] for each in answer["invoices"])


def _check_products(console: ConsoleWorld, views: Views, told: Told) -> None:
    organization_id = told.buyer["organization_id"]
    organization = console.world.store.organization(organization_id)
    assert organization is not None
    rows = sorted(views.rows("product_acts"), key=lambda row: row["begun_at"])
    begun = sorted(organization.product_acts.values(), key=lambda each: each.timestamp)
    assert [(row["act"], row["begun_at"]) for row in rows] == [(each.act, each.timestamp) for each in begun]
    for row, each in zip(rows, begun, strict=True):
        end = organization.product_act_ends.get(each.request_id)
        effects = organization.product_act_effects.get(each.request_id, {})
        figures = effects.get("settle", each.figures)
        assert row["state"] == ("open" if end is None else end.outcome)
        assert row["ended_at"] == (None if end is None else end.timestamp)
        assert row["total_minor_units"] == figures["total"]["minor_units"]
        assert row["licenses"] == figures["quantity"]
        assert row["organization_id"] == organization_id
    assert rows[0]["state"] == "done"
    (draft,) = views.rows("checkouts")
    (started,) = [each.event for each in told.events if isinstance(each.event, CheckoutStarted)]
    totals, day = started.quote["totals_minor_units"], started.quote["input"]["order_on"]
    assert (draft["state"], draft["total_minor_units"]) == ("open", totals[day])
    assert (draft["organization_id"], draft["started_at"]) == (organization_id, started.timestamp)


def _check_organizations(console: ConsoleWorld, views: Views, told: Told) -> None:
    rows = {row["organization_id"]: row for row in views.rows("organizations")}
    assert rows.keys() == {*told.owners.values(), told.buyer["organization_id"]}
    for organization_id, row in rows.items():
        organization = console.world.store.organization(organization_id)
        live = organization.live_switch.switch_id if organization and organization.live_switch else None
        assert (row["live_switch_id"] and str(row["live_switch_id"])) == live
    assert rows[told.owners[told.held]]["live_stage"] == "held"
    assert rows[told.owners[told.waiting]]["waiting_requests"] == 1
    assert rows[told.owners[told.completed]]["switches_completed"] == 1
    assert rows[told.owners[told.completed]]["users_moved"] == 23
    assert rows[told.owners[told.rolled_back]]["switches_taken_back"] == 1
    assert rows[told.owners[told.cancelled]]["switches_not_completed"] == 1
    buyer = rows[told.buyer["organization_id"]]
    assert (buyer["switches"], buyer["open_checkouts"]) == (0, 1)


def _check_calls(console: ConsoleWorld, views: Views, told: Told) -> None:
    shown: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    milliseconds: Counter[str] = Counter()
    for row in views.rows("provider_calls"):
        shown[row["organization_id"]][row["provider"], row["operation"], row["outcome"]] += row["calls"]
        milliseconds[row["organization_id"]] += row["duration_milliseconds_total"]
    for switch_id in (told.completed, told.rolled_back, told.cancelled):
        calls = [each.call for each in console.world.store.calls(switch_id)]
        expected = Counter((each.provider, each.operation, _outcome(each)) for each in calls)
        assert shown[told.owners[switch_id]] == expected
        assert milliseconds[told.owners[switch_id]] == sum(each.duration_ms for each in calls)


def _outcome(call: Any) -> str:
    by_status = {0: "unanswered", 429: "throttled"}
    if call.status in by_status:
        return by_status[call.status]
    if call.status >= 500:
        return "failed"
    return "answered" if call.status < 300 and not call.code else "refused"


def _check_that_nobody_is_named(console: ConsoleWorld, views: Views, told: Told) -> None:
    """Neither operators nor their words, nor users, by key, id or name, stand in any cell."""
    words = {ACTOR, REASON, "Miller"}
    with psycopg.connect(console.settings.required_database_url_of(DatabaseRole.OWNER)) as connection:
        for (key,) in connection.execute("SELECT user_key::text FROM planswitch.license_move"):
            words.add(key)
    for organization_id in told.owners.values():
        answer = console.world.sandbox.control.get(f"/sandbox/organizations/{organization_id}/users")
        for user in answer.json()["users"]:
            words |= {user["id"], user["userPrincipalName"]}
    assert len(words) > 60
    cells = {
        str(cell)
        for name in views.names()
        for row in views.rows(name)
        for cell in row.values()
        if isinstance(cell, str | UUID)
    }
    assert len(cells) > 100
    assert not [cell for cell in cells if any(word in cell for word in words)]


def test_alarms_and_missed_promises_are_those_of_the_record(database_url: str, tmp_path: Any) -> None:
    """Each call of an alarm and each missed promise is a row with its instants."""
    from store.switch_store import SwitchStore
    from store.vault.keys import FileKeyProvider
    from tests.support.stories.switch_story import SwitchStory

    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        story = SwitchStory(store=store)
        story.request()
        story.order()
        story.move(failed=2)
        story.hold()
        source, promised_at = story.source(), datetime(2026, 11, 10, 10, 0, tzinfo=UTC)
        story.advancer(source, story.meta("promises.miss"))(
            PromiseMissed, promise="still_switching", promised_at=promised_at
        )
        store.save(source)
        story.alarm()
        events = store.notifications()
    Projector(database_url).catch_up()
    (url,) = url_as(database_url, DatabaseRole.DASHBOARD)
    with psycopg.connect(url, row_factory=dict_row) as connection:
        (missed,) = connection.execute("SELECT * FROM missed_promises").fetchall()
        (alarm,) = connection.execute("SELECT * FROM switch_alarms").fetchall()
        (wait,) = connection.execute("SELECT * FROM switch_waits").fetchall()
        (owner_row,) = connection.execute("SELECT * FROM organizations").fetchall()
    (breach,) = [each for each in events if isinstance(each.event, PromiseMissed)]
    (call,) = [each for each in events if isinstance(each.event, AlarmRaised)]
    assert (missed["promise"], missed["promised_at"]) == ("still_switching", promised_at)
    assert (missed["missed_at"], missed["position"]) == (getattr(breach.event, "timestamp", None), breach.id)
    assert (alarm["alarm"], alarm["number"], alarm["position"]) == ("still_switching", 1, call.id)
    assert (alarm["is_sent"], alarm["not_sent_code"], alarm["is_open"]) == (False, "NO_CONTACT", True)
    assert (wait["open_alarms"], owner_row["open_alarms"], wait["is_late"]) == (1, 1, wait["is_late"])
