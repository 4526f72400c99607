from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.product_licenses import ProductLicenses
    from ..models.unassigned_user import UnassignedUser


T = TypeVar("T", bound="UnassignedAnswer")


@_attrs_define
class UnassignedAnswer:
    """Licenses that were taken to clear a conflict.

    Attributes:
        organization_id (str):
        subscription_id (str):
        request_id (str):
        users (list[UnassignedUser]):
        licenses (ProductLicenses): Licenses of a plan, whatever subscriptions they come from.
    """

    organization_id: str
    subscription_id: str
    request_id: str
    users: list[UnassignedUser]
    licenses: ProductLicenses
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        subscription_id = self.subscription_id

        request_id = self.request_id

        users = []
        for users_item_data in self.users:
            users_item = users_item_data.to_dict()
            users.append(users_item)

        licenses = self.licenses.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "subscription_id": subscription_id,
                "request_id": request_id,
                "users": users,
                "licenses": licenses,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_licenses import ProductLicenses  # noqa: PLC0415
        from ..models.unassigned_user import UnassignedUser  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        subscription_id = d.pop("subscription_id")

        request_id = d.pop("request_id")

        users = []
        _users = d.pop("users")
        for users_item_data in _users:
            users_item = UnassignedUser.from_dict(users_item_data)

            users.append(users_item)

        licenses = ProductLicenses.from_dict(d.pop("licenses"))

        unassigned_answer = cls(
            organization_id=organization_id,
            subscription_id=subscription_id,
            request_id=request_id,
            users=users,
            licenses=licenses,
        )

        unassigned_answer.additional_properties = d
        return unassigned_answer

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
