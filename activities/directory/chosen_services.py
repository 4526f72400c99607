"""Services that an operator has chosen for single users, with the request or with a start of `reassign`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from activities.base.step import Step
from domain.catalog.disabled_services import DisabledMapping, service_rules
from domain.licenses.service_settings import SettingsMapper, disabled_of
from domain.operator.manual_events import ManualStepBegun
from domain.ports.directory_port import DirectoryUser
from domain.switch.events import SwitchRequested
from domain.switch.switch_state import SwitchState
from store.core.rows import RosterRow
from store.switch_store import SwitchStore

Choices = dict[UUID, tuple[str, ...]]


def chosen_services(step: Step, state: SwitchState, keys: Sequence[UUID]) -> Choices:
    """Return which services are to be off under the new plan; users for whom nobody chose are left out.

    What a later start says of a user counts before what an earlier one said.

    Args:
        step: The attempt that asks.
        state: The switch.
        keys: Of the users.
    """
    return recorded_choices(step.store, step.order.organization_id, state, keys)


def recorded_choices(
    store: SwitchStore, organization_id: str, state: SwitchState, keys: Sequence[UUID]
) -> Choices:
    """Return the same of any switch, by its record.

    Args:
        store: The event store.
        organization_id: Directory id of the organization.
        state: The switch.
        keys: Of the users.
    """
    requested = state.of(SwitchRequested)
    starts = (each for each in state.starts.values() if isinstance(each, ManualStepBegun))
    choices = [
        str((requested.order if requested else {}).get("user_services") or ""),
        *(each.user_services for each in starts),
    ]
    chosen: Choices = {}
    for choice in filter(None, choices):
        chosen |= store.user_services_of(organization_id, choice, keys)
    return chosen


def settings_of_user(
    mapper: SettingsMapper, user: DirectoryUser, chosen: tuple[str, ...] | None
) -> DisabledMapping:
    """Return the settings of a user as the directory shows them now.

    Args:
        mapper: Carries switched-off services over.
        user: The user.
        chosen: Ids of services that an operator has chosen to be off; None: nobody chose any.
    """
    if chosen is None:
        return mapper.of_user(user)
    old_disabled = disabled_of(user, mapper.source.plan_id)
    return mapper.chosen(old_disabled, chosen, mapper.services_of(user).beside)


def frozen_settings(mapper: SettingsMapper, row: RosterRow, chosen: Choices) -> DisabledMapping:
    """Return the settings of a user of the roster.

    Args:
        mapper: Carries switched-off services over.
        row: What was frozen.
        chosen: What operators have chosen.
    """
    if row.user_key in chosen:
        return _frozen_choice(mapper, row, chosen[row.user_key])
    return mapper.frozen(row.old_disabled, row.new_disabled, has_new=row.held_target)


def _frozen_choice(mapper: SettingsMapper, row: RosterRow, chosen: tuple[str, ...]) -> DisabledMapping:
    """Return the settings that were chosen for a user of the roster.

    A service that needs another one may be on where a further license of the user has that one on. Which
    licenses there are the roster does not know; what was frozen for the same choice has seen them.
    """
    alone = mapper.chosen(row.old_disabled, chosen)
    frozen = frozenset(row.new_disabled)
    wanted = frozenset(chosen) & mapper.target.service_plan_ids
    if wanted <= frozen < frozenset(alone.new_disabled):
        return mapper.chosen(row.old_disabled, row.new_disabled, tuple(sorted(service_rules().needed)))
    return alone
