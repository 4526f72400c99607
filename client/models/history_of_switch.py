from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.workflow_history import WorkflowHistory


T = TypeVar("T", bound="HistoryOfSwitch")


@_attrs_define
class HistoryOfSwitch:
    """How long the histories of the workflow and its children are.

    Attributes:
        switch_id (str):
        events (int):
        workflows (list[WorkflowHistory]):
    """

    switch_id: str
    events: int
    workflows: list[WorkflowHistory]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        events = self.events

        workflows = []
        for workflows_item_data in self.workflows:
            workflows_item = workflows_item_data.to_dict()
            workflows.append(workflows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "events": events,
                "workflows": workflows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.workflow_history import WorkflowHistory  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        events = d.pop("events")

        workflows = []
        _workflows = d.pop("workflows")
        for workflows_item_data in _workflows:
            workflows_item = WorkflowHistory.from_dict(workflows_item_data)

            workflows.append(workflows_item)

        history_of_switch = cls(
            switch_id=switch_id,
            events=events,
            workflows=workflows,
        )

        history_of_switch.additional_properties = d
        return history_of_switch

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
