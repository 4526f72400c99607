from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.act_kind import ActKind, check_act_kind

T = TypeVar("T", bound="WebhookActAnswer")


@_attrs_define
class WebhookActAnswer:
    """Something that was done with an endpoint.

    Attributes:
        kind (ActKind): What was done with an endpoint; the words are stored.
        actor (str):
        reason (str):
        request_id (str):
        acted_at (datetime.datetime):
    """

    kind: ActKind
    actor: str
    reason: str
    request_id: str
    acted_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        actor = self.actor

        reason = self.reason

        request_id = self.request_id

        acted_at = self.acted_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "actor": actor,
                "reason": reason,
                "request_id": request_id,
                "acted_at": acted_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = check_act_kind(d.pop("kind"))

        actor = d.pop("actor")

        reason = d.pop("reason")

        request_id = d.pop("request_id")

        acted_at = datetime.datetime.fromisoformat(d.pop("acted_at"))

        webhook_act_answer = cls(
            kind=kind,
            actor=actor,
            reason=reason,
            request_id=request_id,
            acted_at=acted_at,
        )

        webhook_act_answer.additional_properties = d
        return webhook_act_answer

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
