-- The newest of an organization's reservations and releases tells whether a switch of it is open.
-- Only these two kinds of event are in the index, so it is small beside the log, and it alone is read.

CREATE INDEX switch_events_reservation
    ON planswitch.switch_events (originator_id, originator_version DESC) INCLUDE (topic)
    WHERE topic IN ('organization.switch-reserved', 'organization.switch-released');
