-- Answers to requests that carry an idempotency key (docs/api-data.md): the same request again gets the same answer.
-- They are no record: events say what was done. A row is deleted some time after its first use.
CREATE TABLE planswitch.idempotency_key (
    caller         text NOT NULL,
    key            text NOT NULL,
    -- SHA-256 of what was asked: another request may not use the key.
    request_digest text NOT NULL,
    -- Under this id the request acts where its body names none: a second try acts as the first one did.
    request_id     uuid NOT NULL,
    -- Which try works on it, and until when that try counts as alive unless it says so again.
    claim_id       uuid NOT NULL,
    claimed_until  timestamptz NOT NULL,
    first_used_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- NULL: there is no answer yet.
    status         integer,
    -- Headers and body, which may hold names and addresses, under a key of their own, wrapped by the master key.
    wrapped_key    bytea,
    key_provider   text,
    sealed         bytea,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_key_by_first_use ON planswitch.idempotency_key (first_used_at);
