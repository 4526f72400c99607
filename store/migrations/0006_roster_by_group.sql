-- The user's license of the old plan comes from a group alone: the group moves them, no batch does.

ALTER TABLE planswitch.roster ADD COLUMN is_by_group boolean NOT NULL DEFAULT false;
