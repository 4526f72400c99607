from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.decision_difference import DecisionDifference
    from ..models.undecided import Undecided


T = TypeVar("T", bound="WhatIf")


@_attrs_define
class WhatIf:
    """What one switch, or one assessment of none, would have been.

    Attributes:
        switch_id (str): "" of an assessment that led to no switch.
        organization_id (str):
        position (int): Place in the log of the request, or of the assessment.
        decisions (int): Decisions that were made again.
        differences (list[DecisionDifference]):
        undecided (list[Undecided]):
    """

    switch_id: str
    organization_id: str
    position: int
    decisions: int
    differences: list[DecisionDifference]
    undecided: list[Undecided]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        position = self.position

        decisions = self.decisions

        differences = []
        for differences_item_data in self.differences:
            differences_item = differences_item_data.to_dict()
            differences.append(differences_item)

        undecided = []
        for undecided_item_data in self.undecided:
            undecided_item = undecided_item_data.to_dict()
            undecided.append(undecided_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "position": position,
                "decisions": decisions,
                "differences": differences,
                "undecided": undecided,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.decision_difference import DecisionDifference  # noqa: PLC0415
        from ..models.undecided import Undecided  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        position = d.pop("position")

        decisions = d.pop("decisions")

        differences = []
        _differences = d.pop("differences")
        for differences_item_data in _differences:
            differences_item = DecisionDifference.from_dict(differences_item_data)

            differences.append(differences_item)

        undecided = []
        _undecided = d.pop("undecided")
        for undecided_item_data in _undecided:
            undecided_item = Undecided.from_dict(undecided_item_data)

            undecided.append(undecided_item)

        what_if = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            position=position,
            decisions=decisions,
            differences=differences,
            undecided=undecided,
        )

        what_if.additional_properties = d
        return what_if

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
