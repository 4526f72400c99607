"""Which user somebody means who could not be moved: by key, directory id, the beginning of one, or name."""

from __future__ import annotations

from audit.users.unresolved import UnresolvedUser, unresolved_users
from console.access.dependencies import ConsoleDependencies
from domain.kernel.errors import InvalidInput
from domain.subscriptions.subscription import Subscription
from projections.reads.lists import PREFIX_MIN
from projections.reads.shown_rows import SwitchRow
from services.base.recorded_cloud import recorded_cloud

_SIGN = "@"
_ALLOWED = (
    "the directory id, the key, the first 8 characters of one, or the sign-in name of a user who could not"
    " be moved"
)


def failed_user(
    console: ConsoleDependencies, source: Subscription, row: SwitchRow, text: str
) -> UnresolvedUser:
    """Return the user who could not be moved and is named by a text.

    Args:
        console: Where to look; the directory is asked about a sign-in name alone.
        source: The subscription that the switch leaves.
        row: The switch as the board shows it.
        text: What somebody wrote.

    Raises:
        InvalidInput: No such user is waited for, or several begin so.
    """
    users = unresolved_users(console.store, source, row.switch_id)
    wanted = text.strip().lower()
    if _SIGN in wanted and users:
        wanted = _directory_id(console, row.organization_id, wanted)
    found = [each for each in users if _is_named(each, wanted)]
    if len(found) == 1:
        return found[0]
    raise InvalidInput(
        field="user",
        value=text,
        allowed="more characters: several users begin so" if found else _ALLOWED,
        remedy=f"`planswitch switch show {row.switch_id[:8]}` lists them.",
    )


def _is_named(user: UnresolvedUser, wanted: str) -> bool:
    names = (user.user_key, user.directory_id.lower())
    return wanted in names or (len(wanted) >= PREFIX_MIN and any(name.startswith(wanted) for name in names))


def _directory_id(console: ConsoleDependencies, organization_id: str, name: str) -> str:
    """Return the directory id of a sign-in name, or the name where nobody has it."""
    with recorded_cloud(console, organization_id) as cloud:
        found = cloud.directory.users(organization_id, [name])
    return found[0].directory_id.lower() if found else name
