-- A save is one statement: provider calls, events and the notice to subscribers, all of them or none.
-- The functions have the rights of who calls them, and their names are whole, so no search path leads elsewhere.
-- A new signature gets a new name: programs of two versions work side by side, and a prepared statement breaks when
-- what its function returns is changed.
-- No parameter has the name of a column: PL/pgSQL refuses a name that could be either.

CREATE FUNCTION planswitch.save_calls(
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
         text, started_at, duration_ms)
    SELECT call_switch_id, call_step, call_attempt, call_run_id, call_activity_id, r.*
    FROM jsonb_to_recordset(calls) AS r(
        provider text, operation text, key text, request_digest text, status integer, code text, text text,
        started_at timestamptz, duration_ms integer);
END
$body$;

-- Returns the notification ids in the order of the events, which come as arrays of one length.
CREATE FUNCTION planswitch.save_events(
    event_streams    uuid[],
    event_versions   bigint[],
    event_topics     text[],
    event_states     bytea[],
    lock_wait        text,
    channel          text,
    calls            jsonb,
    call_switch_id   uuid,
    call_step        text,
    call_attempt     integer,
    call_run_id      text,
    call_activity_id text
) RETURNS SETOF bigint LANGUAGE plpgsql AS $body$
BEGIN
    -- Calls have no order with anybody else's, so nobody waits for them.
    IF calls IS NOT NULL THEN
        PERFORM planswitch.save_calls(
            calls, call_switch_id, call_step, call_attempt, call_run_id, call_activity_id);
    END IF;
    IF cardinality(event_streams) = 0 THEN
        RETURN;
    END IF;
    -- Until the end of the transaction, as SET LOCAL has it, which takes no parameter.
    PERFORM set_config('lock_timeout', lock_wait, true);
    -- One writer at a time from here to its commit: ids and recorded_at have the order of the commits, and who
    -- reads the end of the log misses nothing. Readers are not kept waiting.
    LOCK TABLE planswitch.switch_events IN EXCLUSIVE MODE;
    RETURN QUERY
        INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)
        SELECT * FROM unnest(event_streams, event_versions, event_topics, event_states)
        RETURNING notification_id;
    PERFORM pg_notify(channel, '');
END
$body$;
