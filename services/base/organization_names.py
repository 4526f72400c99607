"""Names of organizations as billing tells them, kept for a while in this process and never in the record.

Where an organization's profile has no billing its own directory tells the name.

A list must not wait for a silent billing: it shows the names that are known, while a thread asks for others.
A search waits for one round of questions, and says whether every name is known.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from domain.kernel.errors import PartyMissing, PlanSwitchError, UnknownOrganization
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall
from projections.reads.organization_names import NameMatches

#: How long a name counts; a list shows a new one after that.
KEPT_SECONDS = 600.0
#: How long nobody asks again for an organization, or for any, after nobody gave an answer.
PAUSE_SECONDS = 60.0
#: Longest that a list waits for names that it lacks.
LIST_WAIT_SECONDS = 0.5
#: Longest that a search waits, and that one round of questions begins another one.
ROUND_SECONDS = 8.0
#: Organizations in a row without an answer, after which nobody asks for any.
FAILURES_MAX = 3
#: Organizations that one round asks for; the next search asks for others.
ORGANIZATIONS_MAX = 500
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    """One name; "" for an organization that nobody knows."""

    text: str
    until: float
    #: Nobody gave an answer for this one.
    is_lacking: bool = False


class BilledNames:
    """The names that billing, or the directory, has for organizations; thread safe.

    Args:
        cloud_factory: Builds the cloud.
        save_calls: Records the calls.
    """

    def __init__(
        self, cloud_factory: CloudFactory, save_calls: Callable[[Sequence[ProviderCall]], None]
    ) -> None:
        self._cloud_factory = cloud_factory
        self._save_calls = save_calls
        self._names: dict[str, _Name] = {}
        self._paused_until = 0.0
        #: Held by the one who asks.
        self._asking = threading.Lock()

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return id -> name, of those whose name is known after a short wait at most.

        Args:
            organization_ids: Organizations of one page.
        """
        ids = list(dict.fromkeys(organization_ids))
        if not self._asking.locked():
            self._tell(ids, LIST_WAIT_SECONDS)
        known = {each: self._names[each].text for each in ids if each in self._names}
        return {each: name for each, name in known.items() if name}

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> NameMatches:
        """Return which of the organizations have this name, in any case, and whether every name is known.

        Args:
            name: The whole name.
            organization_ids: Every organization that may be meant.
        """
        self._tell(organization_ids, ROUND_SECONDS)
        wanted = _spelled(name)
        known = [(each, self._names[each]) for each in organization_ids if each in self._names]
        now = time.monotonic()
        current = [each for each in known if each[1].until > now and not each[1].is_lacking]
        return NameMatches(
            organization_ids=tuple(each for each, kept in current if _spelled(kept.text) == wanted),
            is_complete=len(current) == len(organization_ids),
        )

    def _tell(self, organization_ids: Sequence[str], wait_seconds: float) -> None:
        """Ask for the names that lack, and return when they are current or the wait is over."""
        if not self._unasked(organization_ids) or time.monotonic() < self._paused_until:
            return
        until = time.monotonic() + ROUND_SECONDS
        thread = threading.Thread(target=self._ask, args=[organization_ids, until], name="names", daemon=True)
        thread.start()
        thread.join(wait_seconds)

    def _unasked(self, organization_ids: Iterable[str]) -> list[str]:
        now = time.monotonic()
        return [
            each for each in organization_ids if each not in self._names or self._names[each].until <= now
        ]

    def _ask(self, organization_ids: Sequence[str], until: float) -> None:
        """Ask until an instant; only one asks at a time, and none after it fell silent meanwhile."""
        if not self._asking.acquire(timeout=max(0.0, until - time.monotonic())):
            return
        calls: list[ProviderCall] = []
        try:
            lacking = self._unasked(organization_ids)[:ORGANIZATIONS_MAX]
            if lacking and time.monotonic() >= self._paused_until:
                self._ask_each(self._cloud_factory(calls.append), lacking, until)
        except Exception as error:  # noqa: BLE001 - a name is an extra: no list and no search fails for it
            self._pause(error)
        finally:
            self._asking.release()
        with suppress(Exception):
            self._save_calls(calls)

    def _ask_each(self, cloud: Cloud, organization_ids: Sequence[str], until: float) -> None:
        failures = 0
        for each in organization_ids:
            if time.monotonic() >= until:
                return
            try:
                name = name_in(cloud, each)
            except Exception as error:  # noqa: BLE001 - one that can't be told does not hide the others
                failures += 1
                again_at = time.monotonic() + PAUSE_SECONDS
                self._names[each] = _Name(text=self._text(each), until=again_at, is_lacking=True)
                if failures >= FAILURES_MAX or time.monotonic() >= until:
                    self._pause(error)
                    return
            else:
                failures = 0
                self._names[each] = _Name(text=name, until=time.monotonic() + KEPT_SECONDS)

    def _text(self, organization_id: str) -> str:
        """Return the last name that was told; lists go on to show it."""
        kept = self._names.get(organization_id)
        return kept.text if kept else ""

    def _pause(self, error: Exception) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS
        code = error.code if isinstance(error, PlanSwitchError) else type(error).__name__
        _log.warning("names_not_told", code=code)


def name_in(cloud: Cloud, organization_id: str) -> str:
    """Return the name of an organization: billing's, or the directory's where billing is not offered.

    Args:
        cloud: The outside.
        organization_id: Directory id of the organization; "" is the answer for one that nobody knows.
    """
    with suppress(UnknownOrganization):
        try:
            return cloud.billing.profile(organization_id).display_name
        except PartyMissing:
            return cloud.customers.own_name(organization_id)
    return ""


def _spelled(name: str) -> str:
    return " ".join(name.split()).casefold()
