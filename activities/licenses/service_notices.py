"""What the directory's list of the new plan tells once the organization has it.

See rules#service_not_in_plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from activities.base.step import Step
from activities.directory.service_settings import settings_mapper
from domain.kernel.facts import as_plain
from domain.licenses.service_settings import ServiceTally
from domain.switch.events import SwitchRequested
from store.core.base import PAGE_SIZE_MAX
from store.core.rows import RosterRow

#: What tells two findings about the same service from each other.
Subject = tuple[str, str]


def new_service_notices(step: Step, *, users: int) -> list[dict[str, Any]]:
    """Return the findings about services that the request did not tell, since the plan was not listed yet.

    Args:
        step: The attempt that has frozen the roster.
        users: Users on it.
    """
    source = step.seen_source()
    mapper = settings_mapper(step, source)
    target_id = mapper.target.plan_id
    if not (mapper.plans.missing(target_id) or mapper.plans.added(target_id)):
        return []
    tally = ServiceTally()
    for row in _roster(step, users):
        settings = mapper.frozen(row.old_disabled, row.new_disabled, has_new=row.held_target)
        tally.add_settings(mapper, settings, unlisted=mapper.unlisted_of(row.old_disabled))
    known = _recorded(step)
    notices = [as_plain(each) for each in tally.findings(mapper)]
    return [each for each in notices if _subject(each) not in known]


def _roster(step: Step, users: int) -> Iterator[RosterRow]:
    for start in range(0, users, PAGE_SIZE_MAX):
        yield from step.store.roster_slice(step.order.switch_id, start, start + PAGE_SIZE_MAX)


def _recorded(step: Step) -> set[Subject]:
    requested = step.state_of(step.seen_source()).of(SwitchRequested)
    answer = requested.assessment.get("answer", {}) if requested else {}
    return {_subject(each) for each in answer.get("findings", ())}


def _subject(finding: dict[str, Any]) -> Subject:
    return finding["code"], str(finding["details"].get("service_plan_id", ""))
