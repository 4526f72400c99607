-- Who came in, who was refused, who changed something, and who read data of persons (docs/access-log.md).
-- It stands beside the record of switches and is only added to.
CREATE TABLE planswitch.access_log (
    id              bigserial PRIMARY KEY,
    recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- sign_in, sign_out, refusal, change or persons_read.
    kind            text NOT NULL CHECK (kind IN ('sign_in', 'sign_out', 'refusal', 'change', 'persons_read')),
    -- '' for strangers.
    actor           text NOT NULL,
    -- Which key or session; no secret.
    credential_id   text NOT NULL,
    address         text NOT NULL,
    method          text NOT NULL,
    -- The template of the route, such as /api/switches/{switch}: the path itself may hold ids of users.
    route           text NOT NULL,
    -- '' where the request names none.
    organization_id text NOT NULL,
    status          smallint NOT NULL CHECK (status BETWEEN 100 AND 599),
    -- Whether the answer may hold names, addresses or directory ids of persons.
    shows_persons   boolean NOT NULL,
    request_id      text NOT NULL
);
CREATE INDEX access_log_by_organization ON planswitch.access_log (organization_id, id);
CREATE INDEX access_log_by_actor ON planswitch.access_log (actor, id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.access_log
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
