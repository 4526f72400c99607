-- Versions of the catalog: a switch names the one it was decided with, so none is ever changed or removed.

CREATE TABLE planswitch.catalog_version (
    name        text PRIMARY KEY,
    -- sha256 of content.
    digest      text NOT NULL,
    -- Canonical JSON.
    content     bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX catalog_version_by_digest ON planswitch.catalog_version (digest);

CREATE TABLE planswitch.catalog_import (
    -- The highest number names the current version; a taken number tells two imports at once apart.
    number      integer PRIMARY KEY CHECK (number > 0),
    version     text NOT NULL REFERENCES planswitch.catalog_version (name),
    file_digest text NOT NULL,
    report      jsonb NOT NULL,
    actor       text NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.catalog_version
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON planswitch.catalog_import
    FOR EACH STATEMENT EXECUTE FUNCTION planswitch.refuse_change();
