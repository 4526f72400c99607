from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.replay_result import ReplayResult, check_replay_result

if TYPE_CHECKING:
    from ..models.run_replay import RunReplay


T = TypeVar("T", bound="SwitchReplay")


@_attrs_define
class SwitchReplay:
    """The replay of all runs of a switch.

    Attributes:
        switch_id (str):
        organization_id (str):
        program_version (str): Version of the program that replayed them.
        result (ReplayResult): What became of the replay of one run, the best first.
        runs (list[RunReplay]):
    """

    switch_id: str
    organization_id: str
    program_version: str
    result: ReplayResult
    runs: list[RunReplay]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        program_version = self.program_version

        result: str = self.result

        runs = []
        for runs_item_data in self.runs:
            runs_item = runs_item_data.to_dict()
            runs.append(runs_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "program_version": program_version,
                "result": result,
                "runs": runs,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_replay import RunReplay  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        program_version = d.pop("program_version")

        result = check_replay_result(d.pop("result"))

        runs = []
        _runs = d.pop("runs")
        for runs_item_data in _runs:
            runs_item = RunReplay.from_dict(runs_item_data)

            runs.append(runs_item)

        switch_replay = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            program_version=program_version,
            result=result,
            runs=runs,
        )

        switch_replay.additional_properties = d
        return switch_replay

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
