-- Which processes have worked for this installation, by their names in Temporal's lists and histories: who else
-- takes work from a queue, or answers it, is a stranger (ADR 19). A row is written before a worker asks for work,
-- and kept: a history is read long after.
CREATE TABLE planswitch.known_worker (
    instance     text PRIMARY KEY,
    -- Ids of the command keys that it takes, the one that signs first.
    command_keys text[] NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Since when they are written down: what was answered before is judged by nothing.
CREATE TABLE planswitch.known_workers_since (
    since timestamptz NOT NULL
);
INSERT INTO planswitch.known_workers_since (since) VALUES (clock_timestamp());
