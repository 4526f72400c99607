from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.workflow_trouble import WorkflowTrouble


T = TypeVar("T", bound="WorkflowOfSwitch")


@_attrs_define
class WorkflowOfSwitch:
    """What Temporal knows of it, and where the record stands.

    Attributes:
        switch_id (str):
        organization_id (str):
        workflow_id (str):
        waits (bool): The request waits to be eligible: the record holds no switch yet.
        state (str): running, ended, lost, store_behind or in_trouble.
        status (str):
        run_id (str):
        trouble (str): What is wrong; "" where all is well.
        remedy (str):
        troubles (list[WorkflowTrouble]):
        recorded_stage (None | str): null: the record does not hold it open.
    """

    switch_id: str
    organization_id: str
    workflow_id: str
    waits: bool
    state: str
    status: str
    run_id: str
    trouble: str
    remedy: str
    troubles: list[WorkflowTrouble]
    recorded_stage: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        workflow_id = self.workflow_id

        waits = self.waits

        state = self.state

        status = self.status

        run_id = self.run_id

        trouble = self.trouble

        remedy = self.remedy

        troubles = []
        for troubles_item_data in self.troubles:
            troubles_item = troubles_item_data.to_dict()
            troubles.append(troubles_item)

        recorded_stage: None | str
        recorded_stage = self.recorded_stage

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "workflow_id": workflow_id,
                "waits": waits,
                "state": state,
                "status": status,
                "run_id": run_id,
                "trouble": trouble,
                "remedy": remedy,
                "troubles": troubles,
                "recorded_stage": recorded_stage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.workflow_trouble import WorkflowTrouble  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        workflow_id = d.pop("workflow_id")

        waits = d.pop("waits")

        state = d.pop("state")

        status = d.pop("status")

        run_id = d.pop("run_id")

        trouble = d.pop("trouble")

        remedy = d.pop("remedy")

        troubles = []
        _troubles = d.pop("troubles")
        for troubles_item_data in _troubles:
            troubles_item = WorkflowTrouble.from_dict(troubles_item_data)

            troubles.append(troubles_item)

        def _parse_recorded_stage(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        recorded_stage = _parse_recorded_stage(d.pop("recorded_stage"))

        workflow_of_switch = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            workflow_id=workflow_id,
            waits=waits,
            state=state,
            status=status,
            run_id=run_id,
            trouble=trouble,
            remedy=remedy,
            troubles=troubles,
            recorded_stage=recorded_stage,
        )

        workflow_of_switch.additional_properties = d
        return workflow_of_switch

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
