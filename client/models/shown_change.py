from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shown_grant import ShownGrant


T = TypeVar("T", bound="ShownChange")


@_attrs_define
class ShownChange:
    """One change of an account.

    Attributes:
        version (int):
        change (str):
        grants (list[ShownGrant]):
        is_blocked (bool):
        actor (str):
        reason (str):
        at (datetime.datetime):
    """

    version: int
    change: str
    grants: list[ShownGrant]
    is_blocked: bool
    actor: str
    reason: str
    at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        change = self.change

        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        is_blocked = self.is_blocked

        actor = self.actor

        reason = self.reason

        at = self.at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "change": change,
                "grants": grants,
                "is_blocked": is_blocked,
                "actor": actor,
                "reason": reason,
                "at": at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_grant import ShownGrant  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        change = d.pop("change")

        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = ShownGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        is_blocked = d.pop("is_blocked")

        actor = d.pop("actor")

        reason = d.pop("reason")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        shown_change = cls(
            version=version,
            change=change,
            grants=grants,
            is_blocked=is_blocked,
            actor=actor,
            reason=reason,
            at=at,
        )

        shown_change.additional_properties = d
        return shown_change

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
