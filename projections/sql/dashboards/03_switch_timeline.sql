CREATE OR REPLACE VIEW planswitch_views.switch_timeline WITH (security_barrier = true) AS
SELECT line.switch_id,
       board.organization_id,
       line.position,
       line.at,
       line.event,
       nullif(line.stage, '') AS stage,
       nullif(line.activity, '') AS activity,
       line.attempt,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_timeline_v@version AS line
     JOIN planswitch_read.switch_board_v@version AS board USING (switch_id) CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.switch_timeline IS
    'One row for each event of a switch.';
COMMENT ON COLUMN planswitch_views.switch_timeline.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switch_timeline.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switch_timeline.position IS
    'Number of the event in the whole record.';
COMMENT ON COLUMN planswitch_views.switch_timeline.at IS
    'Instant of the event.';
COMMENT ON COLUMN planswitch_views.switch_timeline.event IS
    'Stored name of the event.';
COMMENT ON COLUMN planswitch_views.switch_timeline.stage IS
    'Stage of the switch after the event; NULL before the request.';
COMMENT ON COLUMN planswitch_views.switch_timeline.activity IS
    'Name of the step that recorded the event; NULL if no step did.';
COMMENT ON COLUMN planswitch_views.switch_timeline.attempt IS
    'Attempt of the step, from 1; 0 if no step recorded the event.';
COMMENT ON COLUMN planswitch_views.switch_timeline.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switch_timeline.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switch_timeline.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
