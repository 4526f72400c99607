"""Services that an operator has chosen for single users, with the request or with a start of `reassign`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from activities.base.step import Step
from domain.catalog.disabled_services import DisabledMapping
from domain.licenses.service_settings import SettingsMapper, disabled_of
from domain.operator.manual_events import ManualStepBegun
from domain.ports.directory_port import DirectoryUser
from domain.switch.switch_state import SwitchState
from store.core.rows import RosterRow

Choices = dict[UUID, tuple[str, ...]]


def chosen_services(step: Step, state: SwitchState, keys: Sequence[UUID]) -> Choices:
    """Return which services are to be off under the new plan; users for whom nobody chose are left out.

    What a later start says of a user counts before what an earlier one said.

    Args:
        step: The attempt that asks.
        state: The switch.
        keys: Of the users.
    """
    starts = (each for each in state.starts.values() if isinstance(each, ManualStepBegun))
    choices = [step.order.user_services or "", *(each.user_services for each in starts)]
    chosen: Choices = {}
    for choice in filter(None, choices):
        chosen |= step.store.user_services_of(step.order.organization_id, choice, keys)
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
        return mapper.chosen(row.old_disabled, chosen[row.user_key])
    return mapper.frozen(row.old_disabled, row.new_disabled, has_new=row.held_target)
