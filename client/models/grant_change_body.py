from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.grant_change_body_role import (
    GrantChangeBodyRole,
    check_grant_change_body_role,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="GrantChangeBody")


@_attrs_define
class GrantChangeBody:
    """A role to grant or to withdraw, and why.

    Attributes:
        role (GrantChangeBodyRole):
        reason (str):
        organizations (list[str] | None | Unset): Directory ids; null: all.
    """

    role: GrantChangeBodyRole
    reason: str
    organizations: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role: str = self.role

        reason = self.reason

        organizations: list[str] | None | Unset
        if isinstance(self.organizations, Unset):
            organizations = UNSET
        elif isinstance(self.organizations, list):
            organizations = self.organizations

        else:
            organizations = self.organizations

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
                "reason": reason,
            }
        )
        if organizations is not UNSET:
            field_dict["organizations"] = organizations

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = check_grant_change_body_role(d.pop("role"))

        reason = d.pop("reason")

        def _parse_organizations(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                organizations_type_0 = cast(list[str], data)

                return organizations_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        organizations = _parse_organizations(d.pop("organizations", UNSET))

        grant_change_body = cls(
            role=role,
            reason=reason,
            organizations=organizations,
        )

        return grant_change_body
