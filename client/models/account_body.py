from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.account_body_kind import AccountBodyKind, check_account_body_kind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.grant_body import GrantBody


T = TypeVar("T", bound="AccountBody")


@_attrs_define
class AccountBody:
    """A person or a service account to open.

    Attributes:
        name (str): What events record as the actor.
        reason (str):
        kind (AccountBodyKind | Unset):  Default: 'person'.
        grants (list[GrantBody] | Unset):
        owner (str | Unset): Who answers for a service account; "" is the caller. Default: ''.
        subject (str | Unset): Who a person is at the provider of sign-ins (claim `sub`); "": they don't sign in there.
            Default: ''.
    """

    name: str
    reason: str
    kind: AccountBodyKind | Unset = "person"
    grants: list[GrantBody] | Unset = UNSET
    owner: str | Unset = ""
    subject: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        reason = self.reason

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind

        grants: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.grants, Unset):
            grants = []
            for grants_item_data in self.grants:
                grants_item = grants_item_data.to_dict()
                grants.append(grants_item)

        owner = self.owner

        subject = self.subject

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "reason": reason,
            }
        )
        if kind is not UNSET:
            field_dict["kind"] = kind
        if grants is not UNSET:
            field_dict["grants"] = grants
        if owner is not UNSET:
            field_dict["owner"] = owner
        if subject is not UNSET:
            field_dict["subject"] = subject

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.grant_body import GrantBody  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        reason = d.pop("reason")

        _kind = d.pop("kind", UNSET)
        kind: AccountBodyKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = check_account_body_kind(_kind)

        _grants = d.pop("grants", UNSET)
        grants: list[GrantBody] | Unset = UNSET
        if _grants is not UNSET:
            grants = []
            for grants_item_data in _grants:
                grants_item = GrantBody.from_dict(grants_item_data)

                grants.append(grants_item)

        owner = d.pop("owner", UNSET)

        subject = d.pop("subject", UNSET)

        account_body = cls(
            name=name,
            reason=reason,
            kind=kind,
            grants=grants,
            owner=owner,
            subject=subject,
        )

        return account_body
