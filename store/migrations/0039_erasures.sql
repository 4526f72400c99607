-- expand
-- Who erased people of an organization, when and why (docs/security.md#erasure). Whom is written nowhere.
CREATE TABLE planswitch.erasure (
    id              bigserial   PRIMARY KEY,
    subject         text        NOT NULL CHECK (subject IN ('person', 'organization')),
    organization_id text        NOT NULL,
    -- Users to whom no opaque key leads back any more.
    people          integer     NOT NULL CHECK (people >= 0),
    -- Mail addresses that were deleted.
    addresses       integer     NOT NULL CHECK (addresses >= 0),
    actor           text        NOT NULL,
    reason          text        NOT NULL,
    erased_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.erasure
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
