"""Looking at each user before the order: what the directory would refuse (rules section 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from activities.preparation import Prepared
from activities.step import Step
from domain.catalog import Catalog
from domain.facts import as_plain
from domain.ports import Cloud, DirectoryUser
from domain.preflight import Preflight, PreflightCheck
from domain.preflight_events import PreflightChecked
from domain.subscription import Subscription

#: Users who are read before the order; of more the first ones are, and it is said so.
USERS_MAX = 10_000
PAGES_MAX = 1_000


def preflight(
    cloud: Cloud,
    catalog: Catalog,
    prepared: Prepared,
    *,
    look: Callable[[Sequence[DirectoryUser]], object] = len,
) -> Preflight:
    """Read the users of the old plan and return what they are to expect.

    Args:
        cloud: The outside.
        catalog: Plans of the switch.
        prepared: The answer to the question that was asked.
        look: Is shown each page, so that what else is asked of the users needs no second reading.
    """
    organization_id, plan_id = prepared.question.organization_id, prepared.source.plan_id
    check = PreflightCheck(
        catalog=catalog,
        source=catalog.plan(plan_id),
        target=catalog.plan(prepared.question.target_plan_id),
    )
    cursor: str | None = None
    for _ in range(PAGES_MAX):
        page = cloud.directory.users_page(organization_id, plan_id, cursor)
        check.add(page.users)
        look(page.users)
        cursor = page.next_cursor
        if cursor is None or check.checked >= USERS_MAX:
            break
    return check.result(users=prepared.users, quantity=prepared.quantity)


def record_preflight(step: Step, source: Subscription, found: Preflight) -> None:
    """Append what the users are to expect, by their opaque keys."""
    findings: list[dict[str, Any]] = []
    for each in found.findings:
        keys = step.store.vault.keys_for(step.order.organization_id, each.named)
        facts: dict[str, Any] = as_plain(each)
        del facts["named"]
        findings.append({**facts, "user_keys": [str(key) for key in keys]})
    source.advance(
        PreflightChecked,
        at=step.at,
        meta=step.meta(),
        users=found.users,
        users_checked=found.users_checked,
        failing=found.failing,
        findings=findings,
    )
