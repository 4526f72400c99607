"""Words for what stands in an event: plans, instants and names of the record as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.catalog.catalog import UnknownPlan, load_catalog


def time_of(moment: datetime) -> str:
    """Return an instant for people, to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def codes_of(reasons: Sequence[dict[str, Any]]) -> str:
    """Return the codes of what stands in the way of a request that waits."""
    return ", ".join(each["code"] for each in reasons) or "nothing blocks the switch"


def name_words(name: str) -> str:
    """Return a name of the record as people read it."""
    return name.replace("_", " ")


def plan_name(plan_id: str) -> str:
    """Return the name that people use today, or the id of a plan that the catalog no longer has."""
    try:
        return load_catalog().plan(plan_id).name
    except UnknownPlan:
        return f"plan {plan_id}"
