from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cloud_sign_in import CloudSignIn


T = TypeVar("T", bound="ShownProfile")


@_attrs_define
class ShownProfile:
    """A profile, without what proves it.

    Attributes:
        name (str):
        cloud (str):
        access (str): read or write.
        home_organization_id (str): Where the application is registered.
        client_id (str):
        authority (str):
        directory_url (str):
        seller_url (str):
        grant (str): On whose behalf the seller is asked, and the directory.
        directory_grant (str):
        organization_ids (list[str]): Organizations that it names; empty: every one that no other profile names.
        sign_ins (list[CloudSignIn]):
        missing (list[str]): Audiences for which somebody still has to sign in.
        is_public_client (bool): Whether people sign in by a code on another device.
    """

    name: str
    cloud: str
    access: str
    home_organization_id: str
    client_id: str
    authority: str
    directory_url: str
    seller_url: str
    grant: str
    directory_grant: str
    organization_ids: list[str]
    sign_ins: list[CloudSignIn]
    missing: list[str]
    is_public_client: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        cloud = self.cloud

        access = self.access

        home_organization_id = self.home_organization_id

        client_id = self.client_id

        authority = self.authority

        directory_url = self.directory_url

        seller_url = self.seller_url

        grant = self.grant

        directory_grant = self.directory_grant

        organization_ids = self.organization_ids

        sign_ins = []
        for sign_ins_item_data in self.sign_ins:
            sign_ins_item = sign_ins_item_data.to_dict()
            sign_ins.append(sign_ins_item)

        missing = self.missing

        is_public_client = self.is_public_client

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "cloud": cloud,
                "access": access,
                "home_organization_id": home_organization_id,
                "client_id": client_id,
                "authority": authority,
                "directory_url": directory_url,
                "seller_url": seller_url,
                "grant": grant,
                "directory_grant": directory_grant,
                "organization_ids": organization_ids,
                "sign_ins": sign_ins,
                "missing": missing,
                "is_public_client": is_public_client,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cloud_sign_in import CloudSignIn  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        cloud = d.pop("cloud")

        access = d.pop("access")

        home_organization_id = d.pop("home_organization_id")

        client_id = d.pop("client_id")

        authority = d.pop("authority")

        directory_url = d.pop("directory_url")

        seller_url = d.pop("seller_url")

        grant = d.pop("grant")

        directory_grant = d.pop("directory_grant")

        organization_ids = cast(list[str], d.pop("organization_ids"))

        sign_ins = []
        _sign_ins = d.pop("sign_ins")
        for sign_ins_item_data in _sign_ins:
            sign_ins_item = CloudSignIn.from_dict(sign_ins_item_data)

            sign_ins.append(sign_ins_item)

        missing = cast(list[str], d.pop("missing"))

        is_public_client = d.pop("is_public_client")

        shown_profile = cls(
            name=name,
            cloud=cloud,
            access=access,
            home_organization_id=home_organization_id,
            client_id=client_id,
            authority=authority,
            directory_url=directory_url,
            seller_url=seller_url,
            grant=grant,
            directory_grant=directory_grant,
            organization_ids=organization_ids,
            sign_ins=sign_ins,
            missing=missing,
            is_public_client=is_public_client,
        )

        shown_profile.additional_properties = d
        return shown_profile

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
