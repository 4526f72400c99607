CREATE OR REPLACE VIEW planswitch_views.product_acts WITH (security_barrier = true) AS
SELECT act.act_id,
       act.organization_id,
       act.act,
       nullif(act.subscription_id, '') AS subscription_id,
       nullif(act.plan_id, '') AS plan_id,
       act.licenses,
       act.charge AS charge_minor_units,
       act.credit AS credit_minor_units,
       act.forfeited AS forfeited_minor_units,
       act.tax AS tax_minor_units,
       act.total AS total_minor_units,
       act.currency,
       act.state,
       nullif(act.code, '') AS code,
       act.begun_at,
       act.ended_at,
       greatest(extract(epoch FROM act.ended_at - act.begun_at), 0)::double precision AS duration_seconds,
       act.incomplete_since IS NOT NULL AS is_incomplete,
       act.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.product_act_v@version AS act CROSS JOIN (@projection) AS projection;
COMMENT ON VIEW planswitch_views.product_acts IS
    'One row for each act on a product outside of switches: bought, resized, cancelled, reactivated, paid.';
COMMENT ON COLUMN planswitch_views.product_acts.act_id IS
    'Id of the act.';
COMMENT ON COLUMN planswitch_views.product_acts.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.product_acts.act IS
    'What was done, such as resize or cancel.';
COMMENT ON COLUMN planswitch_views.product_acts.subscription_id IS
    'The seller''s id of the subscription; NULL before the seller has named it, or if the act is about none.';
COMMENT ON COLUMN planswitch_views.product_acts.plan_id IS
    'The vendor''s id of the plan that is bought; NULL if none is.';
COMMENT ON COLUMN planswitch_views.product_acts.licenses IS
    'Licenses of the subscription after the act.';
COMMENT ON COLUMN planswitch_views.product_acts.charge_minor_units IS
    'Minor units without tax that are charged.';
COMMENT ON COLUMN planswitch_views.product_acts.credit_minor_units IS
    'Minor units without tax that are given back.';
COMMENT ON COLUMN planswitch_views.product_acts.forfeited_minor_units IS
    'Minor units of prepaid value that are lost.';
COMMENT ON COLUMN planswitch_views.product_acts.tax_minor_units IS
    'Minor units of tax of the charge; negative if tax is given back with a credit.';
COMMENT ON COLUMN planswitch_views.product_acts.total_minor_units IS
    'Minor units that are taken: charge and tax, or the balance that is paid.';
COMMENT ON COLUMN planswitch_views.product_acts.currency IS
    'ISO 4217 code of every amount in the row.';
COMMENT ON COLUMN planswitch_views.product_acts.state IS
    'open, held (somebody outside refused a later step), done or refused.';
COMMENT ON COLUMN planswitch_views.product_acts.code IS
    'Code of the refusal, or of what holds the act up; NULL if there is none.';
COMMENT ON COLUMN planswitch_views.product_acts.begun_at IS
    'Instant at which the act began.';
COMMENT ON COLUMN planswitch_views.product_acts.ended_at IS
    'Instant at which the act was done or refused; NULL before it.';
COMMENT ON COLUMN planswitch_views.product_acts.duration_seconds IS
    'Seconds from the beginning to the end; NULL before the end.';
COMMENT ON COLUMN planswitch_views.product_acts.is_incomplete IS
    'Whether the row lacks events that could not be shown.';
COMMENT ON COLUMN planswitch_views.product_acts.position IS
    'Number of the newest event in the row.';
COMMENT ON COLUMN planswitch_views.product_acts.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.product_acts.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.product_acts.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
