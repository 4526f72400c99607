from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.what_if import WhatIf


T = TypeVar("T", bound="WhatIfPart")


@_attrs_define
class WhatIfPart:
    """A part of the history, decided again with another input.

    Attributes:
        input_ (str):
        name (str):
        switches (int): Switches of this part, and assessments that led to none.
        assessments (int):
        decisions (int): Decisions that were made again.
        differing (list[WhatIf]): Switches and assessments with a decision that differs.
        undecided (int): Decisions of this part that can't be made again.
        next_ (int | None): Where the next part begins, and where the history ends that is looked at; null: this is the
            last one.
        until (int):
    """

    input_: str
    name: str
    switches: int
    assessments: int
    decisions: int
    differing: list[WhatIf]
    undecided: int
    next_: int | None
    until: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_ = self.input_

        name = self.name

        switches = self.switches

        assessments = self.assessments

        decisions = self.decisions

        differing = []
        for differing_item_data in self.differing:
            differing_item = differing_item_data.to_dict()
            differing.append(differing_item)

        undecided = self.undecided

        next_: int | None
        next_ = self.next_

        until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "input": input_,
                "name": name,
                "switches": switches,
                "assessments": assessments,
                "decisions": decisions,
                "differing": differing,
                "undecided": undecided,
                "next": next_,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.what_if import WhatIf  # noqa: PLC0415

        d = dict(src_dict)
        input_ = d.pop("input")

        name = d.pop("name")

        switches = d.pop("switches")

        assessments = d.pop("assessments")

        decisions = d.pop("decisions")

        differing = []
        _differing = d.pop("differing")
        for differing_item_data in _differing:
            differing_item = WhatIf.from_dict(differing_item_data)

            differing.append(differing_item)

        undecided = d.pop("undecided")

        def _parse_next_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        next_ = _parse_next_(d.pop("next"))

        until = d.pop("until")

        what_if_part = cls(
            input_=input_,
            name=name,
            switches=switches,
            assessments=assessments,
            decisions=decisions,
            differing=differing,
            undecided=undecided,
            next_=next_,
            until=until,
        )

        what_if_part.additional_properties = d
        return what_if_part

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
