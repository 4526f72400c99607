-- Why a provider refused, in its own words without personal data: of a whole call, of its items, and of each user.

ALTER TABLE planswitch.provider_call
    -- By which the provider's support finds the answer.
    ADD COLUMN request_id text NOT NULL DEFAULT '',
    -- Items that were refused in an answer: [{status, code, text, request_id, count}].
    ADD COLUMN refusals   jsonb NOT NULL DEFAULT '[]';

ALTER TABLE planswitch.license_move
    ADD COLUMN code       text NOT NULL DEFAULT '',
    ADD COLUMN text       text NOT NULL DEFAULT '',
    ADD COLUMN request_id text NOT NULL DEFAULT '';

-- Refused calls are few and asked for often.
CREATE INDEX provider_call_refused ON planswitch.provider_call (switch_id, id)
    WHERE status < 200 OR status > 299 OR code <> '' OR refusals <> '[]';

-- The signature stays: a program of before gives no more than it has.
CREATE OR REPLACE FUNCTION planswitch.save_calls(
    calls            jsonb,
    call_switch_id   uuid,
    call_step        text,
    call_attempt     integer,
    call_run_id      text,
    call_activity_id text
) RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO planswitch.provider_call
        (switch_id, step, attempt, run_id, activity_id, provider, operation, key, request_digest, status, code,
         text, started_at, duration_ms, request_id, refusals)
    SELECT call_switch_id, call_step, call_attempt, call_run_id, call_activity_id,
           r.provider, r.operation, r.key, r.request_digest, r.status, r.code, r.text, r.started_at, r.duration_ms,
           coalesce(r.request_id, ''), coalesce(r.refusals, '[]')
    FROM jsonb_to_recordset(calls) AS r(
        provider text, operation text, key text, request_digest text, status integer, code text, text text,
        started_at timestamptz, duration_ms integer, request_id text, refusals jsonb);
END
$body$;
