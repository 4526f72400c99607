from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.drift_count import DriftCount


T = TypeVar("T", bound="DriftSeen")


@_attrs_define
class DriftSeen:
    """What was changed by hand while a switch moved licenses.

    Attributes:
        found_at (datetime.datetime):
        counts (list[DriftCount]):
    """

    found_at: datetime.datetime
    counts: list[DriftCount]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        found_at = self.found_at.isoformat()

        counts = []
        for counts_item_data in self.counts:
            counts_item = counts_item_data.to_dict()
            counts.append(counts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "found_at": found_at,
                "counts": counts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.drift_count import DriftCount  # noqa: PLC0415

        d = dict(src_dict)
        found_at = datetime.datetime.fromisoformat(d.pop("found_at"))

        counts = []
        _counts = d.pop("counts")
        for counts_item_data in _counts:
            counts_item = DriftCount.from_dict(counts_item_data)

            counts.append(counts_item)

        drift_seen = cls(
            found_at=found_at,
            counts=counts,
        )

        drift_seen.additional_properties = d
        return drift_seen

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
