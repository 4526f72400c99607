from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stage import Stage, check_stage

if TYPE_CHECKING:
    from ..models.audit_entry import AuditEntry
    from ..models.journal_story import JournalStory
    from ..models.lock_at import LockAt
    from ..models.stream_at import StreamAt
    from ..models.switch_at_switch import SwitchAtSwitch
    from ..models.user_totals import UserTotals


T = TypeVar("T", bound="SwitchAt")


@_attrs_define
class SwitchAt:
    """The state of one switch at one place in the log.

    Attributes:
        switch_id (str):
        organization_id (str):
        position (int):
        log_end (int): Position of the newest event of the log today.
        version (int): Events of the switch up to there, and today.
        versions (int):
        event (AuditEntry): One event of the story.
        stage (None | Stage): null before the request was recorded.
        locks (list[LockAt]):
        users (UserTotals): How many users held what; `known` is everyone whom the record knew.
        journal (JournalStory): Everything that the events of a switch did to the accounts.
        switch (SwitchAtSwitch): State of the switch in its source; empty while the request waits.
        streams (list[StreamAt]):
    """

    switch_id: str
    organization_id: str
    position: int
    log_end: int
    version: int
    versions: int
    event: AuditEntry
    stage: None | Stage
    locks: list[LockAt]
    users: UserTotals
    journal: JournalStory
    switch: SwitchAtSwitch
    streams: list[StreamAt]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        switch_id = self.switch_id

        organization_id = self.organization_id

        position = self.position

        log_end = self.log_end

        version = self.version

        versions = self.versions

        event = self.event.to_dict()

        stage: None | str
        if isinstance(self.stage, str):
            stage = self.stage
        else:
            stage = self.stage

        locks = []
        for locks_item_data in self.locks:
            locks_item = locks_item_data.to_dict()
            locks.append(locks_item)

        users = self.users.to_dict()

        journal = self.journal.to_dict()

        switch = self.switch.to_dict()

        streams = []
        for streams_item_data in self.streams:
            streams_item = streams_item_data.to_dict()
            streams.append(streams_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "position": position,
                "log_end": log_end,
                "version": version,
                "versions": versions,
                "event": event,
                "stage": stage,
                "locks": locks,
                "users": users,
                "journal": journal,
                "switch": switch,
                "streams": streams,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_entry import AuditEntry  # noqa: PLC0415
        from ..models.journal_story import JournalStory  # noqa: PLC0415
        from ..models.lock_at import LockAt  # noqa: PLC0415
        from ..models.stream_at import StreamAt  # noqa: PLC0415
        from ..models.switch_at_switch import SwitchAtSwitch  # noqa: PLC0415
        from ..models.user_totals import UserTotals  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        position = d.pop("position")

        log_end = d.pop("log_end")

        version = d.pop("version")

        versions = d.pop("versions")

        event = AuditEntry.from_dict(d.pop("event"))

        def _parse_stage(data: object) -> None | Stage:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                stage_type_0 = check_stage(data)

                return stage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Stage, data)

        stage = _parse_stage(d.pop("stage"))

        locks = []
        _locks = d.pop("locks")
        for locks_item_data in _locks:
            locks_item = LockAt.from_dict(locks_item_data)

            locks.append(locks_item)

        users = UserTotals.from_dict(d.pop("users"))

        journal = JournalStory.from_dict(d.pop("journal"))

        switch = SwitchAtSwitch.from_dict(d.pop("switch"))

        streams = []
        _streams = d.pop("streams")
        for streams_item_data in _streams:
            streams_item = StreamAt.from_dict(streams_item_data)

            streams.append(streams_item)

        switch_at = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            position=position,
            log_end=log_end,
            version=version,
            versions=versions,
            event=event,
            stage=stage,
            locks=locks,
            users=users,
            journal=journal,
            switch=switch,
            streams=streams,
        )

        switch_at.additional_properties = d
        return switch_at

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
