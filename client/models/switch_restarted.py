from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SwitchRestarted")


@_attrs_define
class SwitchRestarted:
    """A switch, or a request that waits, whose workflow was started again.

    Attributes:
        switch_id (str):
        organization_id (str):
        workflow_id (str):
        found (str): Status of the workflow that was there.
        lost_run_id (str):
        run_id (str): "": it has just ended, or was just started again.
        stage (str):
        message (str):
        waits (bool | Unset): The request waits to be eligible: the record holds no switch yet. Default: False.
    """

    switch_id: str
    organization_id: str
    workflow_id: str
    found: str
    lost_run_id: str
    run_id: str
    stage: str
    message: str
    waits: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        workflow_id = self.workflow_id

        found = self.found

        lost_run_id = self.lost_run_id

        run_id = self.run_id

        stage = self.stage

        message = self.message

        waits = self.waits

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "workflow_id": workflow_id,
                "found": found,
                "lost_run_id": lost_run_id,
                "run_id": run_id,
                "stage": stage,
                "message": message,
            }
        )
        if waits is not UNSET:
            field_dict["waits"] = waits

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        workflow_id = d.pop("workflow_id")

        found = d.pop("found")

        lost_run_id = d.pop("lost_run_id")

        run_id = d.pop("run_id")

        stage = d.pop("stage")

        message = d.pop("message")

        waits = d.pop("waits", UNSET)

        switch_restarted = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            workflow_id=workflow_id,
            found=found,
            lost_run_id=lost_run_id,
            run_id=run_id,
            stage=stage,
            message=message,
            waits=waits,
        )

        switch_restarted.additional_properties = d
        return switch_restarted

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
