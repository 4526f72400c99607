from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shown_account import ShownAccount
    from ..models.shown_grant import ShownGrant


T = TypeVar("T", bound="WhoAsks")


@_attrs_define
class WhoAsks:
    """Who makes this request, and how far the credential reaches.

    Attributes:
        account (ShownAccount): A person or a service account.
        credential_id (str): Of the key or the session.
        reach (list[ShownGrant]): What may be done with it: grants of the account, within the scope of the key.
    """

    account: ShownAccount
    credential_id: str
    reach: list[ShownGrant]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account = self.account.to_dict()

        credential_id = self.credential_id

        reach = []
        for reach_item_data in self.reach:
            reach_item = reach_item_data.to_dict()
            reach.append(reach_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account": account,
                "credential_id": credential_id,
                "reach": reach,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_account import ShownAccount  # noqa: PLC0415
        from ..models.shown_grant import ShownGrant  # noqa: PLC0415

        d = dict(src_dict)
        account = ShownAccount.from_dict(d.pop("account"))

        credential_id = d.pop("credential_id")

        reach = []
        _reach = d.pop("reach")
        for reach_item_data in _reach:
            reach_item = ShownGrant.from_dict(reach_item_data)

            reach.append(reach_item)

        who_asks = cls(
            account=account,
            credential_id=credential_id,
            reach=reach,
        )

        who_asks.additional_properties = d
        return who_asks

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
