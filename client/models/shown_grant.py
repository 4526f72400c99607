from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_grant_role import ShownGrantRole, check_shown_grant_role

T = TypeVar("T", bound="ShownGrant")


@_attrs_define
class ShownGrant:
    """A role, and over which organizations it holds.

    Attributes:
        role (ShownGrantRole):
        organizations (list[str] | None): Directory ids; null: all.
        text (str): As commands spell it: ROLE, or ROLE@ORGANIZATION,….
    """

    role: ShownGrantRole
    organizations: list[str] | None
    text: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        role: str = self.role

        organizations: list[str] | None
        if isinstance(self.organizations, list):
            organizations = self.organizations

        else:
            organizations = self.organizations

        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "role": role,
                "organizations": organizations,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = check_shown_grant_role(d.pop("role"))

        def _parse_organizations(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                organizations_type_0 = cast(list[str], data)

                return organizations_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        organizations = _parse_organizations(d.pop("organizations"))

        text = d.pop("text")

        shown_grant = cls(
            role=role,
            organizations=organizations,
            text=text,
        )

        shown_grant.additional_properties = d
        return shown_grant

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
