CREATE OR REPLACE VIEW planswitch_views.missed_promises WITH (security_barrier = true) AS
SELECT line.switch_id,
       board.organization_id,
       line.summary ->> 'promise' AS promise,
       (line.summary ->> 'promised_at')::timestamptz AS promised_at,
       line.at AS missed_at,
       board.outcome = '' AS is_running,
       line.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_timeline_v@version AS line
     JOIN planswitch_read.switch_board_v@version AS board USING (switch_id) CROSS JOIN (@projection) AS projection
WHERE line.event = 'subscription.promise-missed' AND board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.missed_promises IS
    'One row for each promise that a switch has missed.';
COMMENT ON COLUMN planswitch_views.missed_promises.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.missed_promises.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.missed_promises.promise IS
    'Name of the promise, such as still_switching.';
COMMENT ON COLUMN planswitch_views.missed_promises.promised_at IS
    'Instant by which it was promised.';
COMMENT ON COLUMN planswitch_views.missed_promises.missed_at IS
    'Instant at which the breach was recorded.';
COMMENT ON COLUMN planswitch_views.missed_promises.is_running IS
    'Whether the switch has not ended yet.';
COMMENT ON COLUMN planswitch_views.missed_promises.position IS
    'Number of the event.';
COMMENT ON COLUMN planswitch_views.missed_promises.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.missed_promises.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.missed_promises.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
