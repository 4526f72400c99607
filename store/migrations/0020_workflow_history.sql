-- Histories of closed workflows, kept beside the events, since Temporal deletes them after its retention.
CREATE TABLE planswitch.workflow_history (
    workflow_id   text NOT NULL,
    run_id        text NOT NULL,
    switch_id     uuid NOT NULL,
    workflow_type text NOT NULL,
    -- How the run ended: completed, failed, canceled, terminated, timed_out or continued_as_new.
    status        text NOT NULL,
    closed_at     timestamptz NOT NULL,
    event_count   integer NOT NULL CHECK (event_count > 0),
    -- Of the whole history: `temporal.api.history.v1.History` as protobuf, before it is compressed.
    size          bigint NOT NULL CHECK (size > 0),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    -- The history, compressed by zlib (RFC 1950).
    history       bytea NOT NULL,
    archived_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workflow_id, run_id)
);
-- It is compressed already.
ALTER TABLE planswitch.workflow_history ALTER COLUMN history SET STORAGE EXTERNAL;
CREATE INDEX workflow_history_by_switch ON planswitch.workflow_history (switch_id, closed_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.workflow_history
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
