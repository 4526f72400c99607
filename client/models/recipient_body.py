from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RecipientBody")


@_attrs_define
class RecipientBody:
    """An address, and which notices it gets.

    Attributes:
        reason (str):
        address (str): One mail address.
        request_id (str | Unset):
        organization_id (None | str | Unset): Directory id; null is every organization.
        kinds (list[str] | Unset): Kinds of docs/notices.md; none is every kind.
    """

    reason: str
    address: str
    request_id: str | Unset = UNSET
    organization_id: None | str | Unset = UNSET
    kinds: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        address = self.address

        request_id = self.request_id

        organization_id: None | str | Unset
        if isinstance(self.organization_id, Unset):
            organization_id = UNSET
        else:
            organization_id = self.organization_id

        kinds: list[str] | Unset = UNSET
        if not isinstance(self.kinds, Unset):
            kinds = self.kinds

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "address": address,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if organization_id is not UNSET:
            field_dict["organization_id"] = organization_id
        if kinds is not UNSET:
            field_dict["kinds"] = kinds

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        address = d.pop("address")

        request_id = d.pop("request_id", UNSET)

        def _parse_organization_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        organization_id = _parse_organization_id(d.pop("organization_id", UNSET))

        kinds = cast(list[str], d.pop("kinds", UNSET))

        recipient_body = cls(
            reason=reason,
            address=address,
            request_id=request_id,
            organization_id=organization_id,
            kinds=kinds,
        )

        return recipient_body
