"""Every module that defines stored events; whoever reads the record imports this to know all topics."""

from __future__ import annotations

from types import ModuleType

from domain import (
    alarms,
    assessment,
    billing_events,
    checkout_events,
    control_events,
    group_events,
    license_edits,
    license_move,
    move_events,
    organization,
    outside_events,
    preflight_events,
    provisioning_events,
    recovery_events,
    return_events,
    settings_events,
    subscription,
    subscription_name,
    switch_events,
    wait_events,
    waiting_events,
)

#: Modules whose classes are registered under their topics when they are imported.
EVENT_MODULES: tuple[ModuleType, ...] = (
    alarms,
    assessment,
    billing_events,
    checkout_events,
    control_events,
    group_events,
    license_edits,
    license_move,
    move_events,
    organization,
    outside_events,
    preflight_events,
    provisioning_events,
    recovery_events,
    return_events,
    settings_events,
    subscription,
    subscription_name,
    switch_events,
    wait_events,
    waiting_events,
)
