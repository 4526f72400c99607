from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_switch import ListedSwitch
    from ..models.switch_counts import SwitchCounts


T = TypeVar("T", bound="SwitchList")


@_attrs_define
class SwitchList:
    """One page of switches, the newest request first.

    Attributes:
        attention (list[ListedSwitch]): Switches that call for somebody, wherever they stand; on the first page alone.
        switches (list[ListedSwitch]):
        workflows_looked_seconds_ago (float | None): Age of what is known about workflows; null: no worker has looked
            yet.
        next_ (None | str): What the next page begins after; null: this is the last one.
        total (int): Switches that match, on all pages.
        counts (SwitchCounts): How many switches there are, over all pages.
        all_ (int): Every switch, whatever the filters.
        next_cursor (None | str | Unset): The same as a cursor, which belongs to the filters of this page.
    """

    attention: list[ListedSwitch]
    switches: list[ListedSwitch]
    workflows_looked_seconds_ago: float | None
    next_: None | str
    total: int
    counts: SwitchCounts
    all_: int
    next_cursor: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        attention = []
        for attention_item_data in self.attention:
            attention_item = attention_item_data.to_dict()
            attention.append(attention_item)

        switches = []
        for switches_item_data in self.switches:
            switches_item = switches_item_data.to_dict()
            switches.append(switches_item)

        workflows_looked_seconds_ago: float | None
        workflows_looked_seconds_ago = self.workflows_looked_seconds_ago

        next_: None | str
        next_ = self.next_

        total = self.total

        counts = self.counts.to_dict()

        all_ = self.all_

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "attention": attention,
                "switches": switches,
                "workflows_looked_seconds_ago": workflows_looked_seconds_ago,
                "next": next_,
                "total": total,
                "counts": counts,
                "all": all_,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_switch import ListedSwitch  # noqa: PLC0415
        from ..models.switch_counts import SwitchCounts  # noqa: PLC0415

        d = dict(src_dict)
        attention = []
        _attention = d.pop("attention")
        for attention_item_data in _attention:
            attention_item = ListedSwitch.from_dict(attention_item_data)

            attention.append(attention_item)

        switches = []
        _switches = d.pop("switches")
        for switches_item_data in _switches:
            switches_item = ListedSwitch.from_dict(switches_item_data)

            switches.append(switches_item)

        def _parse_workflows_looked_seconds_ago(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        workflows_looked_seconds_ago = _parse_workflows_looked_seconds_ago(
            d.pop("workflows_looked_seconds_ago")
        )

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        total = d.pop("total")

        counts = SwitchCounts.from_dict(d.pop("counts"))

        all_ = d.pop("all")

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        switch_list = cls(
            attention=attention,
            switches=switches,
            workflows_looked_seconds_ago=workflows_looked_seconds_ago,
            next_=next_,
            total=total,
            counts=counts,
            all_=all_,
            next_cursor=next_cursor,
        )

        switch_list.additional_properties = d
        return switch_list

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
