CREATE OR REPLACE VIEW planswitch_views.organizations WITH (security_barrier = true) AS
SELECT owner.organization_id,
       coalesce(board.switches, 0) AS switches,
       coalesce(board.waiting_requests, 0) AS waiting_requests,
       coalesce(board.switches_completed, 0) AS switches_completed,
       coalesce(board.switches_taken_back, 0) AS switches_taken_back,
       coalesce(board.switches_not_completed, 0) AS switches_not_completed,
       board.live_switch_id,
       board.live_stage,
       board.live_since,
       coalesce(board.open_alarms, 0) AS open_alarms,
       coalesce(board.users_moved, 0) AS users_moved,
       board.last_ended_at,
       (SELECT count(*) FROM planswitch_read.checkout_board_v@version AS draft
        WHERE draft.organization_id = owner.organization_id AND draft.state = 'open') AS open_checkouts,
       (SELECT count(*) FROM planswitch_read.product_act_v@version AS act
        WHERE act.organization_id = owner.organization_id AND act.ended_at IS NULL) AS open_product_acts,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM (SELECT organization_id FROM planswitch_read.switch_board_v@version WHERE requested_at IS NOT NULL
      UNION SELECT organization_id FROM planswitch_read.checkout_board_v@version
      UNION SELECT organization_id FROM planswitch_read.product_act_v@version) AS owner
     LEFT JOIN (
         SELECT each.organization_id,
                count(*) AS switches,
                count(*) FILTER (WHERE each.stage = 'waiting_eligible') AS waiting_requests,
                count(*) FILTER (WHERE each.outcome = 'completed') AS switches_completed,
                count(*) FILTER (WHERE each.outcome = 'rolled_back') AS switches_taken_back,
                count(*) FILTER (WHERE each.outcome NOT IN ('', 'completed', 'rolled_back')) AS switches_not_completed,
                (array_agg(each.switch_id ORDER BY each.position DESC)
                    FILTER (WHERE each.outcome = '' AND each.stage <> 'waiting_eligible'))[1] AS live_switch_id,
                (array_agg(each.stage ORDER BY each.position DESC)
                    FILTER (WHERE each.outcome = '' AND each.stage <> 'waiting_eligible'))[1] AS live_stage,
                (array_agg(each.requested_at ORDER BY each.position DESC)
                    FILTER (WHERE each.outcome = '' AND each.stage <> 'waiting_eligible'))[1] AS live_since,
                sum(cardinality(each.alarms)) AS open_alarms,
                sum(each.moved) FILTER (WHERE each.outcome = 'completed') AS users_moved,
                max(each.ended_at) AS last_ended_at
         FROM planswitch_read.switch_board_v@version AS each WHERE each.requested_at IS NOT NULL
         GROUP BY each.organization_id) AS board USING (organization_id)
     CROSS JOIN (@projection) AS projection;
COMMENT ON VIEW planswitch_views.organizations IS
    'One row for each organization with a switch, a checkout or an act on a product; with its live switch.';
COMMENT ON COLUMN planswitch_views.organizations.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.organizations.switches IS
    'Switches and requests of the organization.';
COMMENT ON COLUMN planswitch_views.organizations.waiting_requests IS
    'Requests that wait for their switch to begin.';
COMMENT ON COLUMN planswitch_views.organizations.switches_completed IS
    'Switches that completed.';
COMMENT ON COLUMN planswitch_views.organizations.switches_taken_back IS
    'Switches that were rolled back after licenses had moved.';
COMMENT ON COLUMN planswitch_views.organizations.switches_not_completed IS
    'Switches and requests with any other outcome, such as cancelled, declined, expired or failed.';
COMMENT ON COLUMN planswitch_views.organizations.live_switch_id IS
    'Id of the switch that runs; NULL if none does.';
COMMENT ON COLUMN planswitch_views.organizations.live_stage IS
    'Stage of the switch that runs; NULL if none does.';
COMMENT ON COLUMN planswitch_views.organizations.live_since IS
    'Instant at which the running switch was requested; NULL if none runs.';
COMMENT ON COLUMN planswitch_views.organizations.open_alarms IS
    'Alarms of all switches that call for somebody now.';
COMMENT ON COLUMN planswitch_views.organizations.users_moved IS
    'Users whom completed switches moved; a user of several switches counts in each of them.';
COMMENT ON COLUMN planswitch_views.organizations.last_ended_at IS
    'Instant of the newest end of a switch or request; NULL before any.';
COMMENT ON COLUMN planswitch_views.organizations.open_checkouts IS
    'Drafts of orders that are open.';
COMMENT ON COLUMN planswitch_views.organizations.open_product_acts IS
    'Acts on products that are not finished.';
COMMENT ON COLUMN planswitch_views.organizations.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.organizations.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.organizations.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
