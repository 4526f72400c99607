from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_account_kind import ShownAccountKind, check_shown_account_kind

if TYPE_CHECKING:
    from ..models.shown_grant import ShownGrant


T = TypeVar("T", bound="ShownAccount")


@_attrs_define
class ShownAccount:
    """A person or a service account.

    Attributes:
        name (str): What events record as the actor.
        kind (ShownAccountKind):
        grants (list[ShownGrant]):
        is_blocked (bool): Its keys and sessions are refused.
        is_administrator (bool): Manages people: administrator over all organizations, and not blocked.
        owner (str): Who answers for a service account; "" for a person.
        issuer (str): Who a person is at the provider of sign-ins; "" where nobody signs in there.
        subject (str):
        version (int): Changes so far; 0: built in, and never changed.
    """

    name: str
    kind: ShownAccountKind
    grants: list[ShownGrant]
    is_blocked: bool
    is_administrator: bool
    owner: str
    issuer: str
    subject: str
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        kind: str = self.kind

        grants = []
        for grants_item_data in self.grants:
            grants_item = grants_item_data.to_dict()
            grants.append(grants_item)

        is_blocked = self.is_blocked

        is_administrator = self.is_administrator

        owner = self.owner

        issuer = self.issuer

        subject = self.subject

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "grants": grants,
                "is_blocked": is_blocked,
                "is_administrator": is_administrator,
                "owner": owner,
                "issuer": issuer,
                "subject": subject,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_grant import ShownGrant  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = check_shown_account_kind(d.pop("kind"))

        grants = []
        _grants = d.pop("grants")
        for grants_item_data in _grants:
            grants_item = ShownGrant.from_dict(grants_item_data)

            grants.append(grants_item)

        is_blocked = d.pop("is_blocked")

        is_administrator = d.pop("is_administrator")

        owner = d.pop("owner")

        issuer = d.pop("issuer")

        subject = d.pop("subject")

        version = d.pop("version")

        shown_account = cls(
            name=name,
            kind=kind,
            grants=grants,
            is_blocked=is_blocked,
            is_administrator=is_administrator,
            owner=owner,
            issuer=issuer,
            subject=subject,
            version=version,
        )

        shown_account.additional_properties = d
        return shown_account

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
