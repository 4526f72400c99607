"""The preview of a switch, user by user: what each has, what each gets, and what stands in the way.

Each row is one of a file of users (user_files.py): edited, it runs as it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from domain.catalog.plans import Plan, ServicePlan
from domain.licenses.license_failures import license_failure
from domain.licenses.preflight import FED_BY_GROUP, NO_FAILURES, PreflightCheck
from domain.licenses.service_settings import SettingsMapper, disabled_of
from domain.ports.directory_port import NamedUser
from domain.requests.user_files import (
    ACTION_COLUMN,
    FACTS_COLUMN,
    SERVICE_SEPARATOR,
    SERVICES_COLUMN,
    USER,
    RowAction,
    facts_digest,
    service_name,
    services_on,
)

#: The first four are read when the file is run; the others are information.
COLUMNS = (
    USER,
    ACTION_COLUMN,
    SERVICES_COLUMN,
    FACTS_COLUMN,
    "object_id",
    "from",
    "to",
    "services_kept",
    "services_lost",
    "services_granted",
    "in_the_way",
)
_BETWEEN = f"{SERVICE_SEPARATOR} "
_NOBODY: Mapping[str, Sequence[str]] = MappingProxyType({})


def preview_rows(
    users: Iterable[NamedUser], mapper: SettingsMapper, chosen: Mapping[str, Sequence[str]] = _NOBODY
) -> Iterator[tuple[str, ...]]:
    """Yield the row of each user who holds the old plan, in the order of COLUMNS.

    Args:
        users: As the directory shows them, with their names.
        mapper: Carries switched-off services over from the old plan to the new one.
        chosen: Directory id -> ids of the services that somebody has chosen to be off; for everyone else the
            rules decide.
    """
    check = PreflightCheck(source=mapper.source, target=mapper.target, mapper=mapper)
    for each in users:
        off = chosen.get(each.user.directory_id)
        if off is None:
            off = mapper.of_user(each.user).new_disabled
        yield _row(each, mapper, off, check.code_of(each.user))


def _row(named: NamedUser, mapper: SettingsMapper, off: Sequence[str], obstacle: str) -> tuple[str, ...]:
    user, source, target = named.user, mapper.source, mapper.target
    before = list(services_on(source, disabled_of(user, source.plan_id)))
    after = list(services_on(target, off))
    had, has = {each.service for each in before}, {each.service for each in after}
    return (
        named.principal_name or user.directory_id,
        RowAction.MOVE,
        _named([each for each in target.service_plans if each.service_plan_id in set(off)], target),
        facts_digest(user, source_plan_id=source.plan_id, target_plan_id=target.plan_id),
        user.directory_id,
        source.name,
        target.name,
        _named([each for each in after if each.service in had], target),
        _named([each for each in before if each.service not in has], source),
        _named([each for each in after if each.service not in had], target),
        _words(obstacle),
    )


def _named(services: Sequence[ServicePlan], plan: Plan) -> str:
    return _BETWEEN.join(sorted(service_name(each, plan) for each in services))


def _words(code: str) -> str:
    """Return what keeps a user from being moved; "" where nothing does."""
    if not code:
        return ""
    if code == FED_BY_GROUP:
        return NO_FAILURES[code][0]
    failure = license_failure(code)
    return f"{failure.message}. {failure.remedy}"
