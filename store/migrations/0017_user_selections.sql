-- Users whom somebody has chosen to move, by their opaque keys, under the digest of the whole choice: the same
-- users are one selection, and what an order names never changes.
CREATE TABLE planswitch.user_selection (
    selection_id    text PRIMARY KEY,
    organization_id text NOT NULL,
    user_count      integer NOT NULL CHECK (user_count > 0),
    at              timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE planswitch.user_selection_user (
    selection_id text NOT NULL REFERENCES planswitch.user_selection,
    user_key     uuid NOT NULL,
    PRIMARY KEY (selection_id, user_key)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.user_selection
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.user_selection_user
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
