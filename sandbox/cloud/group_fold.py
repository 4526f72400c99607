"""How journal records change groups and what they give their members."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.kernel.journal import Record
from sandbox.kernel.model import Group, Json, License, Organization, User

#: Name of a group that a record names by its id alone.
DEFAULT_NAME = "Licensing"


def group_of(organization: Organization, group_id: str) -> Group:
    """Return a group, which is made where there is none."""
    group = organization.groups.get(group_id)
    if group is None:
        group = organization.groups[group_id] = Group(group_id=group_id, display_name=DEFAULT_NAME)
    return group


def feed_license(
    organization: Organization,
    user: User,
    group_id: str,
    plan_id: str,
    disabled: tuple[str, ...],
    *,
    at: str,
) -> None:
    """Give a user a license by a group from now on, as one who has long been a member.

    Args:
        organization: Owner of the user.
        user: The user, who becomes a member.
        group_id: The group, which is made where there is none.
        plan_id: What it gives.
        disabled: Services that it switches off, where it does not give the plan yet.
        at: Instant of the change.
    """
    group = group_of(organization, group_id)
    group.members[user.user_id] = None
    set_feed(organization, user, group_id, plan_id, group.licenses.setdefault(plan_id, disabled), at=at)


def set_feed(
    organization: Organization,
    user: User,
    group_id: str,
    plan_id: str,
    disabled: tuple[str, ...] | None,
    *,
    at: str,
) -> None:
    """Give a user a license by a group, with services off; None: the group gives it no more."""
    old = user.licenses.get(plan_id)
    base = old or License(own=None, updated_at=at)
    new = base.fed(group_id, disabled, at)
    consumed = organization.consumed
    consumed[plan_id] = consumed.get(plan_id, 0) + (new is not None) - (old is not None)
    if new is None:
        user.licenses.pop(plan_id, None)
    else:
        user.licenses[plan_id] = new


def change_group(organization: Organization, record: Json) -> None:
    """Change what a group gives, and put the work on its members on the list."""
    group = group_of(organization, record["group_id"])
    group.display_name = record.get("name", group.display_name)
    for plan_id in record["remove"]:
        group.licenses.pop(plan_id, None)
    for plan_id, disabled in record["add"]:
        group.licenses[plan_id] = tuple(disabled)
    for user_id in record.get("join", ()):
        group.members[user_id] = None
    for user_id in record.get("leave", ()):
        group.members.pop(user_id, None)
    organization.group_work.append(dict(record["work"]))
    organization.sequence = record["sequence"]


def work_done(organization: Organization, record: Record) -> None:
    """Take over what a change of a group came to for some of its members."""
    for user_id, feeds, errors in record["changes"]:
        user = organization.users.get(user_id)
        if user is None:
            continue
        for plan_id, disabled in feeds.items():
            off = None if disabled is None else tuple(disabled)
            set_feed(organization, user, record["group_id"], plan_id, off, at=record["at"])
        _note_errors(user, record["group_id"], feeds, errors)
    work = next(one for one in organization.group_work if one["work_id"] == record["work_id"])
    work["done"] = record["done"]
    if work["done"] >= len(work["user_ids"]):
        organization.group_work.remove(work)


def _note_errors(user: User, group_id: str, feeds: Json, errors: Json) -> None:
    touched = {*feeds, *errors}
    kept = [one for one in user.license_errors if one[1] != group_id or one[0] not in touched]
    new = [(plan_id, group_id, word) for plan_id, word in errors.items()]
    user.license_errors = tuple(sorted((*kept, *new)))
    if errors and user.group_error is not None:
        word, times = user.group_error
        user.group_error = (word, times - 1) if times > 1 else None


def edit_group_error(organization: Organization, edit: Json, _at: str) -> None:
    """Plant what goes wrong for a user the next times."""
    word = edit["error"]
    organization.users[edit["user_id"]].group_error = None if word is None else (word, edit["times"])


def edit_group_licenses(organization: Organization, edit: Json, _at: str) -> None:
    """Change by hand what a group gives."""
    change_group(organization, edit)


def edit_group_member(organization: Organization, edit: Json, _at: str) -> None:
    """Add a user to a group by hand, or remove them."""
    change_group(organization, edit)


def edit_group_nested(organization: Organization, edit: Json, _at: str) -> None:
    """Put a group into another by hand, or take it out."""
    group, inner = group_of(organization, edit["group_id"]), group_of(organization, edit["inner_id"])
    group.display_name, inner.display_name = edit["name"], edit["inner_name"]
    if edit["is_member"]:
        group.groups[inner.group_id] = None
    else:
        group.groups.pop(inner.group_id, None)


#: Type of record -> what it does.
GROUP_RECORDS: dict[str, Callable[[Organization, Record], None]] = {
    "group_licenses": change_group,
    "group_work": work_done,
}
