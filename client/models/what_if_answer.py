from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.what_if import WhatIf


T = TypeVar("T", bound="WhatIfAnswer")


@_attrs_define
class WhatIfAnswer:
    """What one switch would have been with another input.

    Attributes:
        input_ (str): rules, catalog, calendar or policy, and its name.
        name (str):
        answer (WhatIf): What one switch, or one assessment of none, would have been.
    """

    input_: str
    name: str
    answer: WhatIf
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_ = self.input_

        name = self.name

        answer = self.answer.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "input": input_,
                "name": name,
                "answer": answer,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.what_if import WhatIf  # noqa: PLC0415

        d = dict(src_dict)
        input_ = d.pop("input")

        name = d.pop("name")

        answer = WhatIf.from_dict(d.pop("answer"))

        what_if_answer = cls(
            input_=input_,
            name=name,
            answer=answer,
        )

        what_if_answer.additional_properties = d
        return what_if_answer

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
