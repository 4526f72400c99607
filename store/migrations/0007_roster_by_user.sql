-- Users are looked up in their roster by key: on the way back, and when the directory is compared with it.

CREATE INDEX roster_user ON planswitch.roster (roster_id, user_key);
