-- A step may run several times in a switch, and several at once: whose attempt made a call.

ALTER TABLE planswitch.provider_call
    ADD COLUMN run_id      text NOT NULL DEFAULT '',
    ADD COLUMN activity_id text NOT NULL DEFAULT '';
