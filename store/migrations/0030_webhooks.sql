-- Webhooks (docs/webhooks.md): what was done with endpoints, what is delivered to them, and each attempt. The
-- record of it is only added to; what changes is the queue, how endpoints stand, and how far the log is read.

-- An endpoint is what its acts say: the newest settings, and the newest act that enables or disables it.
CREATE TABLE planswitch.webhook_act (
    act_id         bigserial PRIMARY KEY,
    endpoint_id    uuid  NOT NULL,
    kind           text  NOT NULL CHECK (kind IN ('created', 'changed', 'enabled', 'disabled', 'removed',
                                                  'secret_rolled', 'tested', 'replayed')),
    facts          jsonb NOT NULL,
    -- `planswitch` for an act of the product's own.
    actor          text  NOT NULL,
    reason         text  NOT NULL,
    -- The same one is carried out once; '' for an act of the product's own.
    request_id     text  NOT NULL,
    request_digest text  NOT NULL,
    acted_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX webhook_act_by_request ON planswitch.webhook_act (request_id) WHERE request_id <> '';
CREATE INDEX webhook_act_by_endpoint ON planswitch.webhook_act (endpoint_id, act_id);

-- One row for each event and endpoint, with the body as it is signed and sent.
CREATE TABLE planswitch.webhook_delivery (
    delivery_id     bigserial PRIMARY KEY,
    endpoint_id     uuid NOT NULL,
    -- Place of the event in the log; NULL for a test.
    notification_id bigint,
    -- The same for every attempt and endpoint, so that receivers drop repeats.
    webhook_id      text NOT NULL,
    event_type      text NOT NULL,
    organization_id text NOT NULL,
    switch_id       text NOT NULL,
    payload         text NOT NULL,
    made_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (endpoint_id, webhook_id)
);
CREATE INDEX webhook_delivery_by_endpoint ON planswitch.webhook_delivery (endpoint_id, delivery_id);

CREATE TABLE planswitch.webhook_attempt (
    attempt_id  bigserial PRIMARY KEY,
    delivery_id bigint NOT NULL,
    started_at  timestamptz NOT NULL,
    duration_ms integer NOT NULL CHECK (duration_ms >= 0),
    outcome     text NOT NULL,
    -- Of the answer; 0 where none came.
    status      integer NOT NULL,
    -- The beginning of the answer, or what went wrong.
    answer      text NOT NULL,
    -- The address that was connected to.
    address     text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX webhook_attempt_by_delivery ON planswitch.webhook_attempt (delivery_id, attempt_id);

-- What is still to be sent. A row goes when it is delivered or given up; the record above stays.
CREATE TABLE planswitch.webhook_queue (
    delivery_id      bigint PRIMARY KEY,
    endpoint_id      uuid NOT NULL,
    -- Switch or organization: its events are first sent one after the other.
    subject          text NOT NULL,
    due_at           timestamptz NOT NULL,
    -- Attempts that failed, and when the first of them began.
    attempts         integer NOT NULL DEFAULT 0,
    first_attempt_at timestamptz,
    -- Who sends it now, and until when nobody else does; after the end of that process somebody else does.
    claim            text NOT NULL DEFAULT '',
    claimed_until    timestamptz
);
CREATE INDEX webhook_queue_by_due ON planswitch.webhook_queue (endpoint_id, due_at);
CREATE INDEX webhook_queue_by_subject ON planswitch.webhook_queue (endpoint_id, subject, delivery_id);

CREATE TABLE planswitch.webhook_standing (
    endpoint_id   uuid PRIMARY KEY,
    -- Since when every attempt has failed; NULL: the last one did not.
    failing_since timestamptz,
    -- The receiver asked for a pause until then.
    held_until    timestamptz
);

-- How far the log of all events is read. It begins with what is there: nobody waits for the past.
CREATE TABLE planswitch.webhook_position (
    is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    position bigint NOT NULL
);
INSERT INTO planswitch.webhook_position (position)
    SELECT coalesce(max(notification_id), 0) FROM planswitch.switch_events;

-- Secrets that sign, sealed under the master key as the sign-ins at clouds are.
CREATE TABLE planswitch.webhook_secret (
    endpoint_id    uuid   NOT NULL,
    -- The act that made it.
    act_id         bigint NOT NULL,
    wrapped_key    bytea NOT NULL,
    key_provider   text  NOT NULL,
    sealed         bytea NOT NULL,
    -- Until when the secrets before this one sign too.
    previous_until timestamptz NOT NULL,
    made_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (endpoint_id, act_id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.webhook_act
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.webhook_delivery
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.webhook_attempt
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
