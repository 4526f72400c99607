"""A usage location for users who have none, where the operator asked for it (rules#usage-location)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from activities.base.step import Step
from activities.base.turns import StageFence
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet, ProviderThrottled
from domain.licenses.move import CHUNK_SIZE_MAX
from domain.ports.directory_port import DirectoryUser, LicenseChangeResult
from domain.subscriptions.subscription import Subscription
from domain.switch.settings_events import LocationsAsked
from domain.switch.stage import FORWARD, Stage

#: Users of one switch who get a location; the record names each of them.
LOCATIONS_MAX = 10_000
_REMEDY = "The step repeats by itself."


def set_missing_locations(step: Step, pages: Iterable[Sequence[DirectoryUser]]) -> None:
    """Give users a usage location who have none; nothing is done where nobody asked for it.

    Who they are is recorded before the directory is asked: an attempt that dies in between is repeated. What
    the directory refuses shows when the user is to be moved.

    Args:
        step: The attempt that is about to move the users.
        pages: The users as the directory shows them now.

    Raises:
        NotReadyYet: The directory put off some of them.
        ProviderThrottled: The directory asks for a wait.
        RuleViolated: The switch has left the stages in which users are moved.
    """
    location = step.order.set_usage_location
    if location is None:
        return
    writer = _LocationWriter(step, location)
    for users in pages:
        lacking = [user for user in users if user.lacks_location]
        for start in range(0, len(lacking), CHUNK_SIZE_MAX):
            writer.give(lacking[start : start + CHUNK_SIZE_MAX])


class _LocationWriter:
    """Writes locations on behalf of one step."""

    def __init__(self, step: Step, location: str) -> None:
        self._step = step
        self._location = location
        self._fence = StageFence(step, FORWARD | {Stage.READY})
        self._quota = step.toolbox.write_quotas.of(step.order.organization_id)

    def give(self, users: Sequence[DirectoryUser]) -> None:
        """Record some users, and give them the location."""
        ids = self._recorded([user.directory_id for user in users])
        size = self._step.cloud.directory.batch_size
        put_off = [
            result
            for start in range(0, len(ids), size)
            for result in self._send(ids[start : start + size])
            if result.is_retryable
        ]
        if put_off:
            seconds = max(1.0, *(each.retry_after_seconds for each in put_off))
            users_text = "1 user" if len(put_off) == 1 else f"{len(put_off)} users"
            action = f"set the usage location of {users_text}, which it puts off"
            raise NotReadyYet(
                f"The directory put off the usage location of {users_text}.",
                retry_after_seconds=seconds,
                remedy=_REMEDY,
                awaited=Awaited(party=Party.DIRECTORY, action=action, remedy=_REMEDY),
            )

    def _recorded(self, directory_ids: Sequence[str]) -> list[str]:
        """Record those users who are not recorded yet, as far as there is room; return who is recorded."""
        step = self._step
        keys = step.store.vault.keys_for(step.order.organization_id, list(directory_ids))
        by_key = dict(zip(map(str, keys), directory_ids, strict=True))

        def change(source: Subscription) -> list[str]:
            known = step.state_of(source).usage_locations
            new = [key for key in by_key if key not in known][: max(0, LOCATIONS_MAX - len(known))]
            if new:
                step.advance(source, LocationsAsked, location=self._location, user_keys=new)
            return [key for key in by_key if key in known or key in new]

        return [by_key[key] for key in step.change_source(change, what="usage-locations")[0]]

    def _send(self, directory_ids: Sequence[str]) -> tuple[LicenseChangeResult, ...]:
        """Set the location of a batch once the directory's quota has room for it."""
        with self._quota.sending(len(directory_ids), time.sleep) as sent:
            self._fence.check()
            try:
                results = self._step.cloud.directory.set_locations(
                    self._step.order.organization_id, directory_ids, self._location
                )
            except ProviderThrottled as error:
                sent.heed_refusal(error, len(directory_ids))
                raise
            sent.heed(results)
            return results
