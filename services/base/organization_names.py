"""Names of organizations as billing tells them, kept for a while in this process and never in the record.

A list must not wait for a silent billing: it shows the names that are known, while a thread asks for others.
A name finds an organization only if billing has told the names of all: a name that two have is never guessed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from domain.kernel.errors import PlanSwitchError, UnknownOrganization
from domain.ports.cloud import CloudFactory, ProviderCall

#: How long a name counts; a list shows a new one after that.
KEPT_SECONDS = 600.0
#: How long nobody asks again after billing gave no answer.
PAUSE_SECONDS = 60.0
#: Longest that a list waits for names that it lacks.
LIST_WAIT_SECONDS = 0.5
#: Organizations whose names are asked for to find one; of more, a name finds none.
ORGANIZATIONS_MAX = 500
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    """One name; "" for an organization that billing does not know."""

    text: str
    until: float


class BilledNames:
    """The names that billing has for organizations; thread safe.

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
        #: Held by the one who asks billing.
        self._asking = threading.Lock()

    def names_of(self, organization_ids: Iterable[str]) -> Mapping[str, str]:
        """Return id -> name, of those whose name is known after a short wait at most.

        Args:
            organization_ids: Organizations of one page.
        """
        ids = list(dict.fromkeys(organization_ids))
        lacking = self._lacking(ids)
        if lacking and time.monotonic() >= self._paused_until and not self._asking.locked():
            thread = threading.Thread(target=self._ask, args=[lacking], name="names", daemon=True)
            thread.start()
            thread.join(LIST_WAIT_SECONDS)
        known = {each: self._names[each].text for each in ids if each in self._names}
        return {each: name for each, name in known.items() if name}

    def ids_named(self, name: str, organization_ids: Sequence[str]) -> list[str]:
        """Return which of the organizations have this name, in any case; none where not all can be asked.

        Args:
            name: The whole name.
            organization_ids: Every organization that may be meant.
        """
        if len(organization_ids) > ORGANIZATIONS_MAX:
            _log.warning("names_not_asked", organizations=len(organization_ids), most=ORGANIZATIONS_MAX)
            return []
        lacking = self._lacking(organization_ids)
        if lacking and time.monotonic() >= self._paused_until:
            self._ask(lacking)
        if self._lacking(organization_ids):
            return []
        wanted = _spelled(name)
        return [each for each in organization_ids if _spelled(self._names[each].text) == wanted]

    def _lacking(self, organization_ids: Iterable[str]) -> list[str]:
        now = time.monotonic()
        return [
            each for each in organization_ids if each not in self._names or self._names[each].until <= now
        ]

    def _ask(self, organization_ids: Iterable[str]) -> None:
        """Ask billing for names; what it does not tell now is asked for after a pause."""
        calls: list[ProviderCall] = []
        with self._asking:
            try:
                billing = self._cloud_factory(calls.append).billing
                for each in self._lacking(organization_ids):
                    name = ""
                    with suppress(UnknownOrganization):
                        name = billing.profile(each).display_name
                    self._names[each] = _Name(text=name, until=time.monotonic() + KEPT_SECONDS)
            except Exception as error:  # noqa: BLE001 - a name is an extra: no list and no search fails for it
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                code = error.code if isinstance(error, PlanSwitchError) else type(error).__name__
                _log.warning("names_not_told", code=code)
            with suppress(Exception):
                self._save_calls(calls)


def _spelled(name: str) -> str:
    return " ".join(name.split()).casefold()
