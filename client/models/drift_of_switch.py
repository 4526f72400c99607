from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.drift_seen import DriftSeen


T = TypeVar("T", bound="DriftOfSwitch")


@_attrs_define
class DriftOfSwitch:
    """What was changed by hand while licenses moved; null: nothing that was found.

    Attributes:
        switch_id (str):
        drift (DriftSeen | None):
    """

    switch_id: str
    drift: DriftSeen | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.drift_seen import DriftSeen  # noqa: PLC0415

        switch_id = self.switch_id

        drift: dict[str, Any] | None
        if isinstance(self.drift, DriftSeen):
            drift = self.drift.to_dict()
        else:
            drift = self.drift

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "drift": drift,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.drift_seen import DriftSeen  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        def _parse_drift(data: object) -> DriftSeen | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                drift_type_0 = DriftSeen.from_dict(data)

                return drift_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DriftSeen | None, data)

        drift = _parse_drift(d.pop("drift"))

        drift_of_switch = cls(
            switch_id=switch_id,
            drift=drift,
        )

        drift_of_switch.additional_properties = d
        return drift_of_switch

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
