from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.missing_acknowledgment import MissingAcknowledgment


T = TypeVar("T", bound="AcknowledgmentsSection")


@_attrs_define
class AcknowledgmentsSection:
    """What is confirmed, and what must still be.

    Attributes:
        confirmed (list[str]):
        missing (list[MissingAcknowledgment]):
        backup_guide (str):
    """

    confirmed: list[str]
    missing: list[MissingAcknowledgment]
    backup_guide: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        confirmed = self.confirmed

        missing = []
        for missing_item_data in self.missing:
            missing_item = missing_item_data.to_dict()
            missing.append(missing_item)

        backup_guide = self.backup_guide

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "confirmed": confirmed,
                "missing": missing,
                "backup_guide": backup_guide,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.missing_acknowledgment import MissingAcknowledgment  # noqa: PLC0415

        d = dict(src_dict)
        confirmed = cast(list[str], d.pop("confirmed"))

        missing = []
        _missing = d.pop("missing")
        for missing_item_data in _missing:
            missing_item = MissingAcknowledgment.from_dict(missing_item_data)

            missing.append(missing_item)

        backup_guide = d.pop("backup_guide")

        acknowledgments_section = cls(
            confirmed=confirmed,
            missing=missing,
            backup_guide=backup_guide,
        )

        acknowledgments_section.additional_properties = d
        return acknowledgments_section

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
