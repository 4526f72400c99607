"""Deciding again what a store has, on the recorded basis or with another input."""

from __future__ import annotations

from typing import Any

from activities.credit.business_calendar import business_calendar
from audit.whatif.basis import Basis, Input
from audit.whatif.switches import WhatIf, what_if_all
from domain.catalog.catalog import load_catalog
from store.record.catalogs import Catalogs
from store.switch_store import SwitchStore


def basis(changed: Input = Input.RECORDED, name: str = "", catalogs: Catalogs | None = None) -> Basis:
    """Return what decisions are made by; without a store there is the built-in catalog alone."""
    return Basis(
        changed=changed,
        name=name,
        catalog_of=catalogs.version if catalogs else lambda _version: load_catalog(),
        calendar_of=lambda profile, years: business_calendar(profile, years).calendar,
    )


def differing(answers: list[WhatIf]) -> list[Any]:
    """Return every difference."""
    return [difference for each in answers for difference in each.differences]


def decided_again(store: SwitchStore, catalogs: Catalogs) -> list[WhatIf]:
    """Decide everything again as it was recorded."""
    return list(what_if_all(store, basis(catalogs=catalogs)))
