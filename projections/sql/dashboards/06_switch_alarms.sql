CREATE OR REPLACE VIEW planswitch_views.switch_alarms WITH (security_barrier = true) AS
SELECT line.switch_id,
       board.organization_id,
       line.summary ->> 'alarm' AS alarm,
       (line.summary ->> 'number')::integer AS number,
       line.at AS raised_at,
       line.summary ->> 'notice_id' <> '' AS is_sent,
       nullif(line.summary ->> 'code', '') AS not_sent_code,
       coalesce(line.summary ->> 'alarm' = ANY (board.alarms), false) AS is_open,
       line.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_timeline_v@version AS line
     JOIN planswitch_read.switch_board_v@version AS board USING (switch_id) CROSS JOIN (@projection) AS projection
WHERE line.event = 'subscription.alarm-raised' AND board.requested_at IS NOT NULL;
COMMENT ON VIEW planswitch_views.switch_alarms IS
    'One row for each call of an alarm.';
COMMENT ON COLUMN planswitch_views.switch_alarms.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switch_alarms.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switch_alarms.alarm IS
    'still_switching, credit_check, credit_invoice or no_way_on.';
COMMENT ON COLUMN planswitch_views.switch_alarms.number IS
    'How often this alarm of the switch has called, from 1.';
COMMENT ON COLUMN planswitch_views.switch_alarms.raised_at IS
    'Instant of the call.';
COMMENT ON COLUMN planswitch_views.switch_alarms.is_sent IS
    'Whether a notice was sent to the alarm contact.';
COMMENT ON COLUMN planswitch_views.switch_alarms.not_sent_code IS
    'Why no notice was sent, such as NO_CONTACT; NULL if one was sent.';
COMMENT ON COLUMN planswitch_views.switch_alarms.is_open IS
    'Whether the alarm calls for somebody now.';
COMMENT ON COLUMN planswitch_views.switch_alarms.position IS
    'Number of the event.';
COMMENT ON COLUMN planswitch_views.switch_alarms.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switch_alarms.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switch_alarms.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
