from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.readiness_answer_status import (
    ReadinessAnswerStatus,
    check_readiness_answer_status,
)

if TYPE_CHECKING:
    from ..models.part_readiness import PartReadiness


T = TypeVar("T", bound="ReadinessAnswer")


@_attrs_define
class ReadinessAnswer:
    """What anybody may read: no address, no account, no message of a server.

    Attributes:
        status (ReadinessAnswerStatus):
        looked_at (datetime.datetime): By the console's clock: an answer whose instant stands still is an old one.
        parts (list[PartReadiness]):
    """

    status: ReadinessAnswerStatus
    looked_at: datetime.datetime
    parts: list[PartReadiness]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        looked_at = self.looked_at.isoformat()

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "looked_at": looked_at,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_readiness import PartReadiness  # noqa: PLC0415

        d = dict(src_dict)
        status = check_readiness_answer_status(d.pop("status"))

        looked_at = datetime.datetime.fromisoformat(d.pop("looked_at"))

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartReadiness.from_dict(parts_item_data)

            parts.append(parts_item)

        readiness_answer = cls(
            status=status,
            looked_at=looked_at,
            parts=parts,
        )

        readiness_answer.additional_properties = d
        return readiness_answer

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
