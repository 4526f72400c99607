-- expand
-- How new the program of a process is: the newest step of the schema that it knows. A program of before this step
-- does not say it (docs/upgrades.md#contract).
ALTER TABLE planswitch.heartbeat ADD COLUMN newest_step text NOT NULL DEFAULT '';
