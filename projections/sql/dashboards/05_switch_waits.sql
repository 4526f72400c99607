CREATE OR REPLACE VIEW planswitch_views.switch_waits WITH (security_barrier = true) AS
SELECT board.switch_id,
       board.organization_id,
       board.stage,
       CASE WHEN starts_with(board.waits_for, 'an operator') THEN 'operator'
            WHEN board.stage = 'credit_check' THEN 'credit_bureau'
            WHEN board.stage = 'waiting_eligible' AND board.error_code <> '' THEN 'reasons'
            WHEN board.stage = 'waiting_eligible' THEN 'start'
            WHEN board.wait_step <> '' THEN 'step'
            ELSE 'progress' END AS waits_on,
       board.stage IN ('held', 'paused', 'stuck', 'credit_overdue', 'provisioning_overdue') AS is_hold,
       nullif(board.wait_step, '') AS wait_step,
       cardinality(board.wait_names) AS waited_things,
       nullif(board.error_code, '') AS error_code,
       coalesce(board.waits_since, board.step_stage_since, board.requested_at) AS waits_since,
       greatest(extract(epoch FROM clock_timestamp()
           - coalesce(board.waits_since, board.step_stage_since, board.requested_at)), 0)::double precision
           AS waiting_seconds,
       board.looks_at,
       board.promised_end,
       coalesce(board.promised_end < clock_timestamp(), false) AS is_late,
       cardinality(board.alarms) AS open_alarms,
       board.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_board_v@version AS board CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL AND board.outcome = '';
COMMENT ON VIEW planswitch_views.switch_waits IS
    'One row for each switch or request that has not ended: what it waits for now, and since when.';
COMMENT ON COLUMN planswitch_views.switch_waits.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switch_waits.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switch_waits.stage IS
    'Stage of the switch, by its stored name.';
COMMENT ON COLUMN planswitch_views.switch_waits.waits_on IS
    'operator, credit_bureau, reasons (a request that is not eligible), start (a scheduled request), step (a step that is tried again) or progress (nothing is known to hold it up).';
COMMENT ON COLUMN planswitch_views.switch_waits.is_hold IS
    'Whether the switch holds, or is paused, until an operator acts.';
COMMENT ON COLUMN planswitch_views.switch_waits.wait_step IS
    'Name of the step that waits; NULL if no step does.';
COMMENT ON COLUMN planswitch_views.switch_waits.waited_things IS
    'Things that are waited for, such as services or users; 0 if none is named.';
COMMENT ON COLUMN planswitch_views.switch_waits.error_code IS
    'Code of the error or reason that stands in the way; NULL if there is none.';
COMMENT ON COLUMN planswitch_views.switch_waits.waits_since IS
    'Instant at which the wait began, or the stage if nobody knows.';
COMMENT ON COLUMN planswitch_views.switch_waits.waiting_seconds IS
    'Seconds from then to now.';
COMMENT ON COLUMN planswitch_views.switch_waits.looks_at IS
    'Instant of the next look or try; NULL if none is planned.';
COMMENT ON COLUMN planswitch_views.switch_waits.promised_end IS
    'Instant by which the switch is promised to end; NULL if nothing is promised.';
COMMENT ON COLUMN planswitch_views.switch_waits.is_late IS
    'Whether the promised end has passed.';
COMMENT ON COLUMN planswitch_views.switch_waits.open_alarms IS
    'Alarms of the switch that call for somebody now.';
COMMENT ON COLUMN planswitch_views.switch_waits.position IS
    'Number of the newest event in the row.';
COMMENT ON COLUMN planswitch_views.switch_waits.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switch_waits.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switch_waits.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
