from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.history_source import HistorySource, check_history_source
from ..models.replay_result import ReplayResult, check_replay_result
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.deviation import Deviation


T = TypeVar("T", bound="RunReplay")


@_attrs_define
class RunReplay:
    """The replay of one run of one workflow.

    Attributes:
        workflow_id (str):
        run_id (str):
        workflow_type (str): PlanSwitch, LicenseMove, EligibilityWait or InvoiceWatch; "" where nobody knows.
        status (str): How the run ended, or running; "" where nobody knows.
        source (HistorySource): Where a history comes from.
        archived_at (datetime.datetime | None): When it was put into the archive; null where it is not there.
        events (int): Events of the history; 0 where there is none.
        sha256 (str): Of the archived history; "" where it is not archived.
        result (ReplayResult): What became of the replay of one run, the best first.
        decisions (int | Unset): Steps, child workflows and ends that were compared. Default: 0.
        deviations (list[Deviation] | Unset):
        why (str | Unset): Why there is no history, or what is wrong with it; "" elsewhere. Default: ''.
    """

    workflow_id: str
    run_id: str
    workflow_type: str
    status: str
    source: HistorySource
    archived_at: datetime.datetime | None
    events: int
    sha256: str
    result: ReplayResult
    decisions: int | Unset = 0
    deviations: list[Deviation] | Unset = UNSET
    why: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        workflow_id = self.workflow_id

        run_id = self.run_id

        workflow_type = self.workflow_type

        status = self.status

        source: str = self.source

        archived_at: None | str
        if isinstance(self.archived_at, datetime.datetime):
            archived_at = self.archived_at.isoformat()
        else:
            archived_at = self.archived_at

        events = self.events

        sha256 = self.sha256

        result: str = self.result

        decisions = self.decisions

        deviations: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.deviations, Unset):
            deviations = []
            for deviations_item_data in self.deviations:
                deviations_item = deviations_item_data.to_dict()
                deviations.append(deviations_item)

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "workflow_id": workflow_id,
                "run_id": run_id,
                "workflow_type": workflow_type,
                "status": status,
                "source": source,
                "archived_at": archived_at,
                "events": events,
                "sha256": sha256,
                "result": result,
            }
        )
        if decisions is not UNSET:
            field_dict["decisions"] = decisions
        if deviations is not UNSET:
            field_dict["deviations"] = deviations
        if why is not UNSET:
            field_dict["why"] = why

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.deviation import Deviation  # noqa: PLC0415

        d = dict(src_dict)
        workflow_id = d.pop("workflow_id")

        run_id = d.pop("run_id")

        workflow_type = d.pop("workflow_type")

        status = d.pop("status")

        source = check_history_source(d.pop("source"))

        def _parse_archived_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                archived_at_type_0 = datetime.datetime.fromisoformat(data)

                return archived_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        archived_at = _parse_archived_at(d.pop("archived_at"))

        events = d.pop("events")

        sha256 = d.pop("sha256")

        result = check_replay_result(d.pop("result"))

        decisions = d.pop("decisions", UNSET)

        _deviations = d.pop("deviations", UNSET)
        deviations: list[Deviation] | Unset = UNSET
        if _deviations is not UNSET:
            deviations = []
            for deviations_item_data in _deviations:
                deviations_item = Deviation.from_dict(deviations_item_data)

                deviations.append(deviations_item)

        why = d.pop("why", UNSET)

        run_replay = cls(
            workflow_id=workflow_id,
            run_id=run_id,
            workflow_type=workflow_type,
            status=status,
            source=source,
            archived_at=archived_at,
            events=events,
            sha256=sha256,
            result=result,
            decisions=decisions,
            deviations=deviations,
            why=why,
        )

        run_replay.additional_properties = d
        return run_replay

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
