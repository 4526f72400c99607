from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.preflight_point import PreflightPoint


T = TypeVar("T", bound="PreflightAnswer")


@_attrs_define
class PreflightAnswer:
    """Which users would probably not be moved; notices of the look are among the findings of the answer.

    Attributes:
        users (int):
        users_checked (int): Users who were read; if there are very many, the first ones.
        findings (list[PreflightPoint]):
        failing (int):
    """

    users: int
    users_checked: int
    findings: list[PreflightPoint]
    failing: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        users = self.users

        users_checked = self.users_checked

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        failing = self.failing

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "users": users,
                "users_checked": users_checked,
                "findings": findings,
                "failing": failing,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preflight_point import PreflightPoint  # noqa: PLC0415

        d = dict(src_dict)
        users = d.pop("users")

        users_checked = d.pop("users_checked")

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = PreflightPoint.from_dict(findings_item_data)

            findings.append(findings_item)

        failing = d.pop("failing")

        preflight_answer = cls(
            users=users,
            users_checked=users_checked,
            findings=findings,
            failing=failing,
        )

        preflight_answer.additional_properties = d
        return preflight_answer

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
