from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.assessment_verdict import AssessmentVerdict, check_assessment_verdict

if TYPE_CHECKING:
    from ..models.finding_line import FindingLine
    from ..models.quote_summary import QuoteSummary
    from ..models.reason_story import ReasonStory
    from ..models.shown_assessment_inputs import ShownAssessmentInputs
    from ..models.words import Words


T = TypeVar("T", bound="ShownAssessment")


@_attrs_define
class ShownAssessment:
    """One assessment with everything that it rests on, and the names of its plans.

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
        recorded_at (datetime.datetime):
        causation (str): What caused it, such as a request or a step.
        refusal (None | Words): Code and words of what turned it away beside the reasons; null: nothing did. Where a
            record of before does not say why it was refused, the code is "not recorded".
        refusal_code (str):
        reasons (list[ReasonStory]):
        findings (list[FindingLine]):
        acknowledgments_missing (list[str]):
        direction (str):
        kind (str):
        services_gained (list[str]):
        services_lost (list[str]):
        services_lowered (list[str]):
        quote (None | QuoteSummary):
        input_digest (str):
        inputs (ShownAssessmentInputs): Everything that was looked at, as it is recorded.
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
    recorded_at: datetime.datetime
    causation: str
    refusal: None | Words
    refusal_code: str
    reasons: list[ReasonStory]
    findings: list[FindingLine]
    acknowledgments_missing: list[str]
    direction: str
    kind: str
    services_gained: list[str]
    services_lost: list[str]
    services_lowered: list[str]
    quote: None | QuoteSummary
    input_digest: str
    inputs: ShownAssessmentInputs
    source_plan: str
    target_plan: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.quote_summary import QuoteSummary  # noqa: PLC0415
        from ..models.words import Words  # noqa: PLC0415

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

        recorded_at = self.recorded_at.isoformat()

        causation = self.causation

        refusal: dict[str, Any] | None
        if isinstance(self.refusal, Words):
            refusal = self.refusal.to_dict()
        else:
            refusal = self.refusal

        refusal_code = self.refusal_code

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        acknowledgments_missing = self.acknowledgments_missing

        direction = self.direction

        kind = self.kind

        services_gained = self.services_gained

        services_lost = self.services_lost

        services_lowered = self.services_lowered

        quote: dict[str, Any] | None
        if isinstance(self.quote, QuoteSummary):
            quote = self.quote.to_dict()
        else:
            quote = self.quote

        input_digest = self.input_digest

        inputs = self.inputs.to_dict()

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
                "recorded_at": recorded_at,
                "causation": causation,
                "refusal": refusal,
                "refusal_code": refusal_code,
                "reasons": reasons,
                "findings": findings,
                "acknowledgments_missing": acknowledgments_missing,
                "direction": direction,
                "kind": kind,
                "services_gained": services_gained,
                "services_lost": services_lost,
                "services_lowered": services_lowered,
                "quote": quote,
                "input_digest": input_digest,
                "inputs": inputs,
                "source_plan": source_plan,
                "target_plan": target_plan,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.finding_line import FindingLine  # noqa: PLC0415
        from ..models.quote_summary import QuoteSummary  # noqa: PLC0415
        from ..models.reason_story import ReasonStory  # noqa: PLC0415
        from ..models.shown_assessment_inputs import ShownAssessmentInputs  # noqa: PLC0415
        from ..models.words import Words  # noqa: PLC0415

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

        recorded_at = datetime.datetime.fromisoformat(d.pop("recorded_at"))

        causation = d.pop("causation")

        def _parse_refusal(data: object) -> None | Words:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                refusal_type_0 = Words.from_dict(data)

                return refusal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Words, data)

        refusal = _parse_refusal(d.pop("refusal"))

        refusal_code = d.pop("refusal_code")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonStory.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = FindingLine.from_dict(findings_item_data)

            findings.append(findings_item)

        acknowledgments_missing = cast(list[str], d.pop("acknowledgments_missing"))

        direction = d.pop("direction")

        kind = d.pop("kind")

        services_gained = cast(list[str], d.pop("services_gained"))

        services_lost = cast(list[str], d.pop("services_lost"))

        services_lowered = cast(list[str], d.pop("services_lowered"))

        def _parse_quote(data: object) -> None | QuoteSummary:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quote_type_0 = QuoteSummary.from_dict(data)

                return quote_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QuoteSummary, data)

        quote = _parse_quote(d.pop("quote"))

        input_digest = d.pop("input_digest")

        inputs = ShownAssessmentInputs.from_dict(d.pop("inputs"))

        source_plan = d.pop("source_plan")

        target_plan = d.pop("target_plan")

        shown_assessment = cls(
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
            recorded_at=recorded_at,
            causation=causation,
            refusal=refusal,
            refusal_code=refusal_code,
            reasons=reasons,
            findings=findings,
            acknowledgments_missing=acknowledgments_missing,
            direction=direction,
            kind=kind,
            services_gained=services_gained,
            services_lost=services_lost,
            services_lowered=services_lowered,
            quote=quote,
            input_digest=input_digest,
            inputs=inputs,
            source_plan=source_plan,
            target_plan=target_plan,
        )

        shown_assessment.additional_properties = d
        return shown_assessment

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
