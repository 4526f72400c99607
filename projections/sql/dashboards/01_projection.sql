CREATE OR REPLACE VIEW planswitch_views.projection WITH (security_barrier = true) AS
SELECT projection.*,
       coalesce((SELECT max(event.notification_id) FROM planswitch.switch_events AS event), 0) AS head_position,
       position.updated_at AS projected_at,
       (SELECT count(*) FROM planswitch_read.dead_letter AS letter
        WHERE letter.projection = position.projection AND letter.version = position.version) AS incomplete_streams
FROM (@projection) AS projection CROSS JOIN planswitch_read.projection_position AS position
WHERE position.projection = 'switches' AND position.version = @version;
COMMENT ON VIEW planswitch_views.projection IS
    'How far the views are. It always has one row.';
COMMENT ON COLUMN planswitch_views.projection.projection_position IS
    'Number of the last event that the views show.';
COMMENT ON COLUMN planswitch_views.projection.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.projection.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
COMMENT ON COLUMN planswitch_views.projection.head_position IS
    'Number of the last recorded event.';
COMMENT ON COLUMN planswitch_views.projection.projected_at IS
    'Instant of the last change of the views.';
COMMENT ON COLUMN planswitch_views.projection.incomplete_streams IS
    'Streams of events that can''t be shown to their end.';
