"""Who is to move where others stay: a list, a group, a department, a license (manual#some-users)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from activities.assessment.circumstances import SwitchQuestion, named_source
from activities.assessment.owned_plans import owned_source, owned_terms
from activities.directory.service_settings import organization_plans
from activities.directory.user_pages import user_pages
from domain.catalog.plans import Plan
from domain.kernel.errors import InvalidInput, UnknownGroup
from domain.kernel.shown_values import Words
from domain.licenses.group_licenses import require_direct_licenses
from domain.licenses.pilot import unknown_group
from domain.periods.proration import PER_SECOND, POLICIES
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser, UserPage
from domain.requests.terms import SwitchTerms
from services.assessment.asking import only_plan
from services.base.tools import Tools, recorded_cloud

#: Names that are told of users who can't be moved.
TOLD_MAX = 3
_ONE = "one of users_listed, users_of_group, users_of_department and users_with_plan"
_NOBODY = "users who hold the old plan by themselves, and not by a group alone"


@dataclass(frozen=True, kw_only=True, slots=True)
class UserChoice:
    """How somebody names users; at most one way at a time."""

    #: Object ids or principal names.
    users_listed: tuple[str, ...] = ()
    #: Id of a group of the directory.
    users_of_group: str | None = None
    #: Name of a department, as the directory has it.
    users_of_department: str | None = None
    #: Plan that they hold beside the old one, by any of its names.
    users_with_plan: str | None = None
    #: Id of a selection that is stored already.
    selection: str | None = None

    @property
    def is_made(self) -> bool:
        """Return whether anybody is named."""
        return bool(self._ways)

    @property
    def _ways(self) -> list[str]:
        names = ("users_listed", "users_of_group", "users_of_department", "users_with_plan", "selection")
        return [name for name in names if getattr(self, name)]

    def require_one(self) -> str:
        """Return the way in which users are named.

        Raises:
            InvalidInput: There are several.
        """
        if len(self._ways) != 1:
            raise InvalidInput(field=" and ".join(self._ways), value=Words("given"), allowed=_ONE)
        return self._ways[0]


#: Nobody is named, so that everyone moves.
EVERYONE = UserChoice()


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """A stored selection."""

    selection: str
    users: int


def with_selection(tools: Tools, question: SwitchQuestion, choice: UserChoice) -> SwitchQuestion:
    """Return a question with the users who are to move; one that names nobody is about everyone.

    Without a quantity, as many licenses are ordered as users move.

    Raises:
        InvalidInput: A user is unknown, does not hold the old plan, or nobody is left to be moved; or seconds
            are to be counted.
    """
    terms = question.terms
    require_known_services(tools, terms)
    if choice.is_made or terms.selection:
        _require_whole_days(terms.policy)
    if choice.is_made and terms.switch_back_of:
        raise InvalidInput(
            field=choice.require_one(),
            value=Words("given"),
            allowed="nothing with switch_back_of",
            remedy="`planswitch switch back SWITCH --leave-others` selects whom it can restore.",
        )
    if choice.is_made:
        plan_id = _owned_plan(tools, terms) if terms.licenses_only else ""
        made = selected(tools, terms.organization_id, terms.source_subscription_id, choice, plan_id=plan_id)
    elif terms.selection:
        made = known_selection(tools, terms.organization_id, terms.selection)
    else:
        return replace(question, terms=replace(terms, selected=0))
    quantity = made.users if terms.quantity is None and not terms.licenses_only else terms.quantity
    terms = replace(terms, selection=made.selection, selected=made.users, quantity=quantity)
    return replace(question, terms=terms, users_to_move=made.users)


def known_selection(tools: Tools, organization_id: str, selection: str) -> Selected:
    """Return a selection that is stored already.

    Raises:
        InvalidInput: The organization has none of that id.
    """
    count = tools.store.selection_count(organization_id, selection)
    if count is None:
        allowed = "the id of a selection that a quote of this organization has told"
        raise InvalidInput(field="selection", value=selection, allowed=allowed)
    return Selected(selection=selection, users=count)


def require_known_services(tools: Tools, terms: SwitchTerms) -> None:
    """Refuse a choice of services that nobody has made, or that a switch back would have to ignore.

    Raises:
        InvalidInput: The organization has no choice of that id, or the switch restores what users had.
    """
    choice_id = terms.user_services
    if choice_id is None:
        return
    if terms.switch_back_of:
        raise InvalidInput(field="user_services", value=choice_id, allowed="nothing with switch_back_of")
    require_services(tools, terms.organization_id, choice_id, lambda cloud: _target_plan(tools, cloud, terms))


def require_services(
    tools: Tools, organization_id: str, choice_id: str, target: Callable[[Cloud], str]
) -> None:
    """Refuse a choice of services that nobody has made, and one that was made for another plan.

    Args:
        tools: Where to look.
        organization_id: Whose users they are.
        choice_id: Id of the choice.
        target: Returns the id of the plan that the users get.

    Raises:
        InvalidInput: The organization has no choice of that id, or the plan lacks one of its services.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        plan = organization_plans(cloud, tools.catalog, organization_id).plan(target(cloud))
    require_services_of(tools, organization_id, choice_id, plan)


