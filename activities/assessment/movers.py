"""Who of the users of the old plan moves: everyone, or those of a selection (manual#some-users)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.licenses.restored_settings import RESTORED, RestoringMapper
from domain.licenses.service_settings import SettingsMapper
from domain.ports.directory_port import DirectoryUser
from domain.reasons.findings import USERS_NOT_RESTORED
from domain.requests.terms import SwitchTerms
from store.switch_store import SwitchStore

Users = Sequence[DirectoryUser]


def movers(
    store: SwitchStore | None, terms: SwitchTerms, mapper: SettingsMapper | None = None
) -> Callable[[Users], Users]:
    """Return who of some users of the old plan is to move: everyone, or those of the selection.

    Args:
        store: Where the selection is; None takes everyone.
        terms: Of the switch.
        mapper: Of a switch back of some users: who was selected and can't be restored any more stays, unless
            it was confirmed that they move (rules#switch-back). None: whoever is selected moves.
    """
    organization_id, selection = terms.organization_id, terms.selection
    if store is None or not selection:
        return lambda users: users

    def chosen(users: Users) -> Users:
        keys = store.vault.known_keys(organization_id, [user.directory_id for user in users])
        wanted = store.selected_of(organization_id, selection, keys)
        return [user for user, key in zip(users, keys, strict=True) if key in wanted]

    if not isinstance(mapper, RestoringMapper) or USERS_NOT_RESTORED in terms.acknowledgments:
        return chosen

    def restorable(users: Users) -> Users:
        mapper.read(users)
        return [user for user in chosen(users) if mapper.since(user) == RESTORED]

    return restorable
