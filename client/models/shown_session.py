from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_session_began_by import (
    ShownSessionBeganBy,
    check_shown_session_began_by,
)

T = TypeVar("T", bound="ShownSession")


@_attrs_define
class ShownSession:
    """A browser that is signed in.

    Attributes:
        session_id (str):
        account (str):
        began_by (ShownSessionBeganBy): How it signed in: by a link, with a key, or at the provider.
        began_at (datetime.datetime):
        expires_at (datetime.datetime):
        is_current (bool): It is the one that asks.
    """

    session_id: str
    account: str
    began_by: ShownSessionBeganBy
    began_at: datetime.datetime
    expires_at: datetime.datetime
    is_current: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id = self.session_id

        account = self.account

        began_by: str = self.began_by

        began_at = self.began_at.isoformat()

        expires_at = self.expires_at.isoformat()

        is_current = self.is_current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "session_id": session_id,
                "account": account,
                "began_by": began_by,
                "began_at": began_at,
                "expires_at": expires_at,
                "is_current": is_current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        session_id = d.pop("session_id")

        account = d.pop("account")

        began_by = check_shown_session_began_by(d.pop("began_by"))

        began_at = datetime.datetime.fromisoformat(d.pop("began_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        is_current = d.pop("is_current")

        shown_session = cls(
            session_id=session_id,
            account=account,
            began_by=began_by,
            began_at=began_at,
            expires_at=expires_at,
            is_current=is_current,
        )

        shown_session.additional_properties = d
        return shown_session

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
