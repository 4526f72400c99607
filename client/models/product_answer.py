from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.product_licenses import ProductLicenses
    from ..models.product_notice import ProductNotice
    from ..models.product_switch import ProductSwitch
    from ..models.subscription_answer import SubscriptionAnswer


T = TypeVar("T", bound="ProductAnswer")


@_attrs_define
class ProductAnswer:
    """One product.

    Attributes:
        subscription (SubscriptionAnswer): A subscription with the catalog's name of its plan.
        status (str): active, trial, expired, disabled or deleted.
        status_until (datetime.date | None): Last day of this status; null: it does not end by itself, or nobody says.
        licenses (ProductLicenses): Licenses of a plan, whatever subscriptions they come from.
        renews_on (datetime.date | None): First day of the next term; null: nobody says.
        auto_renew (bool | None): null: the seller does not say.
        notices (list[ProductNotice]):
        switches (list[ProductSwitch]):
        is_sold_elsewhere (bool): Bought from another seller: no act of this installation reaches it.
    """

    subscription: SubscriptionAnswer
    status: str
    status_until: datetime.date | None
    licenses: ProductLicenses
    renews_on: datetime.date | None
    auto_renew: bool | None
    notices: list[ProductNotice]
    switches: list[ProductSwitch]
    is_sold_elsewhere: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription = self.subscription.to_dict()

        status = self.status

        status_until: None | str
        if isinstance(self.status_until, datetime.date):
            status_until = self.status_until.isoformat()
        else:
            status_until = self.status_until

        licenses = self.licenses.to_dict()

        renews_on: None | str
        if isinstance(self.renews_on, datetime.date):
            renews_on = self.renews_on.isoformat()
        else:
            renews_on = self.renews_on

        auto_renew: bool | None
        auto_renew = self.auto_renew

        notices = []
        for notices_item_data in self.notices:
            notices_item = notices_item_data.to_dict()
            notices.append(notices_item)

        switches = []
        for switches_item_data in self.switches:
            switches_item = switches_item_data.to_dict()
            switches.append(switches_item)

        is_sold_elsewhere = self.is_sold_elsewhere

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription": subscription,
                "status": status,
                "status_until": status_until,
                "licenses": licenses,
                "renews_on": renews_on,
                "auto_renew": auto_renew,
                "notices": notices,
                "switches": switches,
                "is_sold_elsewhere": is_sold_elsewhere,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_licenses import ProductLicenses  # noqa: PLC0415
        from ..models.product_notice import ProductNotice  # noqa: PLC0415
        from ..models.product_switch import ProductSwitch  # noqa: PLC0415
        from ..models.subscription_answer import SubscriptionAnswer  # noqa: PLC0415

        d = dict(src_dict)
        subscription = SubscriptionAnswer.from_dict(d.pop("subscription"))

        status = d.pop("status")

        def _parse_status_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_until_type_0 = datetime.date.fromisoformat(data)

                return status_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        status_until = _parse_status_until(d.pop("status_until"))

        licenses = ProductLicenses.from_dict(d.pop("licenses"))

        def _parse_renews_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                renews_on_type_0 = datetime.date.fromisoformat(data)

                return renews_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        renews_on = _parse_renews_on(d.pop("renews_on"))

        def _parse_auto_renew(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        auto_renew = _parse_auto_renew(d.pop("auto_renew"))

        notices = []
        _notices = d.pop("notices")
        for notices_item_data in _notices:
            notices_item = ProductNotice.from_dict(notices_item_data)

            notices.append(notices_item)

        switches = []
        _switches = d.pop("switches")
        for switches_item_data in _switches:
            switches_item = ProductSwitch.from_dict(switches_item_data)

            switches.append(switches_item)

        is_sold_elsewhere = d.pop("is_sold_elsewhere")

        product_answer = cls(
            subscription=subscription,
            status=status,
            status_until=status_until,
            licenses=licenses,
            renews_on=renews_on,
            auto_renew=auto_renew,
            notices=notices,
            switches=switches,
            is_sold_elsewhere=is_sold_elsewhere,
        )

        product_answer.additional_properties = d
        return product_answer

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
