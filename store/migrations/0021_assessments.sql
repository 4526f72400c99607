-- Assessments and refusals by whom they are about (docs/audit.md#why-was-it-refused-that-day).
-- Both kinds of event name organization and switch in their meta; only they are in the indexes.

CREATE FUNCTION planswitch.meta_of(event_state bytea, field text) RETURNS text
    -- It reads a whole state: dear enough that the indexes below are always taken in its place.
    LANGUAGE plpgsql IMMUTABLE COST 10000 AS $body$
BEGIN
    RETURN coalesce(convert_from(event_state, 'UTF8')::json -> 'meta' ->> field, '');
EXCEPTION WHEN data_exception THEN
    -- What can't be read is saved all the same, and reported by whoever reads the event.
    RETURN '';
END
$body$;

CREATE INDEX switch_events_assessed_organization
    ON planswitch.switch_events (planswitch.meta_of(state, 'organization_id'), notification_id)
    WHERE topic IN ('assessment.assessed', 'subscription.switch-requested');
CREATE INDEX switch_events_assessed_switch
    ON planswitch.switch_events (planswitch.meta_of(state, 'switch_id'), notification_id)
    WHERE topic IN ('assessment.assessed', 'subscription.switch-requested');
CREATE INDEX switch_events_assessed
    ON planswitch.switch_events (notification_id)
    WHERE topic IN ('assessment.assessed', 'subscription.switch-requested');
