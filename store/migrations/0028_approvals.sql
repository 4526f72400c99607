-- Requests for approvals and what became of each (docs/approvals.md).
-- Lists are read from the log itself, so that nobody decides about a row that is late (ADR 47).

CREATE INDEX switch_events_approval
    ON planswitch.switch_events (originator_id, originator_version DESC) INCLUDE (topic, notification_id)
    WHERE topic IN ('approval.requested', 'approval.granted', 'approval.refused', 'approval.voided',
        'approval.carried-out');
