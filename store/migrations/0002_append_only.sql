-- History is only ever added to. Owners and superusers can drop this guard; the sealed log shows that they did.

CREATE FUNCTION planswitch.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'table %.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Record a new fact instead of changing an old one.';
END
$body$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.switch_events
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.roster_freeze
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.roster
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.license_move
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.provider_call
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
