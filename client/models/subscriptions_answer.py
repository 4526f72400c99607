from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.subscription_answer import SubscriptionAnswer


T = TypeVar("T", bound="SubscriptionsAnswer")


@_attrs_define
class SubscriptionsAnswer:
    """What an organization holds, whatever its status and whoever sold it.

    Attributes:
        organization_id (str):
        subscriptions (list[SubscriptionAnswer]):
        sold_elsewhere (list[SubscriptionAnswer]): Bought from a partner or by a volume contract: only its seller can
            switch it (OTHER_SELLER).
        next_cursor (None | str | Unset): Where the next page of subscriptions begins; null: this is the last one.
    """

    organization_id: str
    subscriptions: list[SubscriptionAnswer]
    sold_elsewhere: list[SubscriptionAnswer]
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        subscriptions = []
        for subscriptions_item_data in self.subscriptions:
            subscriptions_item = subscriptions_item_data.to_dict()
            subscriptions.append(subscriptions_item)

        sold_elsewhere = []
        for sold_elsewhere_item_data in self.sold_elsewhere:
            sold_elsewhere_item = sold_elsewhere_item_data.to_dict()
            sold_elsewhere.append(sold_elsewhere_item)

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "subscriptions": subscriptions,
                "sold_elsewhere": sold_elsewhere,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.subscription_answer import SubscriptionAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        subscriptions = []
        _subscriptions = d.pop("subscriptions")
        for subscriptions_item_data in _subscriptions:
            subscriptions_item = SubscriptionAnswer.from_dict(subscriptions_item_data)

            subscriptions.append(subscriptions_item)

        sold_elsewhere = []
        _sold_elsewhere = d.pop("sold_elsewhere")
        for sold_elsewhere_item_data in _sold_elsewhere:
            sold_elsewhere_item = SubscriptionAnswer.from_dict(sold_elsewhere_item_data)

            sold_elsewhere.append(sold_elsewhere_item)

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        subscriptions_answer = cls(
            organization_id=organization_id,
            subscriptions=subscriptions,
            sold_elsewhere=sold_elsewhere,
            next_cursor=next_cursor,
        )

        subscriptions_answer.additional_properties = d
        return subscriptions_answer

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
