"""The referee's book of users: who was without a license, or without a data service they had, how long."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.kernel.clock import parse_instant
from sandbox.kernel.journal import Record
from sandbox.kernel.plans import STAND_INS, PlanBook, data_tiers, service_named
from sandbox.referee.referee_acknowledged import AcknowledgmentBook, services_on, tiers_due, tiers_of

#: A gap is never shorter than this, so that one inside a single record shows as well.
SHORTEST_GAP = timedelta(microseconds=1)
HAND = "hand"
APP = "app"

#: Service plans switched off, per plan held.
Holding = dict[str, frozenset[str]]


@dataclass(kw_only=True, slots=True)
class Watched:
    """One user as the referee watches them."""

    #: Over all assignments: a service is off where every one of them switches it off.
    holding: Holding = field(default_factory=dict)
    #: What of it the customer has given and switched off himself; the app's changes leave it as it is.
    chosen: Holding = field(default_factory=dict)
    #: Plan -> what the direct assignment switches off, where groups give the user anything.
    own: Holding = field(default_factory=dict)
    #: (plan, group) -> what the group switches off.
    fed: dict[tuple[str, str], frozenset[str]] | None = None
    #: Plans that are held and give nothing, as the directory has switched them off for this user.
    inactive: set[str] = field(default_factory=set)
    #: Data-service tiers to which the user is entitled; empty until they first had any.
    entitled: dict[str, int] = field(default_factory=dict)
    #: Family that is missing -> actor who took it away.
    missing: dict[str, str] = field(default_factory=dict)
    #: Actor who left the user without any license, or None.
    unlicensed_by: str | None = None
    unlicensed_since: datetime | None = None
    #: Actor -> since when a data service has been missing because of them.
    gap_since: dict[str, datetime] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Pool:
    """One subscription as far as it gives its users services."""

    plan_id: str
    ready_at: datetime
    #: None: it works on; else the end of its grace.
    ends_at: datetime | None


class UserBook:
    """Users of one organization, from record to record."""

    def __init__(self, plans: PlanBook) -> None:
        self._plans = plans
        self._acknowledged = AcknowledgmentBook()
        self._users: dict[str, Watched] = {}
        self._pools: dict[str, Pool] = {}
        self._timers: list[tuple[datetime, str, str]] = []
        self._unlicensed: dict[str, timedelta] = {}
        self._gaps: dict[str, timedelta] = {}
        self._unlicensed_users: set[str] = set()
        self._gap_users: set[str] = set()
        self._tiers: dict[tuple[str, frozenset[str]], dict[str, int]] = {}
        #: (instant, change of the number of users) per plan, for the days on which licenses were held.
        self.held_changes: dict[str, list[tuple[datetime, int]]] = {}
        self._held: dict[str, int] = {}

    def holders(self, plan_id: str) -> int:
        """Return how many users hold a plan now."""
        return self._held.get(plan_id, 0)

    def run_timers(self, until: datetime) -> None:
        """Let time pass: subscriptions become ready, and graces end, before `until`."""
        while self._timers and self._timers[0][0] <= until:
            at, plan_id, actor = heapq.heappop(self._timers)
            for user_id, user in self._users.items():
                if plan_id in user.holding:
                    self._look(user_id, user, at, actor)

    def read(self, record: Record, at: datetime) -> None:
        """Take in one record."""
        actor = record["actor"]
        self._acknowledged.read(record)
        for document in record.get("subscriptions", ()):
            self._read_subscription(document, actor, at)
        if record["type"] == "organization":
            for row in record["users"]:
                self._add(row[0], row[-1], at, actor)
        elif record["type"] == "licenses":
            for user_id, added, removed in record["changes"]:
                self._change(user_id, added, removed, at, actor)
        elif record["type"] == "edit":
            self._read_edit(record["edit"], at, actor)
        self._read_group_work(record, at, actor)

    def _read_group_work(self, record: Record, at: datetime, actor: str) -> None:
        for user_id, feeds, _errors in record["changes"] if record["type"] == "group_work" else ():
            self._feed(user_id, record["group_id"], feeds, at, actor)

    def _read_edit(self, edit: dict[str, Any], at: datetime, actor: str) -> None:
        kind = edit["kind"]
        if kind == "licenses":
            self._change(edit["user_id"], edit["add"], edit["remove"], at, actor)
        elif kind == "add_user":
            self._add(edit["user_id"], edit["row"][-1], at, actor)
        elif kind == "delete_user":
            self._delete(edit["user_id"], at)
        elif kind == "license_state":
            user = self._users[edit["user_id"]]
            (user.inactive.discard if edit["is_active"] else user.inactive.add)(edit["plan_id"])
            # A license that works again gives back what was assigned, and is no grant by hand.
            self._look(edit["user_id"], user, at, actor, is_grant=False)
        elif kind == "group_license":
            self._read_group_license(edit, at, actor)
        elif kind == "sku":
            self._read_sku(edit, at, actor)
        elif "document" in edit:
            self._read_subscription(edit["document"], actor, at)

    def _read_sku(self, edit: dict[str, Any], at: datetime, actor: str) -> None:
        """Take over the services that the organization has of a plan from now on."""
        plan_id = edit["plan_id"]
        services = tuple(service_named(*each) for each in edit["services"])
        self._plans = {**self._plans, plan_id: replace(self._plans[plan_id], services=services)}
        self._tiers.clear()
        for user_id, user in self._users.items():
            if plan_id in user.holding:
                self._look(user_id, user, at, actor)

    def _read_group_license(self, edit: dict[str, Any], at: datetime, actor: str) -> None:
        user_id, plan_id = edit["user_id"], edit["plan_id"]
        off = self._users[user_id].holding.get(plan_id, frozenset())
        self._feed(user_id, edit["group_id"], {plan_id: off}, at, actor)
        if not edit["keep_direct"]:
            self._change(user_id, [], [plan_id], at, actor)

    def _read_subscription(self, document: dict[str, Any], actor: str, at: datetime) -> None:
        pool = Pool(
            plan_id=document["plan_id"],
            ready_at=parse_instant(document["ready_at"]),
            ends_at=_end(document, at),
        )
        if self._pools.get(document["subscription_id"]) == pool:
            return
        self._pools[document["subscription_id"]] = pool
        for instant in (pool.ready_at, pool.ends_at):
            if instant is not None:
                heapq.heappush(self._timers, (max(at, instant), pool.plan_id, HAND if actor == HAND else APP))
        self.run_timers(at)

    def _add(self, user_id: str, licenses: Iterable[Sequence[Any]], at: datetime, actor: str) -> None:
        self._users[user_id] = Watched()
        rows = list(licenses)
        for plan_id, off, group_id in rows:
            if group_id is not None:
                self._feed(user_id, group_id, {plan_id: off}, at, actor)
        own = [(plan_id, off) for plan_id, off, group_id in rows if group_id is None]
        self._change(user_id, own, [], at, actor)

    def _delete(self, user_id: str, at: datetime) -> None:
        user = self._users.pop(user_id)
        for plan_id in user.holding:
            self._count(plan_id, -1, at)
        self._close_all(user, at)

    def _change(
        self, user_id: str, added: Sequence[Sequence[Any]], removed: Sequence[str], at: datetime, actor: str
    ) -> None:
        user = self._users[user_id]
        direct = user.holding if user.fed is None else user.own
        before = {plan_id: plan_id in user.holding for plan_id in (*removed, *(each[0] for each in added))}
        for plan_id in removed:
            direct.pop(plan_id, None)
        for plan_id, off in added:
            direct[plan_id] = frozenset(off)
        self._settle(user, before, at)
        self._note_choice(user, before, actor)
        self._look(user_id, user, at, actor)

    def _feed(
        self,
        user_id: str,
        group_id: str,
        feeds: Mapping[str, Iterable[str] | None],
        at: datetime,
        actor: str,
    ) -> None:
        """Read what a group gives a user from now on; None: it gives the plan no more."""
        user = self._users.get(user_id)
        if user is None:
            return
        if user.fed is None:
            user.own, user.fed = dict(user.holding), {}
        before = {plan_id: plan_id in user.holding for plan_id in feeds}
        for plan_id, off in feeds.items():
            user.fed.pop((plan_id, group_id), None)
            if off is not None:
                user.fed[plan_id, group_id] = frozenset(off)
        self._settle(user, before, at)
        self._note_choice(user, before, actor)
        self._look(user_id, user, at, actor)

    def _settle(self, user: Watched, before: Mapping[str, bool], at: datetime) -> None:
        """Work out what the user holds of the plans in `before`, and count who holds them."""
        for plan_id, was_held in before.items():
            if user.fed is not None:
                sets = [off for (plan, _group), off in user.fed.items() if plan == plan_id]
                sets += [user.own[plan_id]] if plan_id in user.own else []
                user.holding.pop(plan_id, None)
                if sets:
                    user.holding[plan_id] = frozenset.intersection(*sets)
            is_held = plan_id in user.holding
            if is_held != was_held:
                self._count(plan_id, 1 if is_held else -1, at)

    def _note_choice(self, user: Watched, plan_ids: Iterable[str], actor: str) -> None:
        for plan_id in plan_ids if actor != APP else ():
            user.chosen.pop(plan_id, None)
            if plan_id in user.holding:
                user.chosen[plan_id] = user.holding[plan_id]

    def _count(self, plan_id: str, change: int, at: datetime) -> None:
        self._held[plan_id] = self._held.get(plan_id, 0) + change
        self.held_changes.setdefault(plan_id, []).append((at, change))

    def _works(self, plan_id: str, at: datetime) -> bool:
        return any(
            pool.plan_id == plan_id and pool.ready_at <= at and (pool.ends_at is None or at < pool.ends_at)
            for pool in self._pools.values()
        )

    def _level(self, user: Watched, at: datetime) -> dict[str, int]:
        """Return the data-service tiers that the user has at an instant, over all licenses."""
        level: dict[str, int] = {}
        for plan_id, off in user.holding.items():
            if plan_id in user.inactive or not self._works(plan_id, at):
                continue
            key = (plan_id, off)
            tiers = self._tiers.get(key)
            if tiers is None:
                tiers = self._tiers[key] = data_tiers(self._plans[plan_id], off)
            for family, tier in tiers.items():
                level[family] = max(tier, level.get(family, 0))
        return level

    def _look(self, user_id: str, user: Watched, at: datetime, actor: str, *, is_grant: bool = True) -> None:
        """Compare what a user has with what they are entitled to, and open or close gaps."""
        level = self._level(user, at)
        if (actor == HAND and is_grant) or not user.entitled:
            for family, tier in level.items():
                user.entitled[family] = max(tier, user.entitled.get(family, 0))
        if not user.entitled:
            return
        self._look_at_license(user_id, user, at, actor, is_licensed=bool(level))
        missing = self._missing(user, level)
        user.missing = {family: user.missing.get(family, actor) for family in missing}
        blamed = set(user.missing.values())
        if blamed:
            for one in blamed - set(user.gap_since):
                user.gap_since[one] = at
                if one != HAND:
                    self._gap_users.add(user_id)
        for one in set(user.gap_since) - blamed:
            _book(self._gaps, one, user.gap_since.pop(one), at)

    def _missing(self, user: Watched, level: dict[str, int]) -> list[str]:
        return [
            family
            for family, tier in user.entitled.items()
            if level.get(family, 0) < tier
            and not self._is_stood_in(user, family, level)
            and not self._is_acknowledged(user, family, level)
        ]

    def _is_acknowledged(self, user: Watched, family: str, level: dict[str, int]) -> bool:
        """Return whether nothing more of a family can be on, as what it needs is off, which was confirmed.

        What the customer had not on himself when it was lost is no part of it: that was taken before.
        """
        if not any(self._acknowledged.covers(plan_id) for plan_id in user.holding):
            return False
        chosen = tiers_of(services_on(user.chosen, self._plans))
        due = tiers_due(user.chosen, user.holding, self._plans, self._acknowledged)
        is_own = chosen.get(family, 0) >= user.entitled[family]
        return is_own and level.get(family, 0) >= due.get(family, 0)

    def _is_stood_in(self, user: Watched, family: str, level: dict[str, int]) -> bool:
        """Return whether another service replaces one that no plan of the user offers any more."""
        stand_in = STAND_INS.get(family)
        if stand_in is None or not level.get(stand_in):
            return False
        return not any(family in self._plans[plan_id].data_tiers for plan_id in user.holding)

    def _look_at_license(
        self, user_id: str, user: Watched, at: datetime, actor: str, *, is_licensed: bool
    ) -> None:
        if not is_licensed and user.unlicensed_since is None:
            user.unlicensed_since, user.unlicensed_by = at, actor
            if actor != HAND:
                self._unlicensed_users.add(user_id)
        elif is_licensed and user.unlicensed_since is not None:
            _book(self._unlicensed, user.unlicensed_by or APP, user.unlicensed_since, at)
            user.unlicensed_since = user.unlicensed_by = None

    def _close_all(self, user: Watched, at: datetime) -> None:
        if user.unlicensed_since is not None:
            _book(self._unlicensed, user.unlicensed_by or APP, user.unlicensed_since, at)
        for actor, since in user.gap_since.items():
            _book(self._gaps, actor, since, at)

    def verdict(self, now: datetime) -> dict[str, Any]:
        """Return seconds by actor up to `now`; gaps that are open count until then."""
        self.run_timers(now)
        for user in self._users.values():
            self._close_all(user, now)
            user.unlicensed_since, user.gap_since = None, {}
        return {
            "unlicensed_users": len(self._unlicensed_users),
            "data_service_gap_users": len(self._gap_users),
            "by_actor": {
                actor: {
                    "unlicensed_user_seconds": _seconds(self._unlicensed, actor),
                    "data_service_gap_user_seconds": _seconds(self._gaps, actor),
                }
                for actor in sorted({APP, HAND, *self._unlicensed, *self._gaps})
            },
        }


def _end(document: dict[str, Any], at: datetime) -> datetime | None:
    """Return when a subscription stops giving services, None while it goes on."""
    if document["status"] == "active":
        return None
    ends_at = document["grace_ends_at"]
    return at if ends_at is None else parse_instant(ends_at)


def _book(book: dict[str, timedelta], actor: str, since: datetime, until: datetime) -> None:
    book[actor] = book.get(actor, timedelta()) + max(SHORTEST_GAP, until - since)


def _seconds(book: dict[str, timedelta], actor: str) -> float:
    duration = book.get(actor)
    return duration.total_seconds() if duration else 0
