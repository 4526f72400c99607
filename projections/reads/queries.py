"""Reads of the shown read models, for the console and the command line; through the stable views."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import fields
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack
from uuid import UUID

from psycopg.rows import dict_row

from domain.kernel.errors import InvalidInput, UnknownCheckout, UnknownSwitch
from domain.kernel.ids import FIND_ID, is_whole_id
from projections.reads import lists
from projections.reads.list_filters import (
    OF_DRAFTS,
    OF_EVENTS,
    OF_SWITCHES,
    DraftFilters,
    EventFilters,
    condition_of,
    parameters_of,
)
from projections.reads.lists import ListPage, StageCount
from projections.reads.organization_names import NameMatches, NoNames, OrganizationNames
from projections.reads.replica import Replica
from projections.reads.shown_rows import DraftRow, EventRow, SwitchRow, instant_text
from projections.reads.switch_search import (
    CANDIDATES_MAX,
    COMMAND_IDS,
    EXACT,
    GIVE_ID,
    ID_ALONE,
    MATCHES,
    NAMES_LACK,
    OWNERS,
    PREFIX_MIN,
    SCOPE,
    SwitchChoice,
    beginnings,
    only_switch,
    scope,
)
from projections.reads.visible import CHECKOUT_BOARD, IS_OF_VISIBLE_SWITCH, SWITCH_BOARD, VISIBLE
from projections.reads.wait_figures import OPEN_WAITS, WaitFigures, wait_figures_of
from projections.running.schema import PROJECTION, SCHEMA
from store.core.database_url import parse_database_url
from store.core.errors import repeated, translated
from store.core.pool import LivePool

Row = TypeVar("Row", SwitchRow, EventRow, DraftRow)
#: Rows of one page of any list.
PAGE_MAX = 500
#: Largest position of an event that is asked for.
POSITION_MAX = 999_999_999_999_999
#: Connections for the lists, where the caller names no number; a console names its own.
CONNECTIONS_DEFAULT = 4
_BOARD = f"SELECT * FROM {SWITCH_BOARD}"  # noqa: S608  # a constant
_ALARMED = f"""{_BOARD}
WHERE alarmed_at IS NOT NULL AND {SCOPE}
ORDER BY alarmed_at, switch_id LIMIT %(limit)s
"""
_ALARMS = f"""
SELECT alarm, count(*) AS switches FROM {SWITCH_BOARD}, unnest(alarms) AS alarm
WHERE alarmed_at IS NOT NULL GROUP BY alarm
"""  # noqa: S608  # a constant
_CHECKOUTS = f"SELECT * FROM {CHECKOUT_BOARD}"  # noqa: S608  # a constant
#: What begins an id and is no name that anybody has.
_BEGINNING = re.compile(rf"[0-9A-Fa-f-]{{{PREFIX_MIN},36}}")
_TIMELINE = f"""
SELECT * FROM {SCHEMA}.switch_timeline
WHERE switch_id = %(switch_id)s::uuid AND position > %(after)s AND {condition_of(OF_EVENTS)}
  AND {IS_OF_VISIBLE_SWITCH}
ORDER BY position LIMIT %(limit)s
"""  # noqa: S608  # a constant
_TIMELINE_COUNT = f"""
SELECT count(*) AS total FROM {SCHEMA}.switch_timeline
WHERE switch_id = %(switch_id)s::uuid AND {condition_of(OF_EVENTS)}
  AND {IS_OF_VISIBLE_SWITCH}
