from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.named_switch import NamedSwitch


T = TypeVar("T", bound="SwitchKnown")


@_attrs_define
class SwitchKnown:
    """A switch that was asked for before by the same request id.

    Attributes:
        switch_id (str):
        request_id (str):
        switch (NamedSwitch): A switch of the board with the names of its plans, its next look, and what calls for
            somebody.
        repeated (bool | Unset):  Default: True.
    """

    switch_id: str
    request_id: str
    switch: NamedSwitch
    repeated: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        request_id = self.request_id

        switch = self.switch.to_dict()

        repeated = self.repeated

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "request_id": request_id,
                "switch": switch,
            }
        )
        if repeated is not UNSET:
            field_dict["repeated"] = repeated

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.named_switch import NamedSwitch  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        request_id = d.pop("request_id")

        switch = NamedSwitch.from_dict(d.pop("switch"))

        repeated = d.pop("repeated", UNSET)

        switch_known = cls(
            switch_id=switch_id,
            request_id=request_id,
            switch=switch,
            repeated=repeated,
        )

        switch_known.additional_properties = d
        return switch_known

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
