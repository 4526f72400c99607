"""Quill's plans as a version of the product's catalog."""

from __future__ import annotations

from typing import Any

from domain.catalog.documents import CatalogContent, content_of
from store.record.catalogs import Catalogs, CurrentVersion
from tests.support.clouds.quill.state import BUSINESS, CURRENCY, PRICES, STARTER

VERSION = "quill-1"


def make_current(catalogs: Catalogs) -> None:
    """Let an installation sell Quill's plans and no others."""
    catalogs.save_import(
        CurrentVersion(number=1, name=VERSION), quill_catalog(), file_digest="", report={}, actor="ada"
    )


def quill_catalog() -> CatalogContent:
    """Return the two plans; both have the services that hold people's data, the second more of them."""
    return content_of(
        {
            "service_plans": [_service("mail", tier) for tier in (1, 2)]
            + [_service("files", tier) for tier in (1, 2)],
            "plans": [_plan(STARTER, rank=1), _plan(BUSINESS, rank=2)],
            "paths": [],
        }
    )


def _service(name: str, tier: int) -> dict[str, Any]:
    return {
        "service_plan_id": f"{name}-{tier}",
        "name": f"QUILL_{name.upper()}_{tier}",
        "friendly_name": f"Quill {name.capitalize()} {tier}",
        "service": name,
        "family": name,
        "tier": tier,
        "is_data_service": True,
    }


def _plan(plan_id: str, *, rank: int) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "part_number": plan_id,
        "name": plan_id.replace("-", " ").title(),
        "name_2014": "",
        "aliases": [],
        "kind": "plan",
        "family": "quill",
        "service_family": "quill",
        "family_rank": rank,
        "segment": "commercial",
        "user_cap": None,
        "retired": False,
        "placeholder": False,
        "tiers": {"exchange": 0, "sharepoint": 0, "skype_teams": 0},
        "prices": [{"currency": CURRENCY, "unit_price_minor_units": PRICES[plan_id], "invented": False}],
        "service_plan_ids": [f"mail-{rank}", f"files-{rank}"],
    }
