from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="WorkflowTrouble")


@_attrs_define
class WorkflowTrouble:
    """Something that keeps a workflow from going on, and that it does not tell itself.

    Attributes:
        workflow_id (str):
        switch_id (str):
        code (str): Stable code: WORKFLOW_TASK_FAILING, WORKFLOW_PAUSED, WORKFLOW_LOST, WORKFLOW_LEFT_OPEN,
            ACTIVITY_PAUSED; RECORD_INCONSISTENT where its record lacks an event.
        since (datetime.datetime | None): Since when; null where Temporal does not tell.
        message (str):
        remedy (str):
        place (str | Unset): Id of the activity; "" for the workflow as a whole. Default: ''.
    """

    workflow_id: str
    switch_id: str
    code: str
    since: datetime.datetime | None
    message: str
    remedy: str
    place: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        workflow_id = self.workflow_id

        switch_id = self.switch_id

        code = self.code

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        message = self.message

        remedy = self.remedy

        place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "workflow_id": workflow_id,
                "switch_id": switch_id,
                "code": code,
                "since": since,
                "message": message,
                "remedy": remedy,
            }
        )
        if place is not UNSET:
            field_dict["place"] = place

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        workflow_id = d.pop("workflow_id")

        switch_id = d.pop("switch_id")

        code = d.pop("code")

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        message = d.pop("message")

        remedy = d.pop("remedy")

        place = d.pop("place", UNSET)

        workflow_trouble = cls(
            workflow_id=workflow_id,
            switch_id=switch_id,
            code=code,
            since=since,
            message=message,
            remedy=remedy,
            place=place,
        )

        workflow_trouble.additional_properties = d
        return workflow_trouble

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
