CREATE OR REPLACE VIEW planswitch_views.checkouts WITH (security_barrier = true) AS
SELECT draft.checkout_id,
       draft.organization_id,
       draft.source_subscription_id,
       draft.target_plan_id,
       draft.quantity AS licenses,
       draft.payment_method,
       draft.credit_check,
       draft.state,
       draft.revision,
       draft.total AS total_minor_units,
       draft.currency,
       draft.expires_on,
       nullif(draft.switch_id, '')::uuid AS switch_id,
       nullif(draft.refusal_code, '') AS refusal_code,
       draft.started_at,
       draft.changed_at,
       draft.incomplete_since IS NOT NULL AS is_incomplete,
       draft.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.checkout_board_v@version AS draft CROSS JOIN (@projection) AS projection;
COMMENT ON VIEW planswitch_views.checkouts IS
    'One row for each draft of an order.';
COMMENT ON COLUMN planswitch_views.checkouts.checkout_id IS
    'Id of the draft.';
COMMENT ON COLUMN planswitch_views.checkouts.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.checkouts.source_subscription_id IS
    'The seller''s id of the subscription to be left.';
COMMENT ON COLUMN planswitch_views.checkouts.target_plan_id IS
    'The vendor''s id of the plan to be ordered.';
COMMENT ON COLUMN planswitch_views.checkouts.licenses IS
    'Licenses to be ordered.';
COMMENT ON COLUMN planswitch_views.checkouts.payment_method IS
    'card or invoice.';
COMMENT ON COLUMN planswitch_views.checkouts.credit_check IS
    'may_be_required or not_expected.';
COMMENT ON COLUMN planswitch_views.checkouts.state IS
    'open, ordered or abandoned.';
COMMENT ON COLUMN planswitch_views.checkouts.revision IS
    'Number of the newest change of the draft, from 1.';
COMMENT ON COLUMN planswitch_views.checkouts.total_minor_units IS
    'Minor units with tax, if the switch completes on the first day of the quote.';
COMMENT ON COLUMN planswitch_views.checkouts.currency IS
    'ISO 4217 code of the total.';
COMMENT ON COLUMN planswitch_views.checkouts.expires_on IS
    'Last day on which the quote can be ordered.';
COMMENT ON COLUMN planswitch_views.checkouts.switch_id IS
    'Id of the switch that was ordered; NULL before the order.';
COMMENT ON COLUMN planswitch_views.checkouts.refusal_code IS
    'Code of the last refusal of the order; NULL if there was none.';
COMMENT ON COLUMN planswitch_views.checkouts.started_at IS
    'Instant at which the draft was opened.';
COMMENT ON COLUMN planswitch_views.checkouts.changed_at IS
    'Instant of the newest change.';
COMMENT ON COLUMN planswitch_views.checkouts.is_incomplete IS
    'Whether the row lacks events that could not be shown.';
COMMENT ON COLUMN planswitch_views.checkouts.position IS
    'Number of the newest event in the row.';
COMMENT ON COLUMN planswitch_views.checkouts.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.checkouts.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.checkouts.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
