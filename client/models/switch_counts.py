from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.switch_counts_stages import SwitchCountsStages


T = TypeVar("T", bound="SwitchCounts")


@_attrs_define
class SwitchCounts:
    """How many switches there are, over all pages.

    Attributes:
        all_ (int):
        running (int):
        ended (int):
        attention (int):
        stages (SwitchCountsStages): Stage -> switches in it.
    """

    all_: int
    running: int
    ended: int
    attention: int
    stages: SwitchCountsStages
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        all_ = self.all_

        running = self.running

        ended = self.ended

        attention = self.attention

        stages = self.stages.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "all": all_,
                "running": running,
                "ended": ended,
                "attention": attention,
                "stages": stages,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.switch_counts_stages import SwitchCountsStages  # noqa: PLC0415

        d = dict(src_dict)
        all_ = d.pop("all")

        running = d.pop("running")

        ended = d.pop("ended")

        attention = d.pop("attention")

        stages = SwitchCountsStages.from_dict(d.pop("stages"))

        switch_counts = cls(
            all_=all_,
            running=running,
            ended=ended,
            attention=attention,
            stages=stages,
        )

        switch_counts.additional_properties = d
        return switch_counts

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
