from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shown_account import ShownAccount
    from ..models.shown_change import ShownChange
    from ..models.shown_key import ShownKey
    from ..models.shown_session import ShownSession


T = TypeVar("T", bound="AccountDetails")


@_attrs_define
class AccountDetails:
    """An account with its changes, keys and open sessions.

    Attributes:
        account (ShownAccount): A person or a service account.
        changes (list[ShownChange]): The newest first.
        keys (list[ShownKey]):
        sessions (list[ShownSession]):
    """

    account: ShownAccount
    changes: list[ShownChange]
    keys: list[ShownKey]
    sessions: list[ShownSession]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account = self.account.to_dict()

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        keys = []
        for keys_item_data in self.keys:
            keys_item = keys_item_data.to_dict()
            keys.append(keys_item)

        sessions = []
        for sessions_item_data in self.sessions:
            sessions_item = sessions_item_data.to_dict()
            sessions.append(sessions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account": account,
                "changes": changes,
                "keys": keys,
                "sessions": sessions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_account import ShownAccount  # noqa: PLC0415
        from ..models.shown_change import ShownChange  # noqa: PLC0415
        from ..models.shown_key import ShownKey  # noqa: PLC0415
        from ..models.shown_session import ShownSession  # noqa: PLC0415

        d = dict(src_dict)
        account = ShownAccount.from_dict(d.pop("account"))

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = ShownChange.from_dict(changes_item_data)

            changes.append(changes_item)

        keys = []
        _keys = d.pop("keys")
        for keys_item_data in _keys:
            keys_item = ShownKey.from_dict(keys_item_data)

            keys.append(keys_item)

        sessions = []
        _sessions = d.pop("sessions")
        for sessions_item_data in _sessions:
            sessions_item = ShownSession.from_dict(sessions_item_data)

            sessions.append(sessions_item)

        account_details = cls(
            account=account,
            changes=changes,
            keys=keys,
            sessions=sessions,
        )

        account_details.additional_properties = d
        return account_details

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
