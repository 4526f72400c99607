from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.endpoint_state import EndpointState, check_endpoint_state

T = TypeVar("T", bound="WebhookAnswer")


@_attrs_define
class WebhookAnswer:
    """An endpoint; its secret is shown once, where it was made.

    Attributes:
        webhook_id (str):
        url (str):
        description (str):
        event_types (list[str]): Empty: every type.
        organizations (list[str]): Empty: every organization.
        state (EndpointState): How an endpoint stands.
        state_by (str): Who led to the state, why, and when.
        state_reason (str):
        state_since (datetime.datetime):
        created_at (datetime.datetime):
        waiting (int): Deliveries that are not done, and when the oldest of them was made.
        waiting_since (datetime.datetime | None):
        failing_since (datetime.datetime | None): Since when every attempt has failed; null: the last one did not.
        held_until (datetime.datetime | None): The receiver asked for a pause until then.
    """

    webhook_id: str
    url: str
    description: str
    event_types: list[str]
    organizations: list[str]
    state: EndpointState
    state_by: str
    state_reason: str
    state_since: datetime.datetime
    created_at: datetime.datetime
    waiting: int
    waiting_since: datetime.datetime | None
    failing_since: datetime.datetime | None
    held_until: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook_id = self.webhook_id

        url = self.url

        description = self.description

        event_types = self.event_types

        organizations = self.organizations

        state: str = self.state

        state_by = self.state_by

        state_reason = self.state_reason

        state_since = self.state_since.isoformat()

        created_at = self.created_at.isoformat()

        waiting = self.waiting

        waiting_since: None | str
        if isinstance(self.waiting_since, datetime.datetime):
            waiting_since = self.waiting_since.isoformat()
        else:
            waiting_since = self.waiting_since

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        held_until: None | str
        if isinstance(self.held_until, datetime.datetime):
            held_until = self.held_until.isoformat()
        else:
            held_until = self.held_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook_id": webhook_id,
                "url": url,
                "description": description,
                "event_types": event_types,
                "organizations": organizations,
                "state": state,
                "state_by": state_by,
                "state_reason": state_reason,
                "state_since": state_since,
                "created_at": created_at,
                "waiting": waiting,
                "waiting_since": waiting_since,
                "failing_since": failing_since,
                "held_until": held_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        webhook_id = d.pop("webhook_id")

        url = d.pop("url")

        description = d.pop("description")

        event_types = cast(list[str], d.pop("event_types"))

        organizations = cast(list[str], d.pop("organizations"))

        state = check_endpoint_state(d.pop("state"))

        state_by = d.pop("state_by")

        state_reason = d.pop("state_reason")

        state_since = datetime.datetime.fromisoformat(d.pop("state_since"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        waiting = d.pop("waiting")

        def _parse_waiting_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                waiting_since_type_0 = datetime.datetime.fromisoformat(data)

                return waiting_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        waiting_since = _parse_waiting_since(d.pop("waiting_since"))

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_held_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                held_until_type_0 = datetime.datetime.fromisoformat(data)

                return held_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        held_until = _parse_held_until(d.pop("held_until"))

        webhook_answer = cls(
            webhook_id=webhook_id,
            url=url,
            description=description,
            event_types=event_types,
            organizations=organizations,
            state=state,
            state_by=state_by,
            state_reason=state_reason,
            state_since=state_since,
            created_at=created_at,
            waiting=waiting,
            waiting_since=waiting_since,
            failing_since=failing_since,
            held_until=held_until,
        )

        webhook_answer.additional_properties = d
        return webhook_answer

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
