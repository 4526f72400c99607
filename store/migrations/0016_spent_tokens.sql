-- One-time codes of a sign-in that were used, and sessions that were signed out: they are signed, and every
-- console with the same keys believes them, but for these. A row is of no use once what it names has expired.
CREATE TABLE planswitch.spent_token (
    token_id   text PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
