-- What every version of every read model shares: where it stands, which version is shown, what it could not read.

CREATE SCHEMA IF NOT EXISTS planswitch_read;

CREATE TABLE IF NOT EXISTS planswitch_read.projection_position (
    projection      text NOT NULL,
    version         integer NOT NULL,
    -- Every event up to this notification is in the tables of this version.
    notification_id bigint NOT NULL DEFAULT 0,
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, version)
);

CREATE TABLE IF NOT EXISTS planswitch_read.projection_active (
    projection text PRIMARY KEY,
    -- The version behind the views; the projector writes this one.
    version    integer NOT NULL,
    since      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS planswitch_read.dead_letter (
    projection      text NOT NULL,
    version         integer NOT NULL,
    notification_id bigint NOT NULL,
    topic           text NOT NULL,
    error           text NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (projection, version, notification_id)
);

-- The stream is folded no further: what is shown of it lacks the events from that version on.
ALTER TABLE planswitch_read.dead_letter ADD COLUMN IF NOT EXISTS stream_id uuid;
ALTER TABLE planswitch_read.dead_letter ADD COLUMN IF NOT EXISTS stream_version integer;

-- Digest of the table definitions that the shown version was made from: other definitions begin a new version.
ALTER TABLE planswitch_read.projection_active ADD COLUMN IF NOT EXISTS shape text NOT NULL DEFAULT '';
