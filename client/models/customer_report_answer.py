from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reported_plan_answer import ReportedPlanAnswer


T = TypeVar("T", bound="CustomerReportAnswer")


@_attrs_define
class CustomerReportAnswer:
    """What the first look at an organization tells.

    Attributes:
        organization_id (str):
        name (str): As billing knows it; "" where nobody bills it.
        is_seller_read (bool): The connected seller showed what it sold: what it does not list is another's.
        plans (list[ReportedPlanAnswer]):
        unread (list[str]): What could not be read, each with its reason in words.
    """

    organization_id: str
    name: str
    is_seller_read: bool
    plans: list[ReportedPlanAnswer]
    unread: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        name = self.name

        is_seller_read = self.is_seller_read

        plans = []
        for plans_item_data in self.plans:
            plans_item = plans_item_data.to_dict()
            plans.append(plans_item)

        unread = self.unread

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "name": name,
                "is_seller_read": is_seller_read,
                "plans": plans,
                "unread": unread,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported_plan_answer import ReportedPlanAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        name = d.pop("name")

        is_seller_read = d.pop("is_seller_read")

        plans = []
        _plans = d.pop("plans")
        for plans_item_data in _plans:
            plans_item = ReportedPlanAnswer.from_dict(plans_item_data)

            plans.append(plans_item)

        unread = cast(list[str], d.pop("unread"))

        customer_report_answer = cls(
            organization_id=organization_id,
            name=name,
            is_seller_read=is_seller_read,
            plans=plans,
            unread=unread,
        )

        customer_report_answer.additional_properties = d
        return customer_report_answer

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
