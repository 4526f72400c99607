-- A rotation of the master key wraps the keys of organizations anew. The keys themselves stay, and so does all that
-- they have sealed: everything of a row but its wrapping is refused as before, and a row that stays as it is as well.
CREATE FUNCTION planswitch.refuse_change_but_of_wrapping() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF OLD.organization_key = NEW.organization_key
        AND OLD.wrapped_data_key <> NEW.wrapped_data_key
        AND OLD.wrapped_pseudonym_key <> NEW.wrapped_pseudonym_key THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'table %.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'The keys of an organization are written once, wrapped anew, and erased.';
END
$body$;

DROP TRIGGER unchanged ON planswitch.organization_key;
CREATE TRIGGER unchanged BEFORE UPDATE ON planswitch.organization_key
    FOR EACH ROW EXECUTE FUNCTION planswitch.refuse_change_but_of_wrapping();

-- What was done with the keys of the installation, by whom and why. Ids are digests that tell nothing of a key.
CREATE TABLE planswitch.key_change (
    id              bigserial   PRIMARY KEY,
    -- master, command, callback or seal
    key             text        NOT NULL,
    -- prepared, switched, finished, rotated or withdrawn
    act             text        NOT NULL,
    key_id          text        NOT NULL,
    -- Of the key that was valid before; '' where there was none.
    previous_key_id text        NOT NULL,
    actor           text        NOT NULL,
    reason          text        NOT NULL,
    changed_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.key_change
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
