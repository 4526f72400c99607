from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Finding")


@_attrs_define
class Finding:
    """A switch and a workflow that do not fit each other, and what was done.

    Attributes:
        switch_id (str):
        workflow_id (str):
        found (str): What became of the workflow, or `waiting` for one that waits for an operator unknown to the record.
        done (str): restarted, reported or failed.
        message (str):
    """

    switch_id: str
    workflow_id: str
    found: str
    done: str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        workflow_id = self.workflow_id

        found = self.found

        done = self.done

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "workflow_id": workflow_id,
                "found": found,
                "done": done,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        workflow_id = d.pop("workflow_id")

        found = d.pop("found")

        done = d.pop("done")

        message = d.pop("message")

        finding = cls(
            switch_id=switch_id,
            workflow_id=workflow_id,
            found=found,
            done=done,
            message=message,
        )

        finding.additional_properties = d
        return finding

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
