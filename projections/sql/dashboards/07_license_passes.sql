CREATE OR REPLACE VIEW planswitch_views.license_passes WITH (security_barrier = true) AS
SELECT pass.switch_id,
       board.organization_id,
       pass.pass_name,
       pass.chunks,
       pass.users,
       pass.users_moved,
       pass.users_failed,
       pass.users - pass.users_moved - pass.users_failed AS users_other,
       pass.first_recorded_at,
       pass.last_recorded_at,
       pass.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM (SELECT line.switch_id,
             line.summary ->> 'pass_name' AS pass_name,
             count(*) AS chunks,
             sum((line.summary ->> 'count')::integer) AS users,
             sum((line.summary ->> 'moved')::integer) AS users_moved,
             sum((line.summary ->> 'failed')::integer) AS users_failed,
             min(line.at) AS first_recorded_at,
             max(line.at) AS last_recorded_at,
             max(line.position) AS position
      FROM planswitch_read.switch_timeline_v@version AS line WHERE line.event = 'license-move.group-moved'
      GROUP BY line.switch_id, line.summary ->> 'pass_name') AS pass
     JOIN planswitch_read.switch_board_v@version AS board USING (switch_id) CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.license_passes IS
    'One row for each pass over the users of a switch: how many licenses it moved.';
COMMENT ON COLUMN planswitch_views.license_passes.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.license_passes.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.license_passes.pass_name IS
    'Name of the pass, such as move, retry-1 or stragglers-1.';
COMMENT ON COLUMN planswitch_views.license_passes.chunks IS
    'Chunks of at most 500 users that the pass has recorded.';
COMMENT ON COLUMN planswitch_views.license_passes.users IS
    'Users whom the pass has tried; a user of several passes counts in each of them.';
COMMENT ON COLUMN planswitch_views.license_passes.users_moved IS
    'Users whose license the pass moved.';
COMMENT ON COLUMN planswitch_views.license_passes.users_failed IS
    'Users whom the pass could not move.';
COMMENT ON COLUMN planswitch_views.license_passes.users_other IS
    'Users with another result, such as users who are not in the directory any more.';
COMMENT ON COLUMN planswitch_views.license_passes.first_recorded_at IS
    'Instant of the first chunk.';
COMMENT ON COLUMN planswitch_views.license_passes.last_recorded_at IS
    'Instant of the last chunk so far.';
COMMENT ON COLUMN planswitch_views.license_passes.position IS
    'Number of the event of the last chunk.';
COMMENT ON COLUMN planswitch_views.license_passes.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.license_passes.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.license_passes.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
