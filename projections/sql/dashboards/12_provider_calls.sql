CREATE OR REPLACE VIEW planswitch_views.provider_calls WITH (security_barrier = true) AS
SELECT call.called_on,
       call.organization_id,
       call.provider,
       call.operation,
       call.outcome,
       count(*) AS calls,
       count(*) FILTER (WHERE call.has_refused_items) AS calls_with_refused_items,
       sum(call.duration_ms) AS duration_milliseconds_total,
       max(call.duration_ms) AS duration_milliseconds_max,
       min(call.started_at) AS first_called_at,
       max(call.started_at) AS last_called_at,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM (SELECT (each.started_at AT TIME ZONE 'UTC')::date AS called_on,
             board.organization_id,
             each.provider,
             each.operation,
             CASE WHEN each.status = 0 THEN 'unanswered'
                  WHEN each.status BETWEEN 200 AND 299 AND each.code = '' THEN 'answered'
                  WHEN each.status = 429 THEN 'throttled'
                  WHEN each.status >= 500 THEN 'failed'
                  ELSE 'refused' END AS outcome,
             each.refusals <> '[]' AS has_refused_items,
             each.duration_ms,
             each.started_at
      FROM planswitch.provider_call AS each
           LEFT JOIN planswitch_read.switch_board_v@version AS board USING (switch_id)) AS call
     CROSS JOIN (@projection) AS projection
GROUP BY call.called_on, call.organization_id, call.provider, call.operation, call.outcome,
         projection.projection_position, projection.projection_lag, projection.projection_lag_seconds;
COMMENT ON VIEW planswitch_views.provider_calls IS
    'One row for each day, organization, provider, operation and outcome: calls to the outside. It counts the record itself, so calls show at once.';
COMMENT ON COLUMN planswitch_views.provider_calls.called_on IS
    'Day of the calls, in UTC.';
COMMENT ON COLUMN planswitch_views.provider_calls.organization_id IS
    'Directory id of the organization of the switch; NULL for calls of no switch, such as previews and acts on products.';
COMMENT ON COLUMN planswitch_views.provider_calls.provider IS
    'directory, seller, billing or notices.';
COMMENT ON COLUMN planswitch_views.provider_calls.operation IS
    'Name of the call.';
COMMENT ON COLUMN planswitch_views.provider_calls.outcome IS
    'answered, refused, throttled (status 429), failed (status 500 and above) or unanswered.';
COMMENT ON COLUMN planswitch_views.provider_calls.calls IS
    'Number of calls.';
COMMENT ON COLUMN planswitch_views.provider_calls.calls_with_refused_items IS
    'Calls in whose answer single items were refused.';
COMMENT ON COLUMN planswitch_views.provider_calls.duration_milliseconds_total IS
    'Milliseconds of all calls together.';
COMMENT ON COLUMN planswitch_views.provider_calls.duration_milliseconds_max IS
    'Milliseconds of the longest call.';
COMMENT ON COLUMN planswitch_views.provider_calls.first_called_at IS
    'Instant at which the first of the calls began.';
COMMENT ON COLUMN planswitch_views.provider_calls.last_called_at IS
    'Instant at which the last of the calls began.';
COMMENT ON COLUMN planswitch_views.provider_calls.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.provider_calls.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.provider_calls.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
