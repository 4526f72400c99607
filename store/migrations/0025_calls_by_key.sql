-- What was answered under an idempotency key that belongs to no switch, such as that of an act on a product (ADR 40).
-- Reads have no key, so that the index is small.

CREATE INDEX provider_call_of_no_switch ON planswitch.provider_call (key, id)
    WHERE switch_id IS NULL AND key <> '';
