from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_key_state import ShownKeyState, check_shown_key_state

if TYPE_CHECKING:
    from ..models.shown_grant import ShownGrant


T = TypeVar("T", bound="ShownKey")


@_attrs_define
class ShownKey:
    """A key, without its secret.

    Attributes:
        key_id (str):
        account (str):
        label (str):
        scope (list[ShownGrant] | None): What it is limited to; null: everything that its account may do.
        state (ShownKeyState):
        expires_at (datetime.datetime):
        ended_at (datetime.datetime | None): From when on it is refused because somebody revoked or rotated it; null:
            nobody has.
        made_by (str):
        made_at (datetime.datetime):
        replaces (str): Id of the key that it was rotated from; "" for a first one.
        used_at (datetime.datetime | None): Last use, to the minute; null: never.
    """

    key_id: str
    account: str
    label: str
    scope: list[ShownGrant] | None
    state: ShownKeyState
    expires_at: datetime.datetime
    ended_at: datetime.datetime | None
    made_by: str
    made_at: datetime.datetime
    replaces: str
    used_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key_id = self.key_id

        account = self.account

        label = self.label

        scope: list[dict[str, Any]] | None
        if isinstance(self.scope, list):
            scope = []
            for scope_type_0_item_data in self.scope:
                scope_type_0_item = scope_type_0_item_data.to_dict()
                scope.append(scope_type_0_item)

        else:
            scope = self.scope

        state: str = self.state

        expires_at = self.expires_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        made_by = self.made_by

        made_at = self.made_at.isoformat()

        replaces = self.replaces

        used_at: None | str
        if isinstance(self.used_at, datetime.datetime):
            used_at = self.used_at.isoformat()
        else:
            used_at = self.used_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key_id": key_id,
                "account": account,
                "label": label,
                "scope": scope,
                "state": state,
                "expires_at": expires_at,
                "ended_at": ended_at,
                "made_by": made_by,
                "made_at": made_at,
                "replaces": replaces,
                "used_at": used_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_grant import ShownGrant  # noqa: PLC0415

        d = dict(src_dict)
        key_id = d.pop("key_id")

        account = d.pop("account")

        label = d.pop("label")

        def _parse_scope(data: object) -> list[ShownGrant] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                scope_type_0 = []
                _scope_type_0 = data
                for scope_type_0_item_data in _scope_type_0:
                    scope_type_0_item = ShownGrant.from_dict(scope_type_0_item_data)

                    scope_type_0.append(scope_type_0_item)

                return scope_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ShownGrant] | None, data)

        scope = _parse_scope(d.pop("scope"))

        state = check_shown_key_state(d.pop("state"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        made_by = d.pop("made_by")

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

        replaces = d.pop("replaces")

        def _parse_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                used_at_type_0 = datetime.datetime.fromisoformat(data)

                return used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        used_at = _parse_used_at(d.pop("used_at"))

        shown_key = cls(
            key_id=key_id,
            account=account,
            label=label,
            scope=scope,
            state=state,
            expires_at=expires_at,
            ended_at=ended_at,
            made_by=made_by,
            made_at=made_at,
            replaces=replaces,
            used_at=used_at,
        )

        shown_key.additional_properties = d
        return shown_key

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
