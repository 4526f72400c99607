"""A switch back of those alone whom it restores; the others stay as they are (rules#switch-back)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from activities.directory.original_settings import first_switch, restoring_mapper
from activities.directory.service_settings import organization_plans
from activities.directory.user_pages import user_pages
from domain.kernel.errors import InvalidInput, RuleViolated, UnknownSwitch
from domain.kernel.ids import switch_id_of
from domain.licenses.restored_settings import RESTORED, RestoringMapper
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser
from domain.reasons.findings import USERS_NOT_RESTORED
from domain.requests.terms import SwitchTerms
from services.assessment.selections import Selected, stored
from services.assessment.switch_back import BackOptions, require_switch_back
from services.base.tools import Tools, recorded_cloud

OPTION = "leave_others"
_EVERYONE = f"Take everyone back with `--acknowledge {USERS_NOT_RESTORED}`, without `--leave-others`."


def with_restorable_users(
    tools: Tools, terms: SwitchTerms, options: BackOptions, *, actor: str, request_id: str | None = None
) -> SwitchTerms:
    """Return terms by which only those move whom the switch back restores, by hand, if that was chosen.

    Args:
        tools: Where to look, and to store.
        terms: Of the switch back of everyone.
        options: What an operator chose.
        actor: Who asks.
        request_id: Of a start. One that is sent again is about the users whom it was about.

    Raises:
        SwitchBackRefused: The switch may not be taken back.
        InvalidInput: It is chosen beside the acknowledgment that the others move, or there are no others;
            or users are selected and nobody is to be left.
        RuleViolated: Nobody can be restored.
    """
    if not options.leave_others:
        if options.selection is not None:
            raise InvalidInput(
                field="selection", value=options.selection, allowed="nothing without leave_others"
            )
        return terms
    if USERS_NOT_RESTORED in terms.acknowledgments:
        allowed = f"one of `--leave-others` and the acknowledgment {USERS_NOT_RESTORED}, as each decides"
        raise InvalidInput(field=OPTION, value=True, allowed=allowed)
    selection = options.selection or _recorded(tools, terms.organization_id, request_id)
    if selection is None:
        require_switch_back(tools, terms, now=datetime.now(tz=UTC), actor=actor)
        selection = _restorable(tools, terms).selection
    # One license for each of them, unless the operator said otherwise.
    return replace(terms, mode="manual", selection=selection, quantity=options.quantity)


def _recorded(tools: Tools, organization_id: str, request_id: str | None) -> str | None:
    """Return the selection of a start that is recorded already; None: it is not."""
    if request_id is None:
        return None
    try:
        known = first_switch(tools.store, organization_id, switch_id_of(organization_id, request_id))
    except UnknownSwitch:
        return None
    return known.requested.order.get("selection")


def _restorable(tools: Tools, terms: SwitchTerms) -> Selected:
    """Read everyone on the plan that is left, and store who of them can be restored."""
    organization_id = terms.organization_id
    with recorded_cloud(tools, organization_id) as cloud:
        plans = organization_plans(cloud, tools.catalog, organization_id)
        mapper = restoring_mapper(tools.store, plans, organization_id, str(terms.switch_back_of))
        parts = parted(mapper, _pages(cloud, organization_id, mapper.source.plan_id))
    require_parted(parts)
    return stored(tools, organization_id, parts.users)


@dataclass(kw_only=True, slots=True)
class Parted:
    """The users of the plan that is left, by what a switch back can do for them."""

    #: It restores them one by one.
    users: list[DirectoryUser] = field(default_factory=list)
    #: It restores them with their whole licensing group alone, which a switch of some users does not change.
    members: int = 0
    #: They joined or were changed by hand: it has nothing to give back to them.
    others: int = 0


def require_parted(parts: Parted) -> None:
    """Refuse to leave the others where there are none, or where nobody would move.

    Raises:
        InvalidInput: Everybody can be restored, some of them with their licensing group.
        RuleViolated: Nobody can be restored one by one.
    """
    in_groups = f", {parts.members} of them with the group that gives the license" if parts.members else ""
    if not parts.others:
        raise InvalidInput(
            field=OPTION,
            value=True,
            allowed=f"nothing here: every user of the plan can be restored{in_groups}",
            remedy="Take the switch back without `--leave-others`.",
        )
    if not parts.users:
        raise RuleViolated(
            f"None of the {parts.members + parts.others} users of the plan can be taken back one by one: "
            f"{parts.others} joined or were changed by hand, and {parts.members} have the license by a "
            "group, which can't be changed for some of its members.",
            remedy=_EVERYONE,
        )


def _pages(cloud: Cloud, organization_id: str, plan_id: str) -> Iterable[tuple[DirectoryUser, ...]]:
    return user_pages(lambda cursor: cloud.directory.users_page(organization_id, plan_id, cursor))


def parted(mapper: RestoringMapper, pages: Iterable[tuple[DirectoryUser, ...]]) -> Parted:
    """Part the users of the plan that is left.

    Args:
        mapper: Compares each with the record of the switch that is taken back.
        pages: Everybody on the plan.
    """
    parts = Parted()
    for page in pages:
        mapper.read(page)
        restored = [user for user in page if mapper.since(user) == RESTORED]
        moving = [user for user in restored if user.has_direct(mapper.source.plan_id)]
        parts.users += moving
        parts.members += len(restored) - len(moving)
        parts.others += len(page) - len(restored)
    return parts
