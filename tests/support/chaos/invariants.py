"""What must hold when a switch has ended, whatever went wrong: referee, record and Temporal agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from activities.contract import SwitchOrder
from activities.way_back.way_back import FOUND_BACK, RETURN
from domain.catalog.disabled_services import carried_settings
from domain.operator.lost_settings import Setting
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import HeldLicense
from domain.switch.move_events import UserSkipped
from domain.switch.settings_events import SettingsLost
from domain.switch.switch_state import SwitchState
from sandbox.kernel.journal import read_records
from tests.support.chaos.redecided import other_decisions
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World
from workflows.base.messages import SwitchResult

COMPLETED, REFUSED = "completed", "refused"
#: Final state -> (orders at most, cancellations): switch#ways-back.
COUNTS = {COMPLETED: (1, 1), REFUSED: (0, 0)}
TAKEN_BACK = (1, 0)
MOVED = "moved"
#: What a user who was moved may have become on the way back (switch#ways-back).
BACK = frozenset({MOVED, "gone", FOUND_BACK})
#: What a user of a completed switch may have become (switch#licenses).
SETTLED = frozenset({MOVED, "gone", "skipped"})
#: Gaps that the directory itself may open, by a new license that does not work.
GAPS = frozenset({"unlicensed_user_seconds", "data_service_gap_user_seconds"})
#: Edits by hand that may leave a user without a license that works.
TAKING_EDITS = frozenset({"licenses", "license_state"})
Held = dict[str, dict[str, list[str]]]
#: Edits by hand that change who holds what.
LICENSE_EDITS = frozenset({"licenses", "delete_user", "add_user", "group_license"})


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A switch that has ended."""

    world: World
    order: SwitchOrder
    result: SwitchResult
    #: Who held what before it began.
    before: Held

    def problems(self) -> list[str]:
        """Return everything that is wrong."""
        decided = other_decisions(self.world, self.order)
        return [*self._referee(), *self._money(), *self._users(), *self._record(), *decided]

    @cached_property
    def counts(self) -> dict[str, float]:
        """Orders, cancellations, and seconds without a license that a hand's edit is booked for."""
        verdict = self.world.verdict(self.order)
        return {
            "orders": verdict["orders"],
            "cancellations": verdict["cancellations"],
            "hand_seconds": verdict["by_actor"]["hand"]["unlicensed_user_seconds"],
        }

    def _referee(self) -> Iterator[str]:
        """Gaps, double charges, orders and cancellations, from the journal alone."""
        verdict = self.world.verdict(self.order)
        excused = GAPS if self._is_given_back(verdict) else frozenset[str]()
        if self._is_renewal_open():
            excused |= {"renewal_differences"}
        yield from (f"{name} is {verdict[name]}" for name in CLEAN if verdict[name] and name not in excused)
        orders, cancellations = verdict["orders"], verdict["cancellations"]
        most, exactly = COUNTS.get(self.result.outcome, TAKEN_BACK)
        is_short = self.result.outcome == COMPLETED and orders != 1
        if orders > most or is_short or cancellations != exactly:
            yield f"{self.result.outcome} with {orders} orders and {cancellations} cancellations"
        by_hand = verdict["by_actor"]["hand"]["unlicensed_user_seconds"]
        if by_hand and not any(edit["kind"] in TAKING_EDITS for edit in self._edits):
            yield f"{by_hand} s booked to a hand that took nothing"

    def _is_renewal_open(self) -> bool:
        """Tell whether a renewal that the seller refused to set is an open point of the switch."""
        lost = (each.event for each in self.world.source_events(self.order))
        return any(
            each["setting"] == Setting.AUTO_RENEW
            for event in lost
            if isinstance(event, SettingsLost)
            for each in event.lost
        )

    def _is_given_back(self, verdict: dict[str, Any]) -> bool:
        """Tell whether only those had a gap whose license the directory disabled, and nobody has one now.

        One call adds the new license and removes the old one, so that the directory may open such a gap; the
        switch has to close it (switch#licenses).
        """
        disabled = {edit["user_id"] for edit in self._edits if edit["kind"] == "license_state"}
        users = max(verdict["unlicensed_users"], verdict["data_service_gap_users"])
        now = self.world.verdict(self.order)
        is_over = all(now[name] == verdict[name] for name in GAPS)
        return bool(users <= len(disabled) and is_over)

    def _money(self) -> Iterator[str]:
        """Completed is charged, credited and invoiced once; anything else not at all.

        See rules#quote-and-cutover.
        """
        wanted = 1 if self.result.outcome == COMPLETED else 0
        for kind in ("charge", "credit", "invoice"):
            mine = [each for each in self.world.ledger(self.order, kind) if self._is_mine(each)]
            if len(mine) != wanted:
                yield f"{len(mine)} entries of kind {kind}, not {wanted}"
            if kind == "invoice" and mine and not self._is_as_quoted(mine[0]):
                yield f"the invoice is over {mine[0]['amount_minor_units']}, which no day of the quote says"

    def _is_mine(self, entry: dict[str, Any]) -> bool:
        """Tell whether an entry is of this switch: what was there before it began is of none."""
        return entry.get("switch_id", self.order.switch_id) == self.order.switch_id and not (
            entry["kind"] == "charge" and entry["subscription_id"] in self._first_subscriptions()
        )

    def _first_subscriptions(self) -> set[str]:
        record = next(each for each in self._records if each["type"] == "organization")
        return {each["subscription_id"] for each in record["subscriptions"]}

    def _is_as_quoted(self, invoice: dict[str, Any]) -> bool:
        return invoice["amount_minor_units"] in self.world.quoted_totals(self.order)

    def _users(self) -> Iterator[str]:
        """Everybody is on one plan with their settings; whom a hand touched only has to be off the other."""
        after, touched = self.world.users(self.order), self._touched
        if gone := set(self.before) - set(after) - touched:
            yield f"{len(gone)} users are gone, and nobody deleted them"
        is_moved = self.result.outcome == COMPLETED
        wrong_plan = SOURCE_PLAN if is_moved else TARGET_PLAN
        may_be_there = self._skipped if is_moved else touched
        left = [user for user, plans in after.items() if wrong_plan in plans and user not in may_be_there]
        if left:
            yield f"{len(left)} users are on the wrong plan"
        for user, plans in after.items():
            if user not in touched and plans != self._expected(user, is_moved=is_moved):
                yield f"user {user} has other licenses than the rules say"

    def _expected(self, user: str, *, is_moved: bool) -> dict[str, list[str]]:
        held = self.before[user]
        if not is_moved or SOURCE_PLAN not in held:
            return held
        catalog = self.world.toolbox.catalogs.current()
        further = (
            HeldLicense(plan_id=plan, disabled_service_ids=tuple(off))
            for plan, off in held.items()
            if plan not in {SOURCE_PLAN, TARGET_PLAN}
        )
        plans = OrganizationPlans.of(catalog, ())
        mapped = carried_settings(
            catalog.plan(SOURCE_PLAN),
            catalog.plan(TARGET_PLAN),
            held[SOURCE_PLAN],
            service_settings="keep",
            beside=[name for each in further for name in plans.names_on(each)],
        )
        kept = {plan: off for plan, off in held.items() if plan != SOURCE_PLAN}
        return {**kept, TARGET_PLAN: sorted(off for off in mapped.new_disabled if self._is_shown(off))}

    def _is_shown(self, service_plan_id: str) -> bool:
        """Tell whether the organization's own list of the new plan has a service.

        See rules#service_not_in_plan.
        """
        lists = [edit["services"] for edit in self._edits if edit["kind"] == "sku"]
        return not lists or any(service_plan_id == shown for shown, _name in lists[-1])

    def _record(self) -> Iterator[str]:
        """Aggregate and workflow say the same; no lock is left; the roster is settled (switch#ways-back)."""
        if not self.world.is_free(self.order):
            yield "the organization is still locked"
        if self.result.outcome == REFUSED:
            return
        state = self._state()
        if state.stage != self.result.outcome:
            yield f"the record says {state.stage}, Temporal {self.result.outcome}"
        topics = self.world.source_topics(self.order)
        for once in ("replacement-ordered", "cancelled", "billing-cut-over", "switch-completed"):
            if topics.count(once) > 1:
                yield f"{once} was recorded {topics.count(once)} times"
        yield from self._roster(state)

    def _roster(self, state: SwitchState) -> Iterator[str]:
        """Every user of the roster is in one final state (rules 4).

        Completed: moved, gone or seen to by hand. Otherwise nobody whom the record calls moved is left.
        """
        forward, back = self._last_outcomes(state, is_back=False), self._last_outcomes(state, is_back=True)
        if self.result.outcome == COMPLETED:
            open_users = [key for key in self._roster_keys if forward.get(key) not in SETTLED]
        else:
            moved = [key for key in self._roster_keys if forward.get(key) == MOVED]
            open_users = [key for key in moved if back.get(key) not in BACK]
        people = self.world.store.vault.directory_ids(self.order.organization_id, open_users)
        if left := [key for key in open_users if people.get(key) not in self._touched]:
            yield f"{len(left)} users of the roster have no final state"

    @cached_property
    def _roster_keys(self) -> list[UUID]:
        store, switch_id = self.world.store, self.order.switch_id
        summary = store.roster_summary(switch_id)
        return [row.user_key for row in store.roster_slice(switch_id, 0, summary.count if summary else 0)]

    def _last_outcomes(self, state: SwitchState, *, is_back: bool) -> dict[UUID, str]:
        """Return what became of each user in the passes of one direction; who was moved stays so."""
        last: dict[UUID, str] = {}
        for pass_name in state.chunks:
            if pass_name.startswith(f"{RETURN}-") is not is_back:
                continue
            for row in self.world.store.license_rows(self.order.switch_id, pass_name):
                if last.get(row.user_key) != MOVED:
                    last[row.user_key] = row.outcome
        return last

    def _state(self) -> SwitchState:
        order = self.order
        stream = self.world.store.resolve_subscription(order.organization_id, order.source_subscription_id)
        source = self.world.store.subscription(stream)
        assert source is not None
        return source.switch(order.switch_id)

    @cached_property
    def _records(self) -> list[dict[str, Any]]:
        """The journal's records of the organization."""
        everything = read_records(self.world.sandbox.journal)
        return [each for each in everything if each.get("organization_id") == self.order.organization_id]

    @cached_property
    def _edits(self) -> list[dict[str, Any]]:
        return [record["edit"] for record in self._records if record["type"] == "edit"]

    @cached_property
    def _touched(self) -> set[str]:
        """Users whose licenses a hand changed, or whom the operator left behind knowingly."""
        by_hand = {edit["user_id"] for edit in self._edits if edit["kind"] in LICENSE_EDITS}
        return by_hand | self._skipped

    @cached_property
    def _skipped(self) -> set[str]:
        """Users whom the operator left behind."""
        order, vault = self.order, self.world.store.vault
        events = [each.event for each in self.world.source_events(order)]
        keys = [UUID(event.user_key) for event in events if isinstance(event, UserSkipped)]
        return set(vault.directory_ids(order.organization_id, keys).values())