def require_services_of(tools: Tools, organization_id: str, choice_id: str, plan: Plan) -> None:
    """Refuse the same for a plan as the organization has it.

    Raises:
        InvalidInput: The organization has no choice of that id, or the plan lacks one of its services.
    """
    chosen = tools.store.user_services_named(organization_id, choice_id)
    if chosen is None:
        allowed = "the id that the check of a file of users of this organization has told"
        raise InvalidInput(field="user_services", value=choice_id, allowed=allowed)
    if plan.service_plans and not chosen <= plan.service_plan_ids:
        raise InvalidInput(
            field="user_services",
            value=choice_id,
            allowed=f"the id that the check of a file for {plan.name} has told",
        )


def _target_plan(tools: Tools, cloud: Cloud, terms: SwitchTerms) -> str:
    """Return the id of the plan that the users get."""
    if terms.licenses_only:
        return owned_terms(cloud, tools.catalog, terms).target_plan_id
    return tools.catalog.find(terms.target_plan_id).plan_id


def _require_whole_days(policy: str) -> None:
    """Refuse to count seconds where some users move: of the hours before the instant nobody would be billed.

    Raises:
        InvalidInput: The seller's own books give the old licenses back from the whole day on.
    """
    if policy == PER_SECOND:
        others = ", ".join(sorted(POLICIES.keys() - {PER_SECOND}))
        raise InvalidInput(
            field="policy",
            value=policy,
            allowed=others,
            remedy="The seller gives licenses back by whole days: take another policy, or let everyone move.",
        )


def _owned_plan(tools: Tools, terms: SwitchTerms) -> str:
    """Return the plan that users leave where both plans are owned, as the directory tells it."""
    with recorded_cloud(tools, terms.organization_id) as cloud:
        return owned_source(cloud, tools.catalog, terms).plan_id


def selected(
    tools: Tools,
    organization_id: str,
    subscription_id: str | None,
    choice: UserChoice,
    *,
    plan_id: str = "",
) -> Selected:
    """Read the named users at the directory, and store who of them is to move.

    Args:
        tools: Where to look, and to store.
        organization_id: Whose users they are.
        subscription_id: The subscription to leave; None is the only active plan.
        choice: How they are named.
        plan_id: The plan that they leave, where it is known; "": that of the subscription.

    Raises:
        InvalidInput: A user is unknown, does not hold the old plan, or nobody is left to be moved.
        LicensingGroupRefused: A listed user, or each user of a group, department or plan, has it by a group
            alone.
    """
    if choice.require_one() == "selection":
        return known_selection(tools, organization_id, choice.selection or "")
    with recorded_cloud(tools, organization_id) as cloud:
        if not plan_id:
            source_id = subscription_id or only_plan(tools, cloud, organization_id)
            plan_id = named_source(cloud, organization_id, source_id).plan_id
        users = chosen_users(tools, cloud, organization_id, choice, plan_id=plan_id)
    return stored(tools, organization_id, users)


def chosen_users(
    tools: Tools, cloud: Cloud, organization_id: str, choice: UserChoice, *, plan_id: str
) -> Sequence[DirectoryUser]:
    """Return the named users as the directory shows them; at least one.

    Args:
        tools: Knows the names of plans.
        cloud: Where they are read.
        organization_id: Whose users they are.
        choice: How they are named, but not by a selection.
        plan_id: The plan that they leave.

    Raises:
        InvalidInput: A user is unknown, does not hold the old plan, or nobody is left to be moved.
        LicensingGroupRefused: A listed user, or each user of a group, department or plan, has it by a group
            alone.
    """
    way = choice.require_one()
    if way == "users_listed":
        users = _listed(cloud, organization_id, choice.users_listed)
        _require_movable(users, plan_id)
    else:
        pages = _FILTERS[way](tools, cloud, organization_id, choice)
        holders = [user for page in pages for user in page if user.license_of(plan_id)]
        users = [user for user in holders if user.has_direct(plan_id)]
        if not users:
            require_direct_licenses(holders, plan_id)
    if not users:
        raise InvalidInput(field=way, value=getattr(choice, way), allowed=_NOBODY)
    return users


