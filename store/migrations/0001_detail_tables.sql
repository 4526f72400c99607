-- Tables beside the events: per-user detail, provider calls and the vault. None holds a directory id in clear.

CREATE TABLE planswitch.roster_freeze (
    switch_id  uuid PRIMARY KEY,
    -- One attempt to freeze; rows of an attempt that lost are never committed.
    roster_id  uuid NOT NULL UNIQUE,
    user_count integer NOT NULL CHECK (user_count >= 0),
    digest     text NOT NULL,
    frozen_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE planswitch.roster (
    roster_id            uuid NOT NULL,
    position             integer NOT NULL,
    user_key             uuid NOT NULL,
    old_disabled         text[] NOT NULL,
    new_disabled         text[] NOT NULL,
    kept_count           integer NOT NULL,
    no_counterpart_count integer NOT NULL,
    newly_granted_count  integer NOT NULL,
    -- The user held the new plan already, from another subscription.
    held_target          boolean NOT NULL,
    PRIMARY KEY (roster_id, position)
);

CREATE TABLE planswitch.license_move (
    switch_id      uuid NOT NULL,
    pass_name      text NOT NULL,
    position       integer NOT NULL,
    batch_no       integer NOT NULL,
    user_key       uuid NOT NULL,
    from_plan      text NOT NULL,
    to_plan        text NOT NULL,
    outcome        text NOT NULL,
    kept           text[] NOT NULL,
    no_counterpart text[] NOT NULL,
    newly_granted  text[] NOT NULL,
    error          text NOT NULL,
    PRIMARY KEY (switch_id, pass_name, position)
);
-- Failures are few and asked for often.
CREATE INDEX license_move_unmoved ON planswitch.license_move (switch_id, pass_name, position)
    WHERE outcome <> 'moved';

CREATE TABLE planswitch.provider_call (
    id             bigserial PRIMARY KEY,
    switch_id      uuid,
    step           text NOT NULL,
    attempt        integer NOT NULL,
    provider       text NOT NULL,
    operation      text NOT NULL,
    key            text NOT NULL,
    request_digest text NOT NULL,
    -- 0: no answer came.
    status         integer NOT NULL,
    code           text NOT NULL,
    text           text NOT NULL,
    started_at     timestamptz NOT NULL,
    duration_ms    integer NOT NULL,
    recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX provider_call_by_switch ON planswitch.provider_call (switch_id, id);

CREATE TABLE planswitch.organization_key (
    organization_key      uuid PRIMARY KEY,
    wrapped_data_key      bytea NOT NULL,
    wrapped_pseudonym_key bytea NOT NULL,
    key_provider          text NOT NULL
);

CREATE TABLE planswitch.user_vault (
    organization_key uuid NOT NULL,
    user_key         uuid NOT NULL,
    -- Nonce and AES-GCM ciphertext of the directory id.
    sealed           bytea NOT NULL,
    PRIMARY KEY (organization_key, user_key)
);
