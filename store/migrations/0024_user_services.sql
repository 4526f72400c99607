-- Services that somebody has chosen to be off under the new plan, user by user, by opaque keys, under the digest
-- of the whole choice: what an order or a step names never changes.
CREATE TABLE planswitch.user_services (
    choice_id       text PRIMARY KEY,
    organization_id text NOT NULL,
    user_count      integer NOT NULL CHECK (user_count > 0),
    at              timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE planswitch.user_services_user (
    choice_id text NOT NULL REFERENCES planswitch.user_services,
    user_key  uuid NOT NULL,
    disabled  text[] NOT NULL,
    PRIMARY KEY (choice_id, user_key)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.user_services
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.user_services_user
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
