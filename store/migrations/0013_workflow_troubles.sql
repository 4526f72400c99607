-- What is wrong with workflows now, as a worker found it in Temporal; each round writes all of it anew.
CREATE TABLE planswitch.workflow_trouble (
    workflow_id text NOT NULL,
    code        text NOT NULL,
    -- Which activity; '' for the workflow as a whole.
    place       text NOT NULL,
    switch_id   uuid NOT NULL,
    -- NULL where Temporal does not tell.
    since       timestamptz,
    message     text NOT NULL,
    remedy      text NOT NULL,
    PRIMARY KEY (workflow_id, code, place)
);
