"""Every module that defines stored events; code that reads the record imports this to know all topics."""

from __future__ import annotations

from types import ModuleType

from domain.approvals import approval_events
from domain.eligibility import assessment
from domain.licenses import move as license_move
from domain.operator import alarms, license_edits, manual_events
from domain.organizations import organization
from domain.products import product_acts
from domain.requests import checkout_events, wait_events
from domain.subscriptions import billing_events, subscription, subscription_name
from domain.switch import (
    control_events,
    group_events,
    move_events,
    outside_events,
    preflight_events,
    provisioning_events,
    recovery_events,
    return_events,
    settings_events,
    waiting_events,
)
from domain.switch import events as switch_events

#: Modules whose classes are registered under their topics when they are imported.
EVENT_MODULES: tuple[ModuleType, ...] = (
    alarms,
    approval_events,
    assessment,
    billing_events,
    checkout_events,
    control_events,
    group_events,
    license_edits,
    license_move,
    manual_events,
    move_events,
    organization,
    outside_events,
    preflight_events,
    product_acts,
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
