from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.finding_answer import FindingAnswer
    from ..models.named_switch import NamedSwitch
    from ..models.scheduled_quote import ScheduledQuote
    from ..models.wait_answer import WaitAnswer


T = TypeVar("T", bound="SwitchStarted")


@_attrs_define
class SwitchStarted:
    """A switch that has begun, or a request that waits.

    Attributes:
        switch_id (str):
        request_id (str):
        users (int):
        quote (ScheduledQuote): A quote, and the day on which its switch starts.
        findings (list[FindingAnswer]):
        switch (NamedSwitch | None): null: it is not shown yet.
        wait (None | WaitAnswer): What was accepted by waiting; null when the switch has begun.
        repeated (bool | Unset):  Default: False.
    """

    switch_id: str
    request_id: str
    users: int
    quote: ScheduledQuote
    findings: list[FindingAnswer]
    switch: NamedSwitch | None
    wait: None | WaitAnswer
    repeated: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.named_switch import NamedSwitch  # noqa: PLC0415
        from ..models.wait_answer import WaitAnswer  # noqa: PLC0415

        switch_id = self.switch_id

        request_id = self.request_id

        users = self.users

        quote = self.quote.to_dict()

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        switch: dict[str, Any] | None
        if isinstance(self.switch, NamedSwitch):
            switch = self.switch.to_dict()
        else:
            switch = self.switch

        wait: dict[str, Any] | None
        if isinstance(self.wait, WaitAnswer):
            wait = self.wait.to_dict()
        else:
            wait = self.wait

        repeated = self.repeated

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "request_id": request_id,
                "users": users,
                "quote": quote,
                "findings": findings,
                "switch": switch,
                "wait": wait,
            }
        )
        if repeated is not UNSET:
            field_dict["repeated"] = repeated

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.finding_answer import FindingAnswer  # noqa: PLC0415
        from ..models.named_switch import NamedSwitch  # noqa: PLC0415
        from ..models.scheduled_quote import ScheduledQuote  # noqa: PLC0415
        from ..models.wait_answer import WaitAnswer  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        request_id = d.pop("request_id")

        users = d.pop("users")

        quote = ScheduledQuote.from_dict(d.pop("quote"))

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = FindingAnswer.from_dict(findings_item_data)

            findings.append(findings_item)

        def _parse_switch(data: object) -> NamedSwitch | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                switch_type_0 = NamedSwitch.from_dict(data)

                return switch_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NamedSwitch | None, data)

        switch = _parse_switch(d.pop("switch"))

        def _parse_wait(data: object) -> None | WaitAnswer:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                wait_type_0 = WaitAnswer.from_dict(data)

                return wait_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | WaitAnswer, data)

        wait = _parse_wait(d.pop("wait"))

        repeated = d.pop("repeated", UNSET)

        switch_started = cls(
            switch_id=switch_id,
            request_id=request_id,
            users=users,
            quote=quote,
            findings=findings,
            switch=switch,
            wait=wait,
            repeated=repeated,
        )

        switch_started.additional_properties = d
        return switch_started

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
