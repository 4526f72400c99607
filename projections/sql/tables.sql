-- Tables of one version of the projection `switches`; @version is its number.

CREATE TABLE IF NOT EXISTS planswitch_read.switch_board_v@version (
    switch_id              uuid PRIMARY KEY,
    organization_id        text NOT NULL,
    workflow_id            text NOT NULL,
    run_id                 text NOT NULL,
    request_id             text NOT NULL,
    source_subscription_id text NOT NULL,
    -- The new subscription; '' before the seller has named it.
    target_subscription_id text NOT NULL,
    source_plan_id         text NOT NULL,
    target_plan_id         text NOT NULL,
    stage                  text NOT NULL,
    waits_for              text NOT NULL,
    wait_names             text[] NOT NULL,
    waits_since            timestamptz,
    step_stage             text NOT NULL,
    step_stage_since       timestamptz,
    looks_at               timestamptz,
    looks_every_seconds    integer NOT NULL,
    wait_remedy            text NOT NULL,
    wait_step              text NOT NULL,
    licenses               integer,
    total                  integer NOT NULL,
    joined_late            integer NOT NULL,
    moved                  integer NOT NULL,
    failed                 integer NOT NULL,
    skipped                integer NOT NULL,
    quote_total            bigint,
    charged_total          bigint,
    currency               text NOT NULL,
    requested_by           text NOT NULL,
    requested_at           timestamptz,
    -- When it was asked for first: the place of the row in lists, which never changes.
    first_requested_at     timestamptz,
    updated_at             timestamptz NOT NULL,
    ended_at               timestamptz,
    outcome                text NOT NULL,
    error_code             text NOT NULL,
    error_message          text NOT NULL,
    promised_end           timestamptz,
    promises_missed        text[] NOT NULL,
    alarms                 text[] NOT NULL,
    alarmed_at             timestamptz,
    outside_acts           text[] NOT NULL,
    credit_check           text NOT NULL,
    credit_reminder_at     timestamptz,
    credit_deadline_at     timestamptz,
    credit_cap_at          timestamptz,
    voidable_until         timestamptz,
    void_warned_at         timestamptz,
    invoice_promised_at    timestamptz,
    invoice_delivered_at   timestamptz,
    invoice_looks_at       timestamptz,
    invoice_open_point     text NOT NULL,
    wait_until             timestamptz,
    start_on               date,
    pilot                  integer NOT NULL,
    pilot_group_id         text NOT NULL,
    switch_back_of         text NOT NULL,
    switched_back_by       text NOT NULL,
    licenses_only          boolean NOT NULL,
    notice_read_by         text NOT NULL,
    notice_read_at         timestamptz,
    -- Version from which on the events of a stream are missing, and the stream.
    incomplete_since       integer,
    incomplete_stream      text NOT NULL,
    -- Newest notification that changed the row.
    position               bigint NOT NULL,
    -- Facts of the accepted quote, to tell its total for another day.
    quote                  jsonb
);
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_request
    ON planswitch_read.switch_board_v@version (first_requested_at DESC, switch_id DESC);
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_organization
    ON planswitch_read.switch_board_v@version (organization_id, first_requested_at DESC, switch_id DESC);
-- A switch is found by either of its subscriptions; ids are alike in any case.
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_source
    ON planswitch_read.switch_board_v@version (lower(source_subscription_id));
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_target
    ON planswitch_read.switch_board_v@version (lower(target_subscription_id));
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_owner
    ON planswitch_read.switch_board_v@version (lower(organization_id));
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_alarm
    ON planswitch_read.switch_board_v@version (alarmed_at) WHERE alarmed_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS switch_board_v@version_by_position
    ON planswitch_read.switch_board_v@version (position);

CREATE TABLE IF NOT EXISTS planswitch_read.switch_timeline_v@version (
    switch_id  uuid NOT NULL,
    position   bigint NOT NULL,
    at         timestamptz NOT NULL,
    stream_id  uuid NOT NULL,
    version    integer NOT NULL,
    event      text NOT NULL,
    stage      text NOT NULL,
    actor      text NOT NULL,
    reason     text NOT NULL,
    causation  text NOT NULL,
    summary    jsonb NOT NULL,
    activity   text NOT NULL,
    attempt    integer NOT NULL,
    PRIMARY KEY (switch_id, position)
);
-- For whoever follows the events of all switches.
CREATE INDEX IF NOT EXISTS switch_timeline_v@version_by_position
    ON planswitch_read.switch_timeline_v@version (position);

-- Plans of the subscriptions that were seen, to name the plan that a switch leaves.
CREATE TABLE IF NOT EXISTS planswitch_read.switch_subscription_v@version (
    stream_id       uuid PRIMARY KEY,
    subscription_id text NOT NULL,
    plan_id         text NOT NULL
);

-- Drafts of orders; names and addresses are never here.
CREATE TABLE IF NOT EXISTS planswitch_read.checkout_board_v@version (
    stream_id              uuid PRIMARY KEY,
    checkout_id            uuid NOT NULL UNIQUE,
    organization_id        text NOT NULL,
    source_subscription_id text NOT NULL,
    target_plan_id         text NOT NULL,
    quantity               integer NOT NULL,
    payment_method         text NOT NULL,
    credit_check           text NOT NULL,
    state                  text NOT NULL,
    revision               integer NOT NULL,
    total                  bigint NOT NULL,
    currency               text NOT NULL,
    expires_on             date NOT NULL,
    switch_id              text NOT NULL,
    refusal_code           text NOT NULL,
    started_by             text NOT NULL,
    started_at             timestamptz NOT NULL,
    changed_by             text NOT NULL,
    changed_at             timestamptz NOT NULL,
    incomplete_since       integer,
    position               bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS checkout_board_v@version_by_start
    ON planswitch_read.checkout_board_v@version (started_at DESC, checkout_id DESC);
CREATE INDEX IF NOT EXISTS checkout_board_v@version_by_organization
    ON planswitch_read.checkout_board_v@version (organization_id, started_at DESC, checkout_id DESC);

-- Acts on products beside switches.
CREATE TABLE IF NOT EXISTS planswitch_read.product_act_v@version (
    act_id           uuid PRIMARY KEY,
    stream_id        uuid NOT NULL,
    organization_id  text NOT NULL,
    act              text NOT NULL,
    subscription_id  text NOT NULL,
    plan_id          text NOT NULL,
    licenses         integer NOT NULL,
    charge           bigint NOT NULL,
    credit           bigint NOT NULL,
    forfeited        bigint NOT NULL,
    tax              bigint NOT NULL,
    total            bigint NOT NULL,
    currency         text NOT NULL,
    state            text NOT NULL,
    code             text NOT NULL,
    begun_at         timestamptz NOT NULL,
    ended_at         timestamptz,
    incomplete_since integer,
    position         bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS product_act_v@version_by_organization
    ON planswitch_read.product_act_v@version (organization_id);
CREATE INDEX IF NOT EXISTS product_act_v@version_by_stream
    ON planswitch_read.product_act_v@version (stream_id);
