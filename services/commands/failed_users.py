"""Users who could not be moved: whom somebody means, what a skip would mean, and doing it."""

from __future__ import annotations

from dataclasses import asdict, replace

from audit.users.user_outcomes import FailedUser, UnresolvedUser, unresolved_users
from domain.kernel.errors import InvalidInput
from domain.operator.operator_commands import kept_plan, loses_license
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.control_events import RETRY_USERS
from domain.switch.events import SwitchRequested
from projections.reads.shown_rows import SwitchRow
from projections.reads.switch_search import PREFIX_MIN
from services.answers import CommandTaken
from services.base.switch_rows import is_waiting, required_source
from services.base.tools import Tools, recorded_cloud
from services.commands.send import send
from workflows.base.messages import RetryUsers, SkipUser

SKIP_USER = "skip_user"
_SIGN = "@"
_ALLOWED = (
    "the directory id, the key, the first 8 characters of one, or the sign-in name of a user who could not"
    " be moved"
)


def skip_outcome(tools: Tools, row: SwitchRow, user: str) -> FailedUser:
    """Return what a skip would mean for a user (rules#operator-controls).

    Raises:
        UnknownSwitch: The record does not hold the switch.
        InvalidInput: No such user is waited for, or several begin so.
    """
    source = required_source(tools, row)
    failed = failed_user(tools, source, row, user)
    state = source.switch(row.switch_id)
    requested = state.require(SwitchRequested)
    catalog = tools.catalogs.version(requested.catalog_version)
    directory_user = _in_directory(tools, row.organization_id, failed.directory_id)
    return FailedUser(
        **asdict(failed),
        switch_id=row.switch_id,
        kept_plan_id=kept_plan(catalog, source.plan_id, directory_user) if directory_user else "",
        # Of licenses only the old plan stays, and whoever is skipped goes on with it.
        loses_license=not state.is_licenses_only and loses_license(catalog, source.plan_id, directory_user),
        is_gone=directory_user is None,
    )


def skip_user(tools: Tools, row: SwitchRow, command: SkipUser) -> CommandTaken:
    """Leave a user behind who could not be moved; the command names the user as an operator does.

    Raises:
        UnknownSwitch: The record does not hold the switch.
        InvalidInput: No such user is waited for, or several begin so.
    """
    (key,) = _keys(tools, row, (command.user_key,), command.request_id)
    return send(tools, row, SKIP_USER, replace(command, user_key=key))


def retry_users(tools: Tools, row: SwitchRow, command: RetryUsers) -> CommandTaken:
    """Try single users again; they are named, and refused, as the user of a skip is."""
    keys = _keys(tools, row, command.user_keys, command.request_id)
    return send(tools, row, RETRY_USERS, replace(command, user_keys=keys))


def _keys(tools: Tools, row: SwitchRow, users: tuple[str, ...], request_id: str) -> tuple[str, ...]:
    """Return the opaque keys of users who could not be moved.

    A command that was taken before is sent with its users as they came: the switch answers it again, although
    it waits for them no more. Of a request that waits no user is known, and the command is refused as any.
    """
    if is_waiting(row):
        return users
    source = required_source(tools, row)
    is_repeated = request_id in source.switch(row.switch_id).commands

    def key_of(user: str) -> str:
        try:
            return failed_user(tools, source, row, user).user_key
        except InvalidInput:
            if is_repeated:
                return user
            raise

    return tuple(key_of(each) for each in users)


def failed_user(tools: Tools, source: Subscription, row: SwitchRow, text: str) -> UnresolvedUser:
    """Return the user who could not be moved and is named by a text.

    Args:
        tools: Where to look; the directory is asked about a sign-in name alone.
        source: The subscription that the switch leaves.
        row: The switch as the board shows it.
        text: What somebody wrote.

    Raises:
        InvalidInput: No such user is waited for, or several begin so.
    """
    users = unresolved_users(tools.store, source, row.switch_id)
    wanted = text.strip().lower()
    if _SIGN in wanted and users:
        named = _in_directory(tools, row.organization_id, wanted)
        wanted = named.directory_id.lower() if named else wanted
    matches = [each for each in users if _is_named(each, wanted)]
    if len(matches) == 1:
        return matches[0]
    raise InvalidInput(
        field="user",
        value=text,
        allowed="more characters: several users begin so" if matches else _ALLOWED,
        remedy=f"`planswitch switch show {row.switch_id[:8]}` lists them.",
    )


def _is_named(user: UnresolvedUser, wanted: str) -> bool:
    names = (user.user_key, user.directory_id.lower())
    return wanted in names or (len(wanted) >= PREFIX_MIN and any(name.startswith(wanted) for name in names))


def _in_directory(tools: Tools, organization_id: str, name: str) -> DirectoryUser | None:
    """Return the user with this directory id or sign-in name; None where nobody has it, or none is given."""
    if not name:
        return None
    with recorded_cloud(tools, organization_id) as cloud:
        users = cloud.directory.users(organization_id, [name])
    return users[0] if users else None
