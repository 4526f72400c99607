from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.attention_answer import AttentionAnswer
    from ..models.back_advice import BackAdvice
    from ..models.completion_notice import CompletionNotice
    from ..models.finding_answer import FindingAnswer
    from ..models.workflow_trouble import WorkflowTrouble


T = TypeVar("T", bound="ShownSwitch")


@_attrs_define
class ShownSwitch:
    """One switch, with what it left to do by hand, and whether it may be taken back.

    Attributes:
        switch_id (str):
        organization_id (str):
        workflow_id (str):
        run_id (str):
        request_id (str):
        source_subscription_id (str):
        target_subscription_id (str): The new subscription; "" before the seller has named it.
        source_plan_id (str):
        target_plan_id (str):
        stage (str):
        waits_for (str): Who or what the switch waits for, in words; "" when it has ended.
        wait_names (list[str]): Every thing that is waited for, by name: services, subscriptions; none where the words
            say all.
        waits_since (datetime.datetime | None): Since when it waits for that, and when it looks or acts next by itself;
            null: nobody knows.
        looks_at (datetime.datetime | None):
        looks_every_seconds (int): Seconds from one look to the next, where they are steady; 0: nobody knows.
        wait_remedy (str): What can be done about it; "" where nothing but waiting helps.
        wait_step (str): Step that waits, "" where the stage says what is waited for.
        licenses (int | None): Licenses of the new plan that are ordered, or will be; null before the request is
            recorded.
        total (int): Users on the frozen roster, and those who joined the old plan later; 0 before it is frozen.
        moved (int):
        failed (int):
        skipped (int):
        quote_total (int | None): Minor units with tax: of the quoted day, and of the cutover day once that is known.
        charged_total (int | None):
        currency (str):
        requested_by (str):
        requested_at (datetime.datetime):
        first_requested_at (datetime.datetime): When it was asked for first: a request that waited is asked for again
            when its switch begins.
        updated_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        outcome (str):
        error_code (str):
        error_message (str):
        promised_end (datetime.datetime | None):
        promises_missed (list[str]): Names of the promises that were missed (rules#promises), oldest first.
        alarms (list[str]): Names of the alarms that call for somebody (domain/operator/alarms.py), and since when the
            first of them does.
        alarmed_at (datetime.datetime | None):
        outside_acts (list[str]): What somebody did with Temporal's own means, in words, oldest first.
        credit_check (str): not_required, required, approved, declined or expired; "" before the seller has said which.
        credit_reminder_at (datetime.datetime | None):
        credit_deadline_at (datetime.datetime | None): From then on an operator is waited for.
        credit_cap_at (datetime.datetime | None): Then the order is voided by itself.
        voidable_until (datetime.datetime | None): Until when the order can be voided for nothing, and when the
            organization was warned.
        void_warned_at (datetime.datetime | None):
        invoice_promised_at (datetime.datetime | None):
        invoice_delivered_at (datetime.datetime | None):
        invoice_looks_at (datetime.datetime | None): When billing is asked again for what is open of the invoice, and
            what that is; null and "": nothing is.
        invoice_open_point (str):
        wait_until (datetime.datetime | None): Until when a request waits for its switch to be eligible.
        start_on (datetime.date | None): Day before which a scheduled switch does not start, in the organization's zone.
        pilot (int): Users who move first, 0 before the roster is frozen, and the group that was asked for, if any.
        pilot_group_id (str):
        switch_back_of (str): The switch that this one takes back, and the newest one that takes this one back; ""
            without one.
        switched_back_by (str):
        licenses_only (bool): Both plans are owned: nothing is ordered, cancelled or billed.
        notice_read_by (str): Who read the notice of the completion, and when; "" and null: it stands unread, or there
            is none.
        notice_read_at (datetime.datetime | None):
        joined_late (int):
        incomplete_since (int | None): Version from which on the events of a stream of the switch are missing here,
            since that one could not be folded, and the stream; null and "": nothing is missing.
        incomplete_stream (str):
        position (int): Newest notification that changed the row.
        looks_soon (bool): The wait is looked at soon, and the record does not tell exactly when.
        attention (list[AttentionAnswer]):
        source_plan (str):
        target_plan (str):
        organization_name (str): As billing has it; "" where it is not known now.
        workflow_troubles (list[WorkflowTrouble]):
        open_points (list[FindingAnswer]):
        switch_back (BackAdvice | None): null: it has not completed.
        completion_notice (CompletionNotice | None): null: it has not completed, or the notice was read.
    """

    switch_id: str
    organization_id: str
    workflow_id: str
    run_id: str
    request_id: str
    source_subscription_id: str
    target_subscription_id: str
    source_plan_id: str
    target_plan_id: str
    stage: str
    waits_for: str
    wait_names: list[str]
    waits_since: datetime.datetime | None
    looks_at: datetime.datetime | None
    looks_every_seconds: int
    wait_remedy: str
    wait_step: str
    licenses: int | None
    total: int
    moved: int
    failed: int
    skipped: int
    quote_total: int | None
    charged_total: int | None
    currency: str
    requested_by: str
    requested_at: datetime.datetime
    first_requested_at: datetime.datetime
    updated_at: datetime.datetime
    ended_at: datetime.datetime | None
    outcome: str
    error_code: str
    error_message: str
    promised_end: datetime.datetime | None
    promises_missed: list[str]
    alarms: list[str]
    alarmed_at: datetime.datetime | None
    outside_acts: list[str]
    credit_check: str
    credit_reminder_at: datetime.datetime | None
    credit_deadline_at: datetime.datetime | None
    credit_cap_at: datetime.datetime | None
    voidable_until: datetime.datetime | None
    void_warned_at: datetime.datetime | None
    invoice_promised_at: datetime.datetime | None
    invoice_delivered_at: datetime.datetime | None
    invoice_looks_at: datetime.datetime | None
    invoice_open_point: str
    wait_until: datetime.datetime | None
    start_on: datetime.date | None
    pilot: int
    pilot_group_id: str
    switch_back_of: str
    switched_back_by: str
    licenses_only: bool
    notice_read_by: str
    notice_read_at: datetime.datetime | None
    joined_late: int
    incomplete_since: int | None
    incomplete_stream: str
    position: int
    looks_soon: bool
    attention: list[AttentionAnswer]
    source_plan: str
    target_plan: str
    organization_name: str
    workflow_troubles: list[WorkflowTrouble]
    open_points: list[FindingAnswer]
    switch_back: BackAdvice | None
    completion_notice: CompletionNotice | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.back_advice import BackAdvice  # noqa: PLC0415
        from ..models.completion_notice import CompletionNotice  # noqa: PLC0415

        switch_id = self.switch_id

        organization_id = self.organization_id

        workflow_id = self.workflow_id

        run_id = self.run_id

        request_id = self.request_id

        source_subscription_id = self.source_subscription_id

        target_subscription_id = self.target_subscription_id

        source_plan_id = self.source_plan_id

        target_plan_id = self.target_plan_id

        stage = self.stage

        waits_for = self.waits_for

        wait_names = self.wait_names

        waits_since: None | str
        if isinstance(self.waits_since, datetime.datetime):
            waits_since = self.waits_since.isoformat()
        else:
            waits_since = self.waits_since

        looks_at: None | str
        if isinstance(self.looks_at, datetime.datetime):
            looks_at = self.looks_at.isoformat()
        else:
            looks_at = self.looks_at

        looks_every_seconds = self.looks_every_seconds

        wait_remedy = self.wait_remedy

        wait_step = self.wait_step

        licenses: int | None
        licenses = self.licenses

        total = self.total

        moved = self.moved

        failed = self.failed

        skipped = self.skipped

        quote_total: int | None
        quote_total = self.quote_total

        charged_total: int | None
        charged_total = self.charged_total

        currency = self.currency

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        first_requested_at = self.first_requested_at.isoformat()

        updated_at = self.updated_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        outcome = self.outcome

        error_code = self.error_code

        error_message = self.error_message

        promised_end: None | str
        if isinstance(self.promised_end, datetime.datetime):
            promised_end = self.promised_end.isoformat()
        else:
            promised_end = self.promised_end

        promises_missed = self.promises_missed

        alarms = self.alarms

        alarmed_at: None | str
        if isinstance(self.alarmed_at, datetime.datetime):
            alarmed_at = self.alarmed_at.isoformat()
        else:
            alarmed_at = self.alarmed_at

        outside_acts = self.outside_acts

        credit_check = self.credit_check

        credit_reminder_at: None | str
        if isinstance(self.credit_reminder_at, datetime.datetime):
            credit_reminder_at = self.credit_reminder_at.isoformat()
        else:
            credit_reminder_at = self.credit_reminder_at

        credit_deadline_at: None | str
        if isinstance(self.credit_deadline_at, datetime.datetime):
            credit_deadline_at = self.credit_deadline_at.isoformat()
        else:
            credit_deadline_at = self.credit_deadline_at

        credit_cap_at: None | str
        if isinstance(self.credit_cap_at, datetime.datetime):
            credit_cap_at = self.credit_cap_at.isoformat()
        else:
            credit_cap_at = self.credit_cap_at

        voidable_until: None | str
        if isinstance(self.voidable_until, datetime.datetime):
            voidable_until = self.voidable_until.isoformat()
        else:
            voidable_until = self.voidable_until

        void_warned_at: None | str
        if isinstance(self.void_warned_at, datetime.datetime):
            void_warned_at = self.void_warned_at.isoformat()
        else:
            void_warned_at = self.void_warned_at

        invoice_promised_at: None | str
        if isinstance(self.invoice_promised_at, datetime.datetime):
            invoice_promised_at = self.invoice_promised_at.isoformat()
        else:
            invoice_promised_at = self.invoice_promised_at

        invoice_delivered_at: None | str
        if isinstance(self.invoice_delivered_at, datetime.datetime):
            invoice_delivered_at = self.invoice_delivered_at.isoformat()
        else:
            invoice_delivered_at = self.invoice_delivered_at

        invoice_looks_at: None | str
        if isinstance(self.invoice_looks_at, datetime.datetime):
            invoice_looks_at = self.invoice_looks_at.isoformat()
        else:
            invoice_looks_at = self.invoice_looks_at

        invoice_open_point = self.invoice_open_point

        wait_until: None | str
        if isinstance(self.wait_until, datetime.datetime):
            wait_until = self.wait_until.isoformat()
        else:
            wait_until = self.wait_until

        start_on: None | str
        if isinstance(self.start_on, datetime.date):
            start_on = self.start_on.isoformat()
        else:
            start_on = self.start_on

        pilot = self.pilot

        pilot_group_id = self.pilot_group_id

        switch_back_of = self.switch_back_of

        switched_back_by = self.switched_back_by

        licenses_only = self.licenses_only

        notice_read_by = self.notice_read_by

        notice_read_at: None | str
        if isinstance(self.notice_read_at, datetime.datetime):
            notice_read_at = self.notice_read_at.isoformat()
        else:
            notice_read_at = self.notice_read_at

        joined_late = self.joined_late

        incomplete_since: int | None
        incomplete_since = self.incomplete_since

        incomplete_stream = self.incomplete_stream

        position = self.position

        looks_soon = self.looks_soon

        attention = []
        for attention_item_data in self.attention:
            attention_item = attention_item_data.to_dict()
            attention.append(attention_item)

        source_plan = self.source_plan

        target_plan = self.target_plan

        organization_name = self.organization_name

        workflow_troubles = []
        for workflow_troubles_item_data in self.workflow_troubles:
            workflow_troubles_item = workflow_troubles_item_data.to_dict()
            workflow_troubles.append(workflow_troubles_item)

        open_points = []
        for open_points_item_data in self.open_points:
            open_points_item = open_points_item_data.to_dict()
            open_points.append(open_points_item)

        switch_back: dict[str, Any] | None
        if isinstance(self.switch_back, BackAdvice):
            switch_back = self.switch_back.to_dict()
        else:
            switch_back = self.switch_back

        completion_notice: dict[str, Any] | None
        if isinstance(self.completion_notice, CompletionNotice):
            completion_notice = self.completion_notice.to_dict()
        else:
            completion_notice = self.completion_notice

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "switch_id": switch_id,
                "organization_id": organization_id,
                "workflow_id": workflow_id,
                "run_id": run_id,
                "request_id": request_id,
                "source_subscription_id": source_subscription_id,
                "target_subscription_id": target_subscription_id,
                "source_plan_id": source_plan_id,
                "target_plan_id": target_plan_id,
                "stage": stage,
                "waits_for": waits_for,
                "wait_names": wait_names,
                "waits_since": waits_since,
                "looks_at": looks_at,
                "looks_every_seconds": looks_every_seconds,
                "wait_remedy": wait_remedy,
                "wait_step": wait_step,
                "licenses": licenses,
                "total": total,
                "moved": moved,
                "failed": failed,
                "skipped": skipped,
                "quote_total": quote_total,
                "charged_total": charged_total,
                "currency": currency,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "first_requested_at": first_requested_at,
                "updated_at": updated_at,
                "ended_at": ended_at,
                "outcome": outcome,
                "error_code": error_code,
                "error_message": error_message,
                "promised_end": promised_end,
                "promises_missed": promises_missed,
                "alarms": alarms,
                "alarmed_at": alarmed_at,
                "outside_acts": outside_acts,
                "credit_check": credit_check,
                "credit_reminder_at": credit_reminder_at,
                "credit_deadline_at": credit_deadline_at,
                "credit_cap_at": credit_cap_at,
                "voidable_until": voidable_until,
                "void_warned_at": void_warned_at,
                "invoice_promised_at": invoice_promised_at,
                "invoice_delivered_at": invoice_delivered_at,
                "invoice_looks_at": invoice_looks_at,
                "invoice_open_point": invoice_open_point,
                "wait_until": wait_until,
                "start_on": start_on,
                "pilot": pilot,
                "pilot_group_id": pilot_group_id,
                "switch_back_of": switch_back_of,
                "switched_back_by": switched_back_by,
                "licenses_only": licenses_only,
                "notice_read_by": notice_read_by,
                "notice_read_at": notice_read_at,
                "joined_late": joined_late,
                "incomplete_since": incomplete_since,
                "incomplete_stream": incomplete_stream,
                "position": position,
                "looks_soon": looks_soon,
                "attention": attention,
                "source_plan": source_plan,
                "target_plan": target_plan,
                "organization_name": organization_name,
                "workflow_troubles": workflow_troubles,
                "open_points": open_points,
                "switch_back": switch_back,
                "completion_notice": completion_notice,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.attention_answer import AttentionAnswer  # noqa: PLC0415
        from ..models.back_advice import BackAdvice  # noqa: PLC0415
        from ..models.completion_notice import CompletionNotice  # noqa: PLC0415
        from ..models.finding_answer import FindingAnswer  # noqa: PLC0415
        from ..models.workflow_trouble import WorkflowTrouble  # noqa: PLC0415

        d = dict(src_dict)
        switch_id = d.pop("switch_id")

        organization_id = d.pop("organization_id")

        workflow_id = d.pop("workflow_id")

        run_id = d.pop("run_id")

        request_id = d.pop("request_id")

        source_subscription_id = d.pop("source_subscription_id")

        target_subscription_id = d.pop("target_subscription_id")

        source_plan_id = d.pop("source_plan_id")

        target_plan_id = d.pop("target_plan_id")

        stage = d.pop("stage")

        waits_for = d.pop("waits_for")

        wait_names = cast(list[str], d.pop("wait_names"))

        def _parse_waits_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                waits_since_type_0 = datetime.datetime.fromisoformat(data)

                return waits_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        waits_since = _parse_waits_since(d.pop("waits_since"))

        def _parse_looks_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                looks_at_type_0 = datetime.datetime.fromisoformat(data)

                return looks_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        looks_at = _parse_looks_at(d.pop("looks_at"))

        looks_every_seconds = d.pop("looks_every_seconds")

        wait_remedy = d.pop("wait_remedy")

        wait_step = d.pop("wait_step")

        def _parse_licenses(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        licenses = _parse_licenses(d.pop("licenses"))

        total = d.pop("total")

        moved = d.pop("moved")

        failed = d.pop("failed")

        skipped = d.pop("skipped")

        def _parse_quote_total(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        quote_total = _parse_quote_total(d.pop("quote_total"))

        def _parse_charged_total(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        charged_total = _parse_charged_total(d.pop("charged_total"))

        currency = d.pop("currency")

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        first_requested_at = datetime.datetime.fromisoformat(d.pop("first_requested_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        outcome = d.pop("outcome")

        error_code = d.pop("error_code")

        error_message = d.pop("error_message")

        def _parse_promised_end(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                promised_end_type_0 = datetime.datetime.fromisoformat(data)

                return promised_end_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        promised_end = _parse_promised_end(d.pop("promised_end"))

        promises_missed = cast(list[str], d.pop("promises_missed"))

        alarms = cast(list[str], d.pop("alarms"))

        def _parse_alarmed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                alarmed_at_type_0 = datetime.datetime.fromisoformat(data)

                return alarmed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        alarmed_at = _parse_alarmed_at(d.pop("alarmed_at"))

        outside_acts = cast(list[str], d.pop("outside_acts"))

        credit_check = d.pop("credit_check")

        def _parse_credit_reminder_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credit_reminder_at_type_0 = datetime.datetime.fromisoformat(data)

                return credit_reminder_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        credit_reminder_at = _parse_credit_reminder_at(d.pop("credit_reminder_at"))

        def _parse_credit_deadline_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credit_deadline_at_type_0 = datetime.datetime.fromisoformat(data)

                return credit_deadline_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        credit_deadline_at = _parse_credit_deadline_at(d.pop("credit_deadline_at"))

        def _parse_credit_cap_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                credit_cap_at_type_0 = datetime.datetime.fromisoformat(data)

                return credit_cap_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        credit_cap_at = _parse_credit_cap_at(d.pop("credit_cap_at"))

        def _parse_voidable_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                voidable_until_type_0 = datetime.datetime.fromisoformat(data)

                return voidable_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        voidable_until = _parse_voidable_until(d.pop("voidable_until"))

        def _parse_void_warned_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                void_warned_at_type_0 = datetime.datetime.fromisoformat(data)

                return void_warned_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        void_warned_at = _parse_void_warned_at(d.pop("void_warned_at"))

        def _parse_invoice_promised_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                invoice_promised_at_type_0 = datetime.datetime.fromisoformat(data)

                return invoice_promised_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        invoice_promised_at = _parse_invoice_promised_at(d.pop("invoice_promised_at"))

        def _parse_invoice_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                invoice_delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return invoice_delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        invoice_delivered_at = _parse_invoice_delivered_at(d.pop("invoice_delivered_at"))

        def _parse_invoice_looks_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                invoice_looks_at_type_0 = datetime.datetime.fromisoformat(data)

                return invoice_looks_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        invoice_looks_at = _parse_invoice_looks_at(d.pop("invoice_looks_at"))

        invoice_open_point = d.pop("invoice_open_point")

        def _parse_wait_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                wait_until_type_0 = datetime.datetime.fromisoformat(data)

                return wait_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        wait_until = _parse_wait_until(d.pop("wait_until"))

        def _parse_start_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                start_on_type_0 = datetime.date.fromisoformat(data)

                return start_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        start_on = _parse_start_on(d.pop("start_on"))

        pilot = d.pop("pilot")

        pilot_group_id = d.pop("pilot_group_id")

        switch_back_of = d.pop("switch_back_of")

        switched_back_by = d.pop("switched_back_by")

        licenses_only = d.pop("licenses_only")

        notice_read_by = d.pop("notice_read_by")

        def _parse_notice_read_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                notice_read_at_type_0 = datetime.datetime.fromisoformat(data)

                return notice_read_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        notice_read_at = _parse_notice_read_at(d.pop("notice_read_at"))

        joined_late = d.pop("joined_late")

        def _parse_incomplete_since(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        incomplete_since = _parse_incomplete_since(d.pop("incomplete_since"))

        incomplete_stream = d.pop("incomplete_stream")

        position = d.pop("position")

        looks_soon = d.pop("looks_soon")

        attention = []
        _attention = d.pop("attention")
        for attention_item_data in _attention:
            attention_item = AttentionAnswer.from_dict(attention_item_data)

            attention.append(attention_item)

        source_plan = d.pop("source_plan")

        target_plan = d.pop("target_plan")

        organization_name = d.pop("organization_name")

        workflow_troubles = []
        _workflow_troubles = d.pop("workflow_troubles")
        for workflow_troubles_item_data in _workflow_troubles:
            workflow_troubles_item = WorkflowTrouble.from_dict(workflow_troubles_item_data)

            workflow_troubles.append(workflow_troubles_item)

        open_points = []
        _open_points = d.pop("open_points")
        for open_points_item_data in _open_points:
            open_points_item = FindingAnswer.from_dict(open_points_item_data)

            open_points.append(open_points_item)

        def _parse_switch_back(data: object) -> BackAdvice | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                switch_back_type_0 = BackAdvice.from_dict(data)

                return switch_back_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BackAdvice | None, data)

        switch_back = _parse_switch_back(d.pop("switch_back"))

        def _parse_completion_notice(data: object) -> CompletionNotice | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                completion_notice_type_0 = CompletionNotice.from_dict(data)

                return completion_notice_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CompletionNotice | None, data)

        completion_notice = _parse_completion_notice(d.pop("completion_notice"))

        shown_switch = cls(
            switch_id=switch_id,
            organization_id=organization_id,
            workflow_id=workflow_id,
            run_id=run_id,
            request_id=request_id,
            source_subscription_id=source_subscription_id,
            target_subscription_id=target_subscription_id,
            source_plan_id=source_plan_id,
            target_plan_id=target_plan_id,
            stage=stage,
            waits_for=waits_for,
            wait_names=wait_names,
            waits_since=waits_since,
            looks_at=looks_at,
            looks_every_seconds=looks_every_seconds,
            wait_remedy=wait_remedy,
            wait_step=wait_step,
            licenses=licenses,
            total=total,
            moved=moved,
            failed=failed,
            skipped=skipped,
            quote_total=quote_total,
            charged_total=charged_total,
            currency=currency,
            requested_by=requested_by,
            requested_at=requested_at,
            first_requested_at=first_requested_at,
            updated_at=updated_at,
            ended_at=ended_at,
            outcome=outcome,
            error_code=error_code,
            error_message=error_message,
            promised_end=promised_end,
            promises_missed=promises_missed,
            alarms=alarms,
            alarmed_at=alarmed_at,
            outside_acts=outside_acts,
            credit_check=credit_check,
            credit_reminder_at=credit_reminder_at,
            credit_deadline_at=credit_deadline_at,
            credit_cap_at=credit_cap_at,
            voidable_until=voidable_until,
            void_warned_at=void_warned_at,
            invoice_promised_at=invoice_promised_at,
            invoice_delivered_at=invoice_delivered_at,
            invoice_looks_at=invoice_looks_at,
            invoice_open_point=invoice_open_point,
            wait_until=wait_until,
            start_on=start_on,
            pilot=pilot,
            pilot_group_id=pilot_group_id,
            switch_back_of=switch_back_of,
            switched_back_by=switched_back_by,
            licenses_only=licenses_only,
            notice_read_by=notice_read_by,
            notice_read_at=notice_read_at,
            joined_late=joined_late,
            incomplete_since=incomplete_since,
            incomplete_stream=incomplete_stream,
            position=position,
            looks_soon=looks_soon,
            attention=attention,
            source_plan=source_plan,
            target_plan=target_plan,
            organization_name=organization_name,
            workflow_troubles=workflow_troubles,
            open_points=open_points,
            switch_back=switch_back,
            completion_notice=completion_notice,
        )

        shown_switch.additional_properties = d
        return shown_switch

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
