from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

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
    """

    organization_id: str
    subscriptions: list[SubscriptionAnswer]
    sold_elsewhere: list[SubscriptionAnswer]
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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "subscriptions": subscriptions,
                "sold_elsewhere": sold_elsewhere,
            }
        )

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

        subscriptions_answer = cls(
            organization_id=organization_id,
            subscriptions=subscriptions,
            sold_elsewhere=sold_elsewhere,
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
