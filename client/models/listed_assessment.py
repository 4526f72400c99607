from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.assessment_verdict import AssessmentVerdict, check_assessment_verdict

T = TypeVar("T", bound="ListedAssessment")


@_attrs_define
class ListedAssessment:
    """One assessment of a list, with the names of its plans.

    Attributes:
        number (int): Its place in the log of all events, by which it is named.
        stream_id (str): Stream of the assessment log; of an accepted request the subscription's.
        at (datetime.datetime):
        organization_id (str):
        switch_id (str): "" where it led to no switch.
        actor (str):
        reason (str): Why, in the words of who asked.
        verdict (AssessmentVerdict): What came of a question.
        stage (str): before_order, before_first_move or before_cancellation; "": nothing was assessed.
        mode (str): automatic, manual or licenses_only.
        source_plan_id (str):
        target_plan_id (str):
        rule_set (str):
        catalog_version (str): "": nothing was assessed.
        codes (list[str]): Codes of what stood in the way.
        source_plan (str):
        target_plan (str):
    """

    number: int
    stream_id: str
    at: datetime.datetime
    organization_id: str
    switch_id: str
    actor: str
    reason: str
    verdict: AssessmentVerdict
    stage: str
    mode: str
    source_plan_id: str
    target_plan_id: str
    rule_set: str
    catalog_version: str
    codes: list[str]
    source_plan: str
    target_plan: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        stream_id = self.stream_id

        at = self.at.isoformat()

        organization_id = self.organization_id

        switch_id = self.switch_id

        actor = self.actor

        reason = self.reason

        verdict: str = self.verdict

        stage = self.stage

        mode = self.mode

        source_plan_id = self.source_plan_id

        target_plan_id = self.target_plan_id

        rule_set = self.rule_set

        catalog_version = self.catalog_version

        codes = self.codes

        source_plan = self.source_plan

        target_plan = self.target_plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "number": number,
                "stream_id": stream_id,
                "at": at,
                "organization_id": organization_id,
                "switch_id": switch_id,
                "actor": actor,
                "reason": reason,
                "verdict": verdict,
                "stage": stage,
                "mode": mode,
                "source_plan_id": source_plan_id,
                "target_plan_id": target_plan_id,
                "rule_set": rule_set,
                "catalog_version": catalog_version,
                "codes": codes,
                "source_plan": source_plan,
                "target_plan": target_plan,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        number = d.pop("number")

        stream_id = d.pop("stream_id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        organization_id = d.pop("organization_id")

        switch_id = d.pop("switch_id")

        actor = d.pop("actor")

        reason = d.pop("reason")

        verdict = check_assessment_verdict(d.pop("verdict"))

        stage = d.pop("stage")

        mode = d.pop("mode")

        source_plan_id = d.pop("source_plan_id")

        target_plan_id = d.pop("target_plan_id")

        rule_set = d.pop("rule_set")

        catalog_version = d.pop("catalog_version")

        codes = cast(list[str], d.pop("codes"))

        source_plan = d.pop("source_plan")

        target_plan = d.pop("target_plan")

        listed_assessment = cls(
            number=number,
            stream_id=stream_id,
            at=at,
            organization_id=organization_id,
            switch_id=switch_id,
            actor=actor,
            reason=reason,
            verdict=verdict,
            stage=stage,
            mode=mode,
            source_plan_id=source_plan_id,
            target_plan_id=target_plan_id,
            rule_set=rule_set,
            catalog_version=catalog_version,
            codes=codes,
            source_plan=source_plan,
            target_plan=target_plan,
        )

        listed_assessment.additional_properties = d
        return listed_assessment

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
