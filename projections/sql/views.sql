-- The stable names: dashboards and the console read these; @version is the version that is shown.

DROP VIEW IF EXISTS planswitch_read.switch_board;
CREATE VIEW planswitch_read.switch_board AS
SELECT switch_id, organization_id, workflow_id, run_id, request_id, source_subscription_id,
       target_subscription_id, source_plan_id, target_plan_id, stage, waits_for, wait_names, waits_since, looks_at, looks_every_seconds, wait_remedy, wait_step, licenses, total, moved, failed, skipped, quote_total, charged_total, currency,
       requested_by, requested_at, first_requested_at, updated_at, ended_at, outcome, error_code, error_message, promised_end,
       promises_missed, alarms, alarmed_at, outside_acts, credit_check, credit_reminder_at, credit_deadline_at, credit_cap_at, voidable_until,
       void_warned_at, invoice_promised_at, invoice_delivered_at, invoice_looks_at, invoice_open_point, wait_until,
       start_on, pilot, pilot_group_id, switch_back_of, switched_back_by, licenses_only, notice_read_by, notice_read_at, joined_late, incomplete_since, incomplete_stream, position
FROM planswitch_read.switch_board_v@version
WHERE requested_at IS NOT NULL;

DROP VIEW IF EXISTS planswitch_read.switch_timeline;
CREATE VIEW planswitch_read.switch_timeline AS
SELECT switch_id, position, at, stream_id, version, event, stage, actor, reason, causation, summary, activity,
       attempt
FROM planswitch_read.switch_timeline_v@version;

DROP VIEW IF EXISTS planswitch_read.checkout_board;
CREATE VIEW planswitch_read.checkout_board AS
SELECT checkout_id, organization_id, source_subscription_id, target_plan_id, quantity, payment_method,
       credit_check, state, revision, total, currency, expires_on, switch_id, refusal_code, started_by,
       started_at, changed_by, changed_at, incomplete_since, position
FROM planswitch_read.checkout_board_v@version;
