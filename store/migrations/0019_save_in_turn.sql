-- A save by a role that may only add: EXCLUSIVE mode of a table asks for the right to change its rows, which such a
-- role has not. So writers wait for each other at an advisory lock, from here to the end of the transaction.
--
-- A writer of before calls save_events and locks the table; the two kinds wait for each other as well. An INSERT holds
-- the table in ROW EXCLUSIVE mode, takes that before it takes an id, and keeps it to the end of the transaction:
-- EXCLUSIVE mode waits for it, and it waits for EXCLUSIVE mode. Remove save_events once no program calls it.

-- Returns the notification ids in the order of the events, which come as arrays of one length.
CREATE FUNCTION planswitch.save_events_2(
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
    PERFORM pg_advisory_xact_lock(7306116255);
    RETURN QUERY
        INSERT INTO planswitch.switch_events (originator_id, originator_version, topic, state)
        SELECT * FROM unnest(event_streams, event_versions, event_topics, event_states)
        RETURNING notification_id;
    PERFORM pg_notify(channel, '');
END
$body$;

-- An organization's keys are written once, and erased. Who seals people by them holds their row, and needs the right
-- to change it for that.
CREATE TRIGGER unchanged BEFORE UPDATE ON planswitch.organization_key
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
