-- Sign-ins of people at a cloud (docs/access.md): the refresh token of each profile and audience, sealed under the
-- master key. Each use gives another token; whoever uses it holds the row.
CREATE TABLE planswitch.cloud_sign_in (
    profile      text NOT NULL,
    audience     text NOT NULL,
    -- Of the application; a token of another one is of no use.
    client_id    text NOT NULL,
    -- A key of its own for each token, wrapped by the master key: a key service wraps only what is short.
    wrapped_key  bytea NOT NULL,
    key_provider text NOT NULL,
    sealed       bytea NOT NULL,
    -- The operator in whose name somebody signed in.
    signed_in_by text NOT NULL,
    signed_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When it was used last.
    renewed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (profile, audience)
);
