CREATE OR REPLACE VIEW planswitch_views.switch_stages WITH (security_barrier = true) AS
SELECT period.switch_id,
       board.organization_id,
       period.number,
       period.stage,
       period.entered_at,
       period.left_at,
       greatest(extract(epoch FROM period.left_at - period.entered_at), 0)::double precision AS duration_seconds,
       period.left_at IS NULL AND board.outcome = '' AS is_current,
       period.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM (SELECT entry.switch_id,
             row_number() OVER each_switch AS number,
             entry.stage,
             entry.at AS entered_at,
             lead(entry.at) OVER each_switch AS left_at,
             entry.position
      FROM (SELECT line.switch_id, line.position, line.at, line.stage,
                   lag(line.stage) OVER (PARTITION BY line.switch_id ORDER BY line.position) AS stage_before
            FROM planswitch_read.switch_timeline_v@version AS line WHERE line.stage <> '') AS entry
      WHERE entry.stage_before IS DISTINCT FROM entry.stage
      WINDOW each_switch AS (PARTITION BY entry.switch_id ORDER BY entry.position)) AS period
     JOIN planswitch_read.switch_board_v@version AS board USING (switch_id) CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.switch_stages IS
    'One row for each period that a switch spent in a stage, holds and pauses among them.';
COMMENT ON COLUMN planswitch_views.switch_stages.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switch_stages.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switch_stages.number IS
    'Number of the period within the switch, from 1.';
COMMENT ON COLUMN planswitch_views.switch_stages.stage IS
    'Stage of the period, by its stored name.';
COMMENT ON COLUMN planswitch_views.switch_stages.entered_at IS
    'Instant at which the period began.';
COMMENT ON COLUMN planswitch_views.switch_stages.left_at IS
    'Instant at which the next period began; NULL for the last period.';
COMMENT ON COLUMN planswitch_views.switch_stages.duration_seconds IS
    'Seconds of the period; NULL for the last period.';
COMMENT ON COLUMN planswitch_views.switch_stages.is_current IS
    'Whether the switch is in this period and has not ended.';
COMMENT ON COLUMN planswitch_views.switch_stages.position IS
    'Number of the event with which the period began.';
COMMENT ON COLUMN planswitch_views.switch_stages.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switch_stages.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switch_stages.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
