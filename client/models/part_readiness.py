from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.part_readiness_figures import PartReadinessFigures


T = TypeVar("T", bound="PartReadiness")


@_attrs_define
class PartReadiness:
    """One part on which switches depend.

    Attributes:
        part (str):
        state (str): ok, warning, down or unknown.
        code (str):
        detail (str):
        remedy (str):
        figures (PartReadinessFigures):
    """

    part: str
    state: str
    code: str
    detail: str
    remedy: str
    figures: PartReadinessFigures
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        part = self.part

        state = self.state

        code = self.code

        detail = self.detail

        remedy = self.remedy

        figures = self.figures.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "part": part,
                "state": state,
                "code": code,
                "detail": detail,
                "remedy": remedy,
                "figures": figures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_readiness_figures import PartReadinessFigures  # noqa: PLC0415

        d = dict(src_dict)
        part = d.pop("part")

        state = d.pop("state")

        code = d.pop("code")

        detail = d.pop("detail")

        remedy = d.pop("remedy")

        figures = PartReadinessFigures.from_dict(d.pop("figures"))

        part_readiness = cls(
            part=part,
            state=state,
            code=code,
            detail=detail,
            remedy=remedy,
            figures=figures,
        )

        part_readiness.additional_properties = d
        return part_readiness

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
