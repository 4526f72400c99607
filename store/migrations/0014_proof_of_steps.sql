-- Since when the workers of this installation put a proof beside each step (ADR 19): what was scheduled or
-- started before has none. It stands here and not at a key's file, which gets a new date when it is rolled,
-- copied or restored.
CREATE TABLE planswitch.proof_of_steps (
    since timestamptz NOT NULL
);
INSERT INTO planswitch.proof_of_steps (since) VALUES (clock_timestamp());
