-- People and service accounts, their keys, and their sessions at the console (docs/people.md, ADR 45).
-- Nothing here is changed: an account is its newest version, and a key or a session ends by a row of its own.

-- One row for each change, with the account as the change left it.
CREATE TABLE planswitch.account (
    -- What events record as the actor.
    name       text        NOT NULL CHECK (name <> ''),
    version    integer     NOT NULL CHECK (version > 0),
    kind       text        NOT NULL CHECK (kind IN ('person', 'service_account')),
    -- [{"role": "operator", "organizations": ["..."] or null for all}]
    grants     jsonb       NOT NULL,
    is_blocked boolean     NOT NULL,
    -- Who answers for a service account; empty for a person.
    owner      text        NOT NULL,
    -- Who a person is at the provider of sign-ins; both empty where nobody signs in there.
    issuer     text        NOT NULL,
    subject    text        NOT NULL,
    change     text        NOT NULL,
    actor      text        NOT NULL,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, version)
);
-- One person at the provider has one account.
CREATE UNIQUE INDEX account_of_subject ON planswitch.account (issuer, subject)
    WHERE version = 1 AND subject <> '';

CREATE TABLE planswitch.api_key (
    key_id     text        PRIMARY KEY,
    account    text        NOT NULL,
    -- SHA-256 of 256 random bits.
    digest     bytea       NOT NULL CHECK (octet_length(digest) = 32),
    label      text        NOT NULL,
    -- As grants of an account; null: everything that the account may do.
    scope      jsonb,
    expires_at timestamptz NOT NULL,
    -- The key that it was rotated from; empty for a first one.
    replaces   text        NOT NULL,
    actor      text        NOT NULL,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX api_key_of_account ON planswitch.api_key (account, at);

-- The earliest end of a key counts.
CREATE TABLE planswitch.api_key_end (
    key_id  text        NOT NULL REFERENCES planswitch.api_key,
    ends_at timestamptz NOT NULL,
    actor   text        NOT NULL,
    reason  text        NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (key_id, ends_at)
);

-- Last use of a key, to the minute: a sign of life and no record.
CREATE TABLE planswitch.api_key_use (
    key_id  text        PRIMARY KEY REFERENCES planswitch.api_key,
    used_at timestamptz NOT NULL
);

CREATE TABLE planswitch.console_session (
    session_id text        PRIMARY KEY,
    account    text        NOT NULL,
    -- SHA-256 of 256 random bits.
    digest     bytea       NOT NULL CHECK (octet_length(digest) = 32),
    -- link, key or provider.
    began_by   text        NOT NULL CHECK (began_by IN ('link', 'key', 'provider')),
    -- The key that it came from, with which it ends and whose scope it has; empty after a provider's sign-in.
    key_id     text        NOT NULL,
    began_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX console_session_of_account ON planswitch.console_session (account, expires_at);

CREATE TABLE planswitch.console_session_end (
    session_id text        PRIMARY KEY REFERENCES planswitch.console_session,
    actor      text        NOT NULL,
    reason     text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.account
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.api_key
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.api_key_end
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.console_session
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.console_session_end
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
