from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.workflow_trouble import WorkflowTrouble


T = TypeVar("T", bound="TroubleList")


@_attrs_define
class TroubleList:
    """What keeps workflows from going on, by the last look of a worker.

    Attributes:
        troubles (list[WorkflowTrouble]):
        next_cursor (None | str): Where the next page begins; null: this is the last one.
    """

    troubles: list[WorkflowTrouble]
    next_cursor: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        troubles = []
        for troubles_item_data in self.troubles:
            troubles_item = troubles_item_data.to_dict()
            troubles.append(troubles_item)

        next_cursor: None | str
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "troubles": troubles,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.workflow_trouble import WorkflowTrouble  # noqa: PLC0415

        d = dict(src_dict)
        troubles = []
        _troubles = d.pop("troubles")
        for troubles_item_data in _troubles:
            troubles_item = WorkflowTrouble.from_dict(troubles_item_data)

            troubles.append(troubles_item)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        trouble_list = cls(
            troubles=troubles,
            next_cursor=next_cursor,
        )

        trouble_list.additional_properties = d
        return trouble_list

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
