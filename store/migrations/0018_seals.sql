-- Where each record stands in the tree that seals cover, and the seals themselves (ADR 31). A database that was
-- changed can't prove itself: the tree is published in a folder outside, and its keys are there as well.

-- Runs of neighboring ids, so that a million events need few rows.
CREATE TABLE planswitch.seal_run (
    first_leaf bigint PRIMARY KEY CHECK (first_leaf >= 0),
    -- A run of events has one leaf for each id, a range of calls one leaf for all.
    kind       text   NOT NULL CHECK (kind IN ('event', 'call-range')),
    first_id   bigint NOT NULL,
    last_id    bigint NOT NULL CHECK (last_id >= first_id),
    -- Of a range of calls: the digest that its leaf has. Empty for events.
    digest     text   NOT NULL DEFAULT ''
);
CREATE INDEX seal_run_by_id ON planswitch.seal_run (kind, first_id);

CREATE TABLE planswitch.seal (
    tree_size  bigint PRIMARY KEY CHECK (tree_size > 0),
    -- The signed note.
    checkpoint text        NOT NULL,
    sealed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.seal_run
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.seal
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