"""  # noqa: S608  # a constant
_POSITION = f"""
SELECT at.notification_id FROM {SCHEMA}.projection_position AS at
JOIN {SCHEMA}.projection_active AS shown USING (projection, version) WHERE projection = '{PROJECTION}'
"""  # noqa: S608  # constants
_STREAMS = f"""
SELECT stream_id FROM {SCHEMA}.switch_timeline
WHERE switch_id = %(switch_id)s::uuid AND {IS_OF_VISIBLE_SWITCH}
UNION
SELECT incomplete_stream::uuid FROM {SWITCH_BOARD}
WHERE switch_id = %(switch_id)s::uuid AND incomplete_stream <> ''
"""  # noqa: S608  # a constant

#: What lists are made of; what a command begins with is read where it will be written.
_FROM_REPLICA = frozenset(
    {
        lists.SWITCHES,
        lists.STAGES,
        lists.CHECKOUTS,
        lists.CHECKOUTS_COUNT,
        _TIMELINE,
        _TIMELINE_COUNT,
        _ALARMED,
        _ALARMS,
    }
)


class ReadModels:
    """The read models of one database; thread safe.

    Args:
        database_url: PostgreSQL of the read models.
        connections_max: Connections at most; one is kept open.
        replica_url: A replica that lists are read from; "": there is none.
        names: Who knows the names of organizations; None: nobody.
    """

    def __init__(
        self,
        database_url: str,
        *,
        connections_max: int = CONNECTIONS_DEFAULT,
        replica_url: str = "",
        names: OrganizationNames | None = None,
    ) -> None:
        self.names = names or NoNames()
        self._visible: frozenset[str] | None = None
        arguments = parse_database_url(database_url).as_arguments()
        self._pool = LivePool(
            kwargs={**arguments, "autocommit": True, "row_factory": dict_row},
            connections=1,
            overflow=connections_max - 1,
        )
        self._database_url = database_url
        self._replica = (
            Replica(replica_url, connections_max=connections_max, position_query=_POSITION)
            if replica_url
            else None
        )

    def within(self, organizations: Iterable[str] | None) -> Self:
        """Return the same read models, without the rows of all other organizations.

        Args:
            organizations: Directory ids, in any case; None means all organizations.
        """
        if organizations is None:
            return self
        narrowed = copy(self)
        narrowed._visible = frozenset(each.lower() for each in organizations)  # noqa: SLF001  # a copy
        return narrowed

    @property
    def visible(self) -> frozenset[str] | None:
        """Return the organizations whose rows are read here, in lower case; None: all of them."""
        return self._visible

    def sees(self, organization_id: str) -> bool:
        """Tell whether rows of an organization are among what is read here; its id may be in any case."""
        return self._visible is None or organization_id.strip().lower() in self._visible

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()
        if self._replica is not None:
            self._replica.close()

    def views_url(self) -> str:
        """Return the URL at which views of dashboards are read now: the replica's, if it can be used."""
        replica = self._replica
        return replica.database_url if replica is not None and replica.is_usable() else self._database_url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def switches(
        self,
        *,
        stage: str | None = None,
        limit: int = 50,
        after: str | None = None,
        **choice: Unpack[SwitchChoice],
    ) -> ListPage[SwitchRow]:
        """Return one page of switches, the newest request first.

        A switch keeps its place, whatever happens to it: a reader who turns pages meets each one once.

        Args:
            stage: Only switches in this stage, or group of stages (projections/board/stages.py), in any
            spelling.
            limit: Rows at most, up to PAGE_MAX.
            after: Id of the last switch of the page before.
            choice: Which switches.

        Raises:
            UnknownSwitch: `after` names no switch.
            InvalidInput: No stage is called so, or the limit is out of its range.
        """
        filters = {**lists.stage_filter(stage), **self._scope(choice)}
        last = None if after is None else self.switch_of_id(after, field="after")
        place = {
            "after_at": last.first_requested_at if last else None,
            "after_id": last.switch_id if last else None,
        }
        rows = self._rows(SwitchRow, lists.SWITCHES, {**filters, **place, "limit": _checked(limit) + 1})
        return ListPage(
            rows=rows[:limit],
            next_id=rows[limit - 1].switch_id if len(rows) > limit else None,
            total=self._count(lists.SWITCHES_COUNT, filters),
        )

    def unread_notices(self, organization_id: str, *, limit: int) -> list[SwitchRow]:
        """Return the completed switches of an organization whose notice nobody has read, the newest first.

        Args:
            organization_id: Its directory id, in any case.
            limit: Rows at most.
        """
        return self._rows(SwitchRow, lists.UNREAD, {"organization_id": organization_id, "limit": limit})

    def stage_counts(self, **choice: Unpack[SwitchChoice]) -> list[StageCount]:
        """Return how many switches there are in each stage, over all pages.

        Args:
            choice: Which switches.
        """
        rows = self._read(lists.STAGES, self._scope(choice))
        return [StageCount(**row) for row in rows]

    def switch(self, text: str, *, field: str = "switch") -> SwitchRow:
        """Return the switch that a text names, whichever of its ids it is.

        Args:
            text: Id of the switch, of its old or new subscription or of its organization, the beginning of
            one, or the organization's name.
            field: Name of what was given, for a refusal.

        Raises:
            UnknownSwitch: There is none.
            AmbiguousSwitch: There are several, whether they have ended or not.
            InvalidInput: It names none, and is too short for the beginning of an id.
        """
        wanted = text.strip().lower()
        rows = self._exact(wanted)
        if wanted and not rows and not _is_id(wanted):
            named = self._named_so(wanted)
            rows = self._rows(SwitchRow, MATCHES, {"find": wanted, "named": list(named.organization_ids)})
            if not rows and not named.is_complete:
                if len(wanted) < PREFIX_MIN:
                    raise InvalidInput(field=field, value=text, allowed=ID_ALONE, remedy=GIVE_ID)
                raise UnknownSwitch(f"No switch has the id {text!r}; {NAMES_LACK}.", remedy=GIVE_ID)
        return self._only(rows, text) or self.switch_of_id(text, field=field)

    def switch_to_change(self, text: str, *, field: str = "switch") -> SwitchRow:
        """Return the switch that a text names to a command: by a whole id, or by the beginning of its own.

        A name may be that of another organization as well, and the beginning of a subscription that of
        another subscription: such texts only read.

        Args:
            text: Id of the switch or its beginning, or the whole id of its old or new subscription or of its
            organization.
            field: Name of what was given, for a refusal.

        Raises:
            UnknownSwitch: There is none.
            AmbiguousSwitch: There are several, whether they have ended or not.
            InvalidInput: It is no whole id, and too short for the beginning of one.
        """
        wanted = text.strip().lower()
        row = self._only(self._exact(wanted), text)
        row = row or self._named(SwitchRow, _BOARD, "switch", wanted, field)
        if row is None:
            raise UnknownSwitch(f"No switch has the id {text!r}.", remedy=COMMAND_IDS)
        return row

    def _exact(self, wanted: str) -> list[SwitchRow]:
        """Return the switches that have exactly this id, in lower case, in whatever place."""
        whole = wanted if _is_id(wanted) else None
        return self._rows(SwitchRow, EXACT, {"switch_id": whole, "find": wanted}) if wanted else []

    def _only(self, rows: Sequence[SwitchRow], text: str) -> SwitchRow | None:
        names = self.names.names_of(row.organization_id for row in rows) if len(rows) > 1 else {}
        return only_switch(rows, text.strip(), names)

    def switch_of_id(self, text: str, *, field: str = "switch") -> SwitchRow:
        """Return the switch with this id, or whose id alone begins with it.

        Args:
            text: An id, or its beginning.
            field: Name of what was given, for a refusal.

        Raises:
            UnknownSwitch: There is none.
            InvalidInput: The beginning is too short, or several ids begin so.
        """
        row = self._named(SwitchRow, _BOARD, "switch", text, field)
        if row is None:
            raise UnknownSwitch(
                f"No switch has the id {text!r}.", remedy="`planswitch switch list` shows the switches."
            )
        return row

    def checkouts(
        self,
        *,
        state: str | None = None,
        organization_id: str | None = None,
        limit: int = 50,
        after: str | None = None,
        **others: Unpack[DraftFilters],
    ) -> ListPage[DraftRow]:
        """Return one page of drafts of orders, the newest first.

        Args:
            state: Only drafts that are open, ordered or abandoned, in any spelling.
            organization_id: Only drafts of this organization: its id, or the beginning.
            limit: Rows at most, up to PAGE_MAX.
            after: Id of the last draft of the page before.
            others: By what else the rows show.

        Raises:
            UnknownCheckout: `after` names no draft.
            InvalidInput: There is no such state, a moment is none, or the limit is out of its range.
        """
        filters = {
            **lists.state_filter(state),
            **self._organization(organization_id),
            **parameters_of(OF_DRAFTS, others),
        }
        last = None if after is None else self.checkout(after, field="after")
        place = {
            "after_at": last.started_at if last else None,
            "after_id": last.checkout_id if last else None,
        }
        rows = self._rows(DraftRow, lists.CHECKOUTS, {**filters, **place, "limit": _checked(limit) + 1})
        return ListPage(
            rows=rows[:limit],
            next_id=rows[limit - 1].checkout_id if len(rows) > limit else None,
            total=self._count(lists.CHECKOUTS_COUNT, filters),
        )

    def position(self) -> int:
        """Return up to which event of the log everything is shown."""
        return max((int(row["notification_id"]) for row in self._read(_POSITION, {})), default=0)

    def organization(self, text: str, *, field: str = "organization") -> str:
        """Return the whole id of an organization; one without switch and draft is named by all of it.

        Args:
            text: An id in any spelling, or its first 8 characters or more.
            field: Name of what was given, for a refusal.

        Raises:
            InvalidInput: It is no id and none begins so, or several do.
        """
        return str(self._organization(text, field)["organization_id"])

    def organizations(self) -> list[str]:
        """Return the ids of the organizations that have a switch."""
        return [str(row["organization_id"]) for row in self._read(OWNERS, {})]

    def checkout_count(self) -> int:
        """Return how many drafts there are."""
        filters = {"state": None, "organization_id": None, **parameters_of(OF_DRAFTS, {})}
        return self._count(lists.CHECKOUTS_COUNT, filters)

    def checkout(self, text: str, *, field: str = "checkout") -> DraftRow:
        """Return the draft with this id, or whose id alone begins with it.

        Args:
            text: An id, or its beginning.
            field: Name of what was given, for a refusal.

        Raises:
            UnknownCheckout: There is none.
            InvalidInput: The beginning is too short, or several ids begin so.
        """
        row = self._named(DraftRow, _CHECKOUTS, "checkout", text, field)
        if row is None:
            raise UnknownCheckout(
                f"No checkout has the id {text!r}.",
                remedy="`planswitch checkout list` shows the checkouts.",
            )
        return row

    def timeline(
        self, switch_id: str, *, after: int = 0, limit: int = PAGE_MAX, **choice: Unpack[EventFilters]
    ) -> list[EventRow]:
        """Return one page of the events of a switch, oldest first.

        Args:
            switch_id: Whole id.
            after: Position of the last event of the page before.
            limit: Rows at most, up to PAGE_MAX and one more, which tells whether there is a next page.
            choice: Which events.

        Raises:
            InvalidInput: A filter is blank, a moment is none, or the limit is out of its range.
        """
        parameters = {"switch_id": switch_id, "after": after, "limit": _checked(limit, PAGE_MAX + 1)}
        return self._rows(EventRow, _TIMELINE, parameters | parameters_of(OF_EVENTS, choice))

    def timeline_count(self, switch_id: str, **choice: Unpack[EventFilters]) -> int:
        """Return how many events a switch has.

        Args:
            switch_id: Whole id.
            choice: Which events.
        """
        parameters = {"switch_id": switch_id, **parameters_of(OF_EVENTS, choice)}
        return self._count(_TIMELINE_COUNT, parameters)

    def changes(self, *, after: int, limit: int = PAGE_MAX, **choice: Unpack[SwitchChoice]) -> list[EventRow]:
        """Return the events of all switches that follow a place in the log, in the order of the log.

        A batch of events is shown whole or not at all, so that no event ever appears before a place at which
        a reader has been.

        Args:
            after: Position of the last event that the reader knows.
            limit: Rows at most, up to PAGE_MAX.
            choice: Of which switches, as they are now; none of it: of all, shown or not.
        """
        page = {"after": after, "limit": _checked(limit)}
        if all(each is None for each in choice.values()):
            return self._rows(EventRow, lists.CHANGES, page)
        return self._rows(EventRow, lists.CHANGES_OF, {**self._scope(choice), **page})

    def streams_of(self, switch_id: str) -> list[UUID]:
        """Return the streams in which a switch has events: an index for the audit, not its source."""
        return [row["stream_id"] for row in self._read(_STREAMS, {"switch_id": switch_id})]

    def alarmed(self, *, limit: int = 100, **choice: Unpack[SwitchChoice]) -> list[SwitchRow]:
        """Return the switches that call for somebody, the oldest call first.

        Args:
            limit: Rows at most, up to PAGE_MAX.
            choice: Which switches.
        """
        parameters = {**self._scope(choice), "limit": _checked(limit)}
        return self._rows(SwitchRow, _ALARMED, parameters)

    def switches_by_alarm(self) -> dict[str, int]:
        """Return how many switches call for somebody, by the name of the alarm."""
        return {str(row["alarm"]): int(row["switches"]) for row in self._read(_ALARMS, {})}

    def switches_by_stage(self) -> dict[str, int]:
        """Return how many switches are in each stage."""
        return lists.by_stage(self.stage_counts())

    def wait_figures(self) -> WaitFigures:
        """Return how many open switches wait in each stage, for what reason, and for how long."""
        return wait_figures_of(self._read(OPEN_WAITS, {}))

    def _organization(self, text: str | None, field: str = "organization") -> dict[str, Any]:
        if text is None:
            return {"organization_id": None}
        rows = self._read(lists.ORGANIZATIONS, {"text": text.strip().lower()})
        matches = [row["organization_id"] for row in rows]
        named = NameMatches() if matches else self._named_so(text.strip())
        if len(named.organization_ids) > 1:
            allowed = f"an id, as several organizations have this name: {', '.join(named.organization_ids)}"
            raise InvalidInput(field=field, value=text, allowed=allowed, remedy=FIND_ID)
        if not named.organization_ids and not named.is_complete:
            raise InvalidInput(field=field, value=text, allowed=ID_ALONE, remedy=FIND_ID)
        matches += named.organization_ids
        return lists.organization_filter(text, matches, field=field)

    def _scope(self, choice: SwitchChoice) -> dict[str, Any]:
        """Return the parameters of the filters that choose switches by what belongs to them."""
        find = choice.get("find")
        return parameters_of(OF_SWITCHES, choice) | scope(
            **self._organization(choice.get("organization_id")),
            subscription=_filter_text(choice.get("subscription"), "subscription"),
            find=_filter_text(find, "find"),
            named=self._named_so(find.strip()).organization_ids if find else (),
        )

    def _named_so(self, text: str) -> NameMatches:
        """Return the organizations of the lists that have this name; an id is the name of none."""
        if not text or is_whole_id(text) or _BEGINNING.fullmatch(text):
            return NameMatches()
        return self.names.ids_named(text, [row["organization_id"] for row in self._read(OWNERS, {})])

    def _named(self, kind: type[Row], query: str, noun: str, text: str, field: str) -> Row | None:
        named = f"{query} WHERE {_condition(noun, text, field)} LIMIT {CANDIDATES_MAX + 1}"
        rows = self._rows(kind, named, {"text": text.lower()})
        if len(rows) > 1:
            ids = [str(getattr(row, f"{noun}_id")) for row in rows]
            raise InvalidInput(field=field, value=text, allowed=beginnings(ids))
        return rows[0] if rows else None

    def _rows(self, kind: type[Row], query: str, parameters: dict[str, Any]) -> list[Row]:
        # A newer program's view may have more of them.
        names = [field.name for field in fields(kind)]
        return [kind(**_plain(row, names)) for row in self._read(query, parameters)]

    def _count(self, query: str, parameters: dict[str, Any]) -> int:
        return int(self._read(query, parameters)[0]["total"])

    def _read(self, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with translated():
            return self._read_once(query, parameters)

    @repeated
    def _read_once(self, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        visible = None if self._visible is None else sorted(self._visible)
        if self._replica is not None and query in _FROM_REPLICA:
            rows = self._replica.read(query, {**parameters, VISIBLE: visible})
            if rows is not None:
                return rows
        with self._pool.connection() as connection:
            return connection.execute(query.encode(), {**parameters, VISIBLE: visible}).fetchall()


def _condition(noun: str, text: str, field: str) -> str:
    """Return the condition for a whole id, which an index serves, or for its beginning."""
    if _is_id(text):
        return f"{noun}_id = %(text)s::uuid"
    if len(text) < PREFIX_MIN:
        raise InvalidInput(field=field, value=text, allowed=f"at least {PREFIX_MIN} characters of an id")
    return f"starts_with({noun}_id::text, %(text)s)"


def _filter_text(text: str | None, field: str) -> str | None:
    """Return what a list is filtered by, in lower case; None filters nothing.

    Raises:
        InvalidInput: It is empty.
    """
    bare = None if text is None else text.strip().lower()
    if not bare and bare is not None:
        allowed = f"an id, or its first {PREFIX_MIN} characters or more"
        raise InvalidInput(field=field, value=text, allowed=allowed)
    return bare


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _checked(limit: int, limit_max: int = PAGE_MAX) -> int:
    if not 0 < limit <= limit_max:
        raise InvalidInput(field="limit", value=limit, allowed=f"1 to {PAGE_MAX}")
    return limit


def _plain(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return columns of a row with ids as text and instants as ISO text in UTC, ready for JSON."""
    plain = {}
    for name in names:
        value = row[name]
        spelled = _SPELLED.get(type(value))
        plain[name] = value if spelled is None else spelled(value)
    return plain


#: What PostgreSQL's driver returns and JSON does not know -> its text.
_SPELLED: Mapping[type, Callable[[Any], str]] = {
    UUID: str,
    datetime: instant_text,
    date: date.isoformat,
}
