from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cause import Cause, check_cause
from ..models.party import Party, check_party

if TYPE_CHECKING:
    from ..models.evidence import Evidence


T = TypeVar("T", bound="FirstCause")


@_attrs_define
class FirstCause:
    """Why a switch is where it is, and on what that rests.

    Attributes:
        cause (Cause): Why a switch is not where it was to be; the value is what `--json` shows, and is never renamed.
        sentence (str): The cause in words, with what the record says of it.
        code (str): Stable code in the record, "" where there is none.
        party (Party): Who can remove a cause.
        since (datetime.datetime):
        step (str): Step that it concerns, "" where it concerns none.
        remedy (str): What the record advises about it; "" where it advises nothing.
        evidence (list[Evidence]):
    """

    cause: Cause
    sentence: str
    code: str
    party: Party
    since: datetime.datetime
    step: str
    remedy: str
    evidence: list[Evidence]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cause: str = self.cause

        sentence = self.sentence

        code = self.code

        party: str = self.party

        since = self.since.isoformat()

        step = self.step

        remedy = self.remedy

        evidence = []
        for evidence_item_data in self.evidence:
            evidence_item = evidence_item_data.to_dict()
            evidence.append(evidence_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cause": cause,
                "sentence": sentence,
                "code": code,
                "party": party,
                "since": since,
                "step": step,
                "remedy": remedy,
                "evidence": evidence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.evidence import Evidence  # noqa: PLC0415

        d = dict(src_dict)
        cause = check_cause(d.pop("cause"))

        sentence = d.pop("sentence")

        code = d.pop("code")

        party = check_party(d.pop("party"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        step = d.pop("step")

        remedy = d.pop("remedy")

        evidence = []
        _evidence = d.pop("evidence")
        for evidence_item_data in _evidence:
            evidence_item = Evidence.from_dict(evidence_item_data)

            evidence.append(evidence_item)

        first_cause = cls(
            cause=cause,
            sentence=sentence,
            code=code,
            party=party,
            since=since,
            step=step,
            remedy=remedy,
            evidence=evidence,
        )

        first_cause.additional_properties = d
        return first_cause

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