def has_same_users(
    tools: Tools, organization_id: str, recorded: str, choice: UserChoice, *, selection: str | None = None
) -> bool:
    """Return whether a repeated request names the users whom the record has, whatever became of them.

    A group, a department or a plan may have other users by now: those of the record count.

    Args:
        tools: Where to look.
        organization_id: Whose users they are.
        recorded: Selection of the request as it was recorded; "": everyone.
        choice: How users are named now.
        selection: Id of a selection that is named in their place.
    """
    if choice.selection:
        return recorded == choice.selection
    if choice.users_listed:
        return bool(recorded) and _is_recorded_list(tools, organization_id, recorded, choice)
    return bool(recorded) if choice.is_made else recorded == (selection or "")


def _is_recorded_list(tools: Tools, organization_id: str, recorded: str, choice: UserChoice) -> bool:
    """Return whether a list names the users of a selection; who was deleted since can only be counted.

    Raises:
        InvalidInput: Users are named in several ways.
    """
    choice.require_one()
    with recorded_cloud(tools, organization_id) as cloud:
        users, unknown = _read(cloud, organization_id, choice.users_listed)
    ids = sorted({user.directory_id for user in users})
    keys = tools.store.vault.keys_for(organization_id, ids)
    count = tools.store.selection_count(organization_id, recorded) or 0
    is_within = len(tools.store.selected_of(organization_id, recorded, keys)) == len(keys)
    return is_within and count - len(keys) == len(unknown)


def stored(tools: Tools, organization_id: str, users: Iterable[DirectoryUser]) -> Selected:
    """Store a selection of users, and return it; the same users are the same selection.

    Args:
        tools: Where to store.
        organization_id: Whose users they are.
        users: At least one.
    """
    ids = sorted({user.directory_id for user in users})
    keys = tools.store.vault.keys_for(organization_id, ids)
    return Selected(selection=tools.store.write_selection(organization_id, keys), users=len(ids))


def _listed(cloud: Cloud, organization_id: str, names: Sequence[str]) -> list[DirectoryUser]:
    """Return the users of these names.

    Raises:
        InvalidInput: The directory has no such user.
    """
    users, unknown = _read(cloud, organization_id, names)
    if unknown:
        raise InvalidInput(
            field="users_listed",
            value=", ".join(unknown[:TOLD_MAX]),
            allowed="object ids or principal names of users of the directory",
        )
    return users


def _read(cloud: Cloud, organization_id: str, names: Sequence[str]) -> tuple[list[DirectoryUser], list[str]]:
    """Return the users of these names, and the names that the directory does not know."""
    size = cloud.directory.batch_size
    once = list(dict.fromkeys(name.strip().lower() for name in names))
    users: list[DirectoryUser] = []
    unknown: list[str] = []
    for start in range(0, len(once), size):
        batch = once[start : start + size]
        read = cloud.directory.users(organization_id, batch)
        if len(read) < len(batch):
            # Two names of one user are no error.
            unknown += [name for name in batch if not cloud.directory.users(organization_id, [name])]
        users += read
    return users, unknown


def _require_movable(users: Sequence[DirectoryUser], plan_id: str) -> None:
    require_direct_licenses(users, plan_id)
    others = [user.directory_id for user in users if not user.has_direct(plan_id)]
    if others:
        more = f" and {len(others) - TOLD_MAX} more" if len(others) > TOLD_MAX else ""
        raise InvalidInput(field="users_listed", value=", ".join(others[:TOLD_MAX]) + more, allowed=_NOBODY)


def _of_group(
    _tools: Tools, cloud: Cloud, organization_id: str, choice: UserChoice
) -> Iterator[Sequence[DirectoryUser]]:
    group_id = choice.users_of_group or ""
    try:
        yield from user_pages(lambda cursor: cloud.groups.members_page(organization_id, group_id, cursor))
    except UnknownGroup as error:
        raise unknown_group(group_id) from error


def _of_department(
    _tools: Tools, cloud: Cloud, organization_id: str, choice: UserChoice
) -> Iterator[Sequence[DirectoryUser]]:
    name = choice.users_of_department or ""

    def read(cursor: str | None) -> UserPage:
        return cloud.directory.department_page(organization_id, name, cursor)

    return user_pages(read)


def _with_plan(
    tools: Tools, cloud: Cloud, organization_id: str, choice: UserChoice
) -> Iterator[Sequence[DirectoryUser]]:
    plan_id = tools.catalog.find(choice.users_with_plan or "").plan_id
    return user_pages(lambda cursor: cloud.directory.users_page(organization_id, plan_id, cursor))


_FILTERS: dict[str, Callable[[Tools, Cloud, str, UserChoice], Iterator[Sequence[DirectoryUser]]]] = {
    "users_of_group": _of_group,
    "users_of_department": _of_department,
    "users_with_plan": _with_plan,
}
