CREATE OR REPLACE VIEW planswitch_views.switch_money WITH (security_barrier = true) AS
SELECT board.switch_id,
       board.organization_id,
       board.currency,
       board.quote_total AS quoted_total_minor_units,
       bill.charged_net_minor_units,
       bill.charged_tax_minor_units,
       bill.charged_total_minor_units,
       coalesce(bill.credited_minor_units, 0) AS credited_minor_units,
       coalesce(bill.forfeited_minor_units, 0) AS forfeited_minor_units,
       coalesce(bill.add_ons_charged_minor_units, 0) AS add_ons_charged_minor_units,
       coalesce(bill.add_ons_credited_minor_units, 0) AS add_ons_credited_minor_units,
       coalesce(bill.given_back_minor_units, 0) AS given_back_minor_units,
       bill.cutover_on,
       bill.billed_at,
       board.invoice_promised_at,
       board.invoice_delivered_at,
       nullif(board.invoice_open_point, '') AS invoice_open_point,
       board.position,
       projection.projection_position,
       projection.projection_lag,
       projection.projection_lag_seconds
FROM planswitch_read.switch_board_v@version AS board
     LEFT JOIN (
         SELECT line.switch_id,
                max((line.summary -> 'net' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.billing-cut-over') AS charged_net_minor_units,
                max((line.summary -> 'tax' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.billing-cut-over') AS charged_tax_minor_units,
                max((line.summary -> 'total' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.billing-cut-over') AS charged_total_minor_units,
                sum((line.summary -> 'amount' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.credit-issued')::bigint AS credited_minor_units,
                sum((line.summary -> 'amount' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.credit-forfeited')::bigint AS forfeited_minor_units,
                sum((line.summary -> 'charge' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.add-on-carried')::bigint AS add_ons_charged_minor_units,
                sum((line.summary -> 'credit' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event IN ('subscription.add-on-carried', 'subscription.add-on-dropped'))::bigint
                    AS add_ons_credited_minor_units,
                sum((line.summary -> 'given_back' ->> 'minor_units')::bigint)
                    FILTER (WHERE line.event = 'subscription.licenses-reduced')::bigint AS given_back_minor_units,
                max((line.summary ->> 'cutover_on')::date) AS cutover_on,
                max(line.at) FILTER (WHERE line.event = 'subscription.billing-cut-over') AS billed_at
         FROM planswitch_read.switch_timeline_v@version AS line
         WHERE line.event IN ('subscription.billing-cut-over', 'subscription.credit-issued',
             'subscription.credit-forfeited', 'subscription.add-on-carried', 'subscription.add-on-dropped',
             'subscription.licenses-reduced', 'subscription.cancelled')
         GROUP BY line.switch_id) AS bill USING (switch_id)
     CROSS JOIN (@projection) AS projection
WHERE board.requested_at IS NOT NULL AND board.currency <> '';
COMMENT ON VIEW planswitch_views.switch_money IS
    'One row for each switch with a quote: what was quoted, billed, credited and lost.';
COMMENT ON COLUMN planswitch_views.switch_money.switch_id IS
    'Id of the switch.';
COMMENT ON COLUMN planswitch_views.switch_money.organization_id IS
    'Directory id of the organization.';
COMMENT ON COLUMN planswitch_views.switch_money.currency IS
    'ISO 4217 code of every amount in the row.';
COMMENT ON COLUMN planswitch_views.switch_money.quoted_total_minor_units IS
    'Minor units with tax, for the quoted day, and for the day of the cutover once that is known.';
COMMENT ON COLUMN planswitch_views.switch_money.charged_net_minor_units IS
    'Minor units without tax, as billed at the cutover; NULL before it.';
COMMENT ON COLUMN planswitch_views.switch_money.charged_tax_minor_units IS
    'Minor units of tax, as billed at the cutover; NULL before it.';
COMMENT ON COLUMN planswitch_views.switch_money.charged_total_minor_units IS
    'Minor units with tax, as billed at the cutover; NULL before it.';
COMMENT ON COLUMN planswitch_views.switch_money.credited_minor_units IS
    'Minor units that were credited for days that the old plan does not serve.';
COMMENT ON COLUMN planswitch_views.switch_money.forfeited_minor_units IS
    'Minor units of prepaid value that were lost, as accepted.';
COMMENT ON COLUMN planswitch_views.switch_money.add_ons_charged_minor_units IS
    'Minor units that were charged for add-ons that were ordered with the new plan.';
COMMENT ON COLUMN planswitch_views.switch_money.add_ons_credited_minor_units IS
    'Minor units that were credited for add-ons of the old plan.';
COMMENT ON COLUMN planswitch_views.switch_money.given_back_minor_units IS
    'Minor units that the seller gave back for licenses of a reduced subscription.';
COMMENT ON COLUMN planswitch_views.switch_money.cutover_on IS
    'Day of the cutover, by the organization''s clocks; NULL before it is known.';
COMMENT ON COLUMN planswitch_views.switch_money.billed_at IS
    'Instant at which the cutover was billed; NULL before it.';
COMMENT ON COLUMN planswitch_views.switch_money.invoice_promised_at IS
    'Instant by which the invoice is promised; NULL if none is.';
COMMENT ON COLUMN planswitch_views.switch_money.invoice_delivered_at IS
    'Instant at which the invoice was delivered; NULL before it.';
COMMENT ON COLUMN planswitch_views.switch_money.invoice_open_point IS
    'not_delivered or not_settled; NULL if nothing is open.';
COMMENT ON COLUMN planswitch_views.switch_money.position IS
    'Number of the newest event in the row.';
COMMENT ON COLUMN planswitch_views.switch_money.projection_position IS
    'Number of the last event that the view shows.';
COMMENT ON COLUMN planswitch_views.switch_money.projection_lag IS
    'Events that are recorded and not shown yet.';
COMMENT ON COLUMN planswitch_views.switch_money.projection_lag_seconds IS
    'Seconds since the oldest event that is not shown yet was recorded; 0 if every event is shown.';
