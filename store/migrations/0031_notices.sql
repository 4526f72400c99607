-- Notices by mail (docs/notices.md): who gets which, what was to be sent, and what became of it. Everything but the
-- addresses, the queue and the cursor is only added to.

-- Somebody gets notices of some kinds. The address stands sealed in notice_address, under the recipient's key.
CREATE TABLE planswitch.notice_subscription (
    -- UUIDv5 of the request: the same request subscribes once.
    subscription_id uuid        PRIMARY KEY,
    recipient_key   uuid        NOT NULL,
    -- '' is every organization.
    organization_id text        NOT NULL,
    kinds           text[]      NOT NULL CHECK (cardinality(kinds) > 0),
    -- Events up to this position of the log cause no notice.
    since_position  bigint      NOT NULL,
    actor           text        NOT NULL,
    reason          text        NOT NULL,
    subscribed_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX notice_subscription_by_recipient ON planswitch.notice_subscription (recipient_key);

CREATE TABLE planswitch.notice_subscription_end (
    subscription_id uuid        PRIMARY KEY REFERENCES planswitch.notice_subscription,
    actor           text        NOT NULL,
    reason          text        NOT NULL,
    ended_at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Addresses of recipients, each sealed by a key of its own that the master key wraps; deleted with the last
-- subscription of the recipient.
CREATE TABLE planswitch.notice_address (
    recipient_key uuid  PRIMARY KEY,
    wrapped_key   bytea NOT NULL,
    key_provider  text  NOT NULL,
    sealed        bytea NOT NULL
);

-- One notice for each switch, kind and recipient.
CREATE TABLE planswitch.notice (
    number          bigserial   PRIMARY KEY,
    -- UUIDv5 of switch, kind and recipient.
    notice_id       uuid        NOT NULL UNIQUE,
    -- Header Message-ID, the same whenever it is sent.
    message_id      text        NOT NULL,
    switch_id       uuid        NOT NULL,
    organization_id text        NOT NULL,
    kind            text        NOT NULL,
    recipient_key   uuid        NOT NULL,
    -- The event that caused it: its place in the log and in its stream.
    position        bigint      NOT NULL,
    stream_id       uuid        NOT NULL,
    version         bigint      NOT NULL,
    caused_at       timestamptz NOT NULL,
    derived_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (switch_id, kind, recipient_key)
);
CREATE INDEX notice_by_organization ON planswitch.notice (organization_id, number);

-- A process is about to send the message, or could not come so far. Without an answer nobody knows what became of it.
CREATE TABLE planswitch.notice_try (
    notice_id uuid        NOT NULL REFERENCES planswitch.notice (notice_id),
    number    integer     NOT NULL CHECK (number > 0),
    -- 0 at first; each time an administrator sends the notice again begins another round.
    round     integer     NOT NULL CHECK (round >= 0),
    instance  text        NOT NULL,
    begun_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (notice_id, number)
);

CREATE TABLE planswitch.notice_answer (
    notice_id   uuid        NOT NULL,
    number      integer     NOT NULL,
    outcome     text        NOT NULL,
    -- Reply of the mail server; 0 without a reply.
    code        integer     NOT NULL,
    -- Its words, without addresses.
    text        text        NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (notice_id, number),
    FOREIGN KEY (notice_id, number) REFERENCES planswitch.notice_try
);

CREATE TABLE planswitch.notice_end (
    notice_id uuid        NOT NULL REFERENCES planswitch.notice (notice_id),
    round     integer     NOT NULL,
    state     text        NOT NULL,
    ended_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (notice_id, round)
);

CREATE TABLE planswitch.notice_resend (
    -- UUIDv5 of the request: the same request sends once.
    resend_id uuid        PRIMARY KEY,
    notice_id uuid        NOT NULL REFERENCES planswitch.notice (notice_id),
    round     integer     NOT NULL CHECK (round > 0),
    actor     text        NOT NULL,
    reason    text        NOT NULL,
    asked_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (notice_id, round)
);

-- Notices that wait to be sent; who sends one holds its row.
CREATE TABLE planswitch.notice_queue (
    notice_id uuid        PRIMARY KEY REFERENCES planswitch.notice (notice_id),
    round     integer     NOT NULL,
    due_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX notice_queue_by_due ON planswitch.notice_queue (due_at);

-- Up to which position of the log notices were derived; who derives holds the row.
CREATE TABLE planswitch.notice_cursor (
    name     text   PRIMARY KEY,
    position bigint NOT NULL
);
INSERT INTO planswitch.notice_cursor (name, position) VALUES ('log', 0);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_subscription
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_subscription_end
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_try
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_answer
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_end
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.notice_resend
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
