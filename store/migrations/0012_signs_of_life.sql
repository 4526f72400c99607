-- What tells others that a part works, and that a master key is the right one.

-- One row for each process that does a part's rounds; it writes the row again and again, and others read it.
CREATE TABLE planswitch.heartbeat (
    part          text NOT NULL,
    -- Which process; for a worker its name in Temporal's lists of pollers.
    instance      text NOT NULL,
    -- End of its last round that worked, by the clock of this database.
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    every_seconds double precision NOT NULL,
    -- Why every round since then failed; '' when the last one worked.
    failure       text NOT NULL DEFAULT '',
    PRIMARY KEY (part, instance)
);

-- A known text, sealed by the master key of this database: a key that does not open it is another one.
CREATE TABLE planswitch.key_check (
    name   text PRIMARY KEY,
    sealed bytea NOT NULL
);
