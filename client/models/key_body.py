from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.grant_body import GrantBody


T = TypeVar("T", bound="KeyBody")


@_attrs_define
class KeyBody:
    """A key to make.

    Attributes:
        label (str): What it is for.
        reason (str):
        account (None | str | Unset): Whose it is; null: the caller's.
        roles (list[GrantBody] | None | Unset): What it is limited to; null: everything that the account may do.
        days (int | Unset): How long it is valid. Default: 90.
    """

    label: str
    reason: str
    account: None | str | Unset = UNSET
    roles: list[GrantBody] | None | Unset = UNSET
    days: int | Unset = 90

    def to_dict(self) -> dict[str, Any]:
        label = self.label

        reason = self.reason

        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        roles: list[dict[str, Any]] | None | Unset
        if isinstance(self.roles, Unset):
            roles = UNSET
        elif isinstance(self.roles, list):
            roles = []
            for roles_type_0_item_data in self.roles:
                roles_type_0_item = roles_type_0_item_data.to_dict()
                roles.append(roles_type_0_item)

        else:
            roles = self.roles

        days = self.days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "label": label,
                "reason": reason,
            }
        )
        if account is not UNSET:
            field_dict["account"] = account
        if roles is not UNSET:
            field_dict["roles"] = roles
        if days is not UNSET:
            field_dict["days"] = days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.grant_body import GrantBody  # noqa: PLC0415

        d = dict(src_dict)
        label = d.pop("label")

        reason = d.pop("reason")

        def _parse_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

        def _parse_roles(data: object) -> list[GrantBody] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                roles_type_0 = []
                _roles_type_0 = data
                for roles_type_0_item_data in _roles_type_0:
                    roles_type_0_item = GrantBody.from_dict(roles_type_0_item_data)

                    roles_type_0.append(roles_type_0_item)

                return roles_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[GrantBody] | None | Unset, data)

        roles = _parse_roles(d.pop("roles", UNSET))

        days = d.pop("days", UNSET)

        key_body = cls(
            label=label,
            reason=reason,
            account=account,
            roles=roles,
            days=days,
        )

        return key_body
