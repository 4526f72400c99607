from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RecipientAnswer")


@_attrs_define
class RecipientAnswer:
    """A subscription of a recipient.

    Attributes:
        subscription_id (str):
        recipient_key (str):
        address (str): "" where it was deleted, or the caller may not see it.
        organization_id (str): "" is every organization.
        kinds (list[str]):
        subscribed_by (str):
        reason (str):
        subscribed_at (datetime.datetime):
    """

    subscription_id: str
    recipient_key: str
    address: str
    organization_id: str
    kinds: list[str]
    subscribed_by: str
    reason: str
    subscribed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription_id = self.subscription_id

        recipient_key = self.recipient_key

        address = self.address

        organization_id = self.organization_id

        kinds = self.kinds

        subscribed_by = self.subscribed_by

        reason = self.reason

        subscribed_at = self.subscribed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "recipient_key": recipient_key,
                "address": address,
                "organization_id": organization_id,
                "kinds": kinds,
                "subscribed_by": subscribed_by,
                "reason": reason,
                "subscribed_at": subscribed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        subscription_id = d.pop("subscription_id")

        recipient_key = d.pop("recipient_key")

        address = d.pop("address")

        organization_id = d.pop("organization_id")

        kinds = cast(list[str], d.pop("kinds"))

        subscribed_by = d.pop("subscribed_by")

        reason = d.pop("reason")

        subscribed_at = datetime.datetime.fromisoformat(d.pop("subscribed_at"))

        recipient_answer = cls(
            subscription_id=subscription_id,
            recipient_key=recipient_key,
            address=address,
            organization_id=organization_id,
            kinds=kinds,
            subscribed_by=subscribed_by,
            reason=reason,
            subscribed_at=subscribed_at,
        )

        recipient_answer.additional_properties = d
        return recipient_answer

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
