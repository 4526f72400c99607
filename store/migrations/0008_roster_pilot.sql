-- Users of a pilot's group stand first on the roster: so many they are.

ALTER TABLE planswitch.roster_freeze ADD COLUMN pilot_count integer NOT NULL DEFAULT 0
    CHECK (pilot_count BETWEEN 0 AND user_count);
