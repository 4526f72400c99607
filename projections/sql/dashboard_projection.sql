-- How far the tables of a version are: it stands inside of each view, so that position and rows are of one version.
SELECT own.notification_id AS projection_position,
       (SELECT count(*) FROM planswitch.switch_events AS event
        WHERE event.notification_id > own.notification_id) AS projection_lag,
       coalesce((SELECT greatest(extract(epoch FROM clock_timestamp() - event.recorded_at), 0)
        FROM planswitch.switch_events AS event WHERE event.notification_id > own.notification_id
        ORDER BY event.notification_id LIMIT 1), 0)::double precision AS projection_lag_seconds
FROM planswitch_read.projection_position AS own
WHERE own.projection = 'switches' AND own.version = @version
