-- Logs of seals that follow another one (ADR 58): after a restore before the last seal, the tree begins anew. Places
-- in seal_run and seal go on over all logs, so that nothing that was recorded is changed: `base` is where the rows of
-- a log begin. The first log has base 0 and no row here.
CREATE TABLE planswitch.log_origin (
    base       bigint      PRIMARY KEY CHECK (base > 0),
    origin     text        NOT NULL UNIQUE,
    -- The first leaf, as it is sealed: it names the last checkpoint of the log before, who began this one, and why.
    leaf       text        NOT NULL,
    -- The checkpoint of the first leaf alone, which the keys of the log before sign as well.
    checkpoint text        NOT NULL,
    began_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.log_origin
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();

ALTER TABLE planswitch.seal_run DROP CONSTRAINT seal_run_kind_check;
ALTER TABLE planswitch.seal_run ADD CONSTRAINT seal_run_kind_check
    CHECK (kind IN ('event', 'call-range', 'origin'));
