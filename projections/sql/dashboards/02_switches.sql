CREATE OR REPLACE VIEW planswitch_views.switches WITH (security_barrier = true) AS
SELECT board.switch_id,
       board.organization_id,
       board.source_subscription_id,
       nullif(board.target_subscription_id, '') AS target_subscription_id,
       board.source_plan_id,
       board.target_plan_id,
       board.licenses_only AS is_licenses_only,
       nullif(board.switch_back_of, '')::uuid AS switch_back_of,
       board.stage,
       nullif(board.outcome, '') AS outcome,
       nullif(board.error_code, '') AS error_code,
       board.first_requested_at,
       board.requested_at,
       board.start_on,
       board.wait_until,
       board.promised_end,
       board.updated_at,
       board.ended_at,
       greatest(extract(epoch FROM board.ended_at - board.requested_at), 0)::double precision AS duration_seconds,
       board.licenses,
       board.total AS users_total,
       board.moved AS users_moved,
       board.failed AS users_failed,
       board.skipped AS users_skipped,
       board.joined_late AS users_joined_late,
       board.pilot AS pilot_users,
       nullif(board.credit_check, '') AS credit_check,
       board.incomplete_since IS NOT NULL AS is_incomplete,
       board.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_board_v@version AS board CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.switches IS
    'One row for each switch, also for a request that waits or never became a switch.';
COMMENT ON COLUMN planswitch_views.switches.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switches.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switches.source_subscription_id IS
    'The seller''s id of the subscription that the switch leaves.';
COMMENT ON COLUMN planswitch_views.switches.target_subscription_id IS
    'The seller''s id of the subscription that the switch leads to; NULL before the seller has named it.';
COMMENT ON COLUMN planswitch_views.switches.source_plan_id IS
    'The vendor''s id of the plan that the switch leaves.';
COMMENT ON COLUMN planswitch_views.switches.target_plan_id IS
    'The vendor''s id of the plan that the switch leads to.';
COMMENT ON COLUMN planswitch_views.switches.is_licenses_only IS
    'Whether licenses alone move and nothing is ordered, cancelled or billed.';
COMMENT ON COLUMN planswitch_views.switches.switch_back_of IS
    'Id of the switch that this one takes back; NULL if there is none.';
COMMENT ON COLUMN planswitch_views.switches.stage IS
    'Stage of the switch, by its stored name.';
COMMENT ON COLUMN planswitch_views.switches.outcome IS
    'Stage in which the switch ended, such as completed or rolled_back; NULL while it runs or waits.';
COMMENT ON COLUMN planswitch_views.switches.error_code IS
    'Code of the error or reason that stands in the way, or that ended the switch; NULL if there is none.';
COMMENT ON COLUMN planswitch_views.switches.first_requested_at IS
    'Instant of the first request.';
COMMENT ON COLUMN planswitch_views.switches.requested_at IS
    'Instant of the newest request: a request that waited is requested again when its switch begins.';
COMMENT ON COLUMN planswitch_views.switches.start_on IS
    'Day before which a scheduled switch does not start, by the organization''s clocks; NULL if there is none.';
COMMENT ON COLUMN planswitch_views.switches.wait_until IS
    'Instant at which a request that waits is given up; NULL if it does not wait.';
COMMENT ON COLUMN planswitch_views.switches.promised_end IS
    'Instant by which the switch is promised to end; NULL if nothing is promised.';
COMMENT ON COLUMN planswitch_views.switches.updated_at IS
    'Instant of the newest event of the switch.';
COMMENT ON COLUMN planswitch_views.switches.ended_at IS
    'Instant of the end; NULL before it.';
COMMENT ON COLUMN planswitch_views.switches.duration_seconds IS
    'Seconds from the newest request to the end; NULL before the end.';
COMMENT ON COLUMN planswitch_views.switches.licenses IS
    'Licenses of the new plan that are or will be ordered; NULL before the request is accepted.';
COMMENT ON COLUMN planswitch_views.switches.users_total IS
    'Users on the frozen roster, and users who joined the old plan later; 0 before the roster is frozen.';
COMMENT ON COLUMN planswitch_views.switches.users_moved IS
    'Users who have the new plan by this switch.';
COMMENT ON COLUMN planswitch_views.switches.users_failed IS
    'Users who could not be moved so far.';
COMMENT ON COLUMN planswitch_views.switches.users_skipped IS
    'Users whom an operator left behind.';
COMMENT ON COLUMN planswitch_views.switches.users_joined_late IS
    'Users who joined the old plan after the roster was frozen.';
COMMENT ON COLUMN planswitch_views.switches.pilot_users IS
    'Users who move first; 0 without a pilot.';
COMMENT ON COLUMN planswitch_views.switches.credit_check IS
    'not_required, required, approved, declined or expired; NULL before the seller has answered.';
COMMENT ON COLUMN planswitch_views.switches.is_incomplete IS
    'Whether the row lacks events that could not be shown.';
COMMENT ON COLUMN planswitch_views.switches.position IS
    'Number of the newest event in the row.';
COMMENT ON COLUMN planswitch_views.switches.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switches.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switches.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
