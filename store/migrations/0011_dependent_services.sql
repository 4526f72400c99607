-- Services that went off for a user with others, as nothing that they need is on.

ALTER TABLE planswitch.license_move
    ADD COLUMN dependents text[] NOT NULL DEFAULT '{}';
