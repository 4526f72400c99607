"""How fast a whole history is decided again, and with how much memory: a history built by COPY.

Each switch has the events that decide something, with facts that the rules have made, and as many others as
a switch of 25 users leaves.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid5

import psycopg
from eventsourcing.persistence import Mapper

from activities.credit.business_calendar import business_calendar
from bench.base.lone_console import lone_console
from bench.base.processes import peak_megabytes, process_ids_below, processor_seconds
from bench.eligibility import organization_facts
from domain.catalog.catalog import load_catalog
from domain.catalog.rule_sets import rule_set
from domain.eligibility.assessment import Assessed
from domain.eligibility.eligibility import Assessment, assess
from domain.kernel.ids import NAMESPACE
from domain.kernel.recorded import Meta
from domain.quote.quote import Quote, period_price, quote
from domain.quote.quote_input import QuoteInput
from domain.reasons.reasons import BEFORE_CANCELLATION, BEFORE_FIRST_MOVE
from domain.switch.credit import credit_deadlines
from domain.switch.events import CreditCheckRequired, QuoteFixed, ReplacementOrdered, SwitchRequested
from domain.switch.move_events import BillingCutOver, SwitchCompleted
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from store.core.application import StrictTranscoder
from store.migrate import migrate

EVENTS_DEFAULT = 1_000_000
#: What memory is compared with.
EVENTS_SMALL = 100_000
#: Events of one switch, and those of them that decide something.
SWITCH_EVENTS = 30
#: Different organizations; each is many times in the history, under other ids.
_TEMPLATES = 12
_USERS_STEP = 40
_MILLION = 1_000_000
_SWITCH, _ORGANIZATION = "11111111-1111-5111-8111-111111111111", "22222222-2222-5222-8222-222222222222"
_SERVER = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "256MB", "max_wal_size": "4GB"}
_BEGAN_AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_COPY = """
COPY planswitch.switch_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)
"""
_COPY_TYPES = ("uuid", "int8", "text", "bytea")
_NOTE = b'{"timestamp":{"_type_":"datetime_iso","_data_":"2026-11-22T09:00:00+00:00"},"kind":"bench",' + (
    b'"notice_id":"bench","meta":{"switch_id":"%s"}}' % _SWITCH.encode()
)
#: A stored event: whether it stands in the switch's own stream, its topic, its bytes.
_Row = tuple[bool, str, bytes]


def measure(events: int) -> dict[str, Any]:
    """Decide a history of so many events again by rule set 2014; return seconds and peak memory.

    That is `planswitch audit whatif --all` beside a console: the seconds are those that a user waits. The
    processor seconds and the memory are those of command, console and the console's deciders together. The
    time in which the history is built is not counted.
    """
    with _throw_away_server() as (server, folder):
        small = _decided(server, folder, min(EVENTS_SMALL, events))
        whole = _decided(server, folder, events) if events > EVENTS_SMALL else small
    return {
        "events": events,
        "switches": whole["switches"],
        "differing": whole["differing"],
        "processes": whole["processes"],
        "whatif_seconds_per_million": whole["seconds"] * _MILLION / events,
        "whatif_processor_seconds_per_million": whole["processor_seconds"] * _MILLION / events,
        "database_processor_seconds_per_million": whole["database_seconds"] * _MILLION / events,
        "peak_mib": whole["peak_mib"],
        "peak_ratio": whole["peak_mib"] / small["peak_mib"],
    }


def summarize(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs."""
    figures = (
        *("whatif_seconds_per_million", "whatif_processor_seconds_per_million"),
        *("database_processor_seconds_per_million", "peak_mib", "peak_ratio"),
    )
    rounded = {name: round(median(run[name] for run in runs), 2) for name in figures}
    return {name: runs[0][name] for name in ("events", "switches", "differing", "processes")} | rounded


@contextmanager
def _throw_away_server() -> Iterator[tuple[EmbeddedPostgres, Path]]:
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with EmbeddedPostgres(folder / "postgres", settings=_SERVER) as server:
            yield server, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _decided(server: EmbeddedPostgres, folder: Path, events: int) -> dict[str, Any]:
    """Build a history, and decide it again as a user does, beside a console of its own."""
    url = server.create_database(f"whatif_{events}")
    migrate(url)
    build_history(url, events)
    with lone_console(url, folder) as (process_id, environment):
        parts = {"console": process_id, "database": server.pid or 0}
        before, commands_before, began = processor_seconds(parts), _ended_children_seconds(), perf_counter()
        answer = _command(environment)
        seconds = perf_counter() - began
        after, commands_after = processor_seconds(parts), _ended_children_seconds()
        peaks = [peak_megabytes(each) for each in process_ids_below(process_id)]
    return {
        **answer["summary"],
        "processes": len(peaks),
        "seconds": seconds,
        "processor_seconds": after["console"] - before["console"] + commands_after - commands_before,
        "database_seconds": after["database"] - before["database"],
        "peak_mib": sum(peaks) + answer["peak_mib"],
    }


def _command(environment: dict[str, str]) -> dict[str, Any]:
    """Run the command in a process of its own; return its summary and the peak of its memory."""
    command = [sys.executable, "-m", "bench.whatif"]
    last: dict[str, Any] = {}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            # What differs is as long as the history, and nobody keeps it.
            if line.startswith((b'{"summary"', b'{"peak_mib"')):
                last |= json.loads(line)
    if process.returncode:
        raise AssertionError(f"the command failed with {process.returncode}")
    return last


def _ended_children_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def main() -> None:
    """Run the command as a user does, and then print the peak of its memory."""
    from cli.main import app  # noqa: PLC0415 - as heavy as the command itself

    app(["audit", "whatif", "--all", "--rules", "2014", "--json"], standalone_mode=False)
    print(json.dumps({"peak_mib": peak_megabytes(os.getpid())}))


def build_history(url: str, events: int) -> None:
    """Write a history into a migrated store by COPY.

    Args:
        url: The database.
        events: Their number; SWITCH_EVENTS of them are a switch.
    """
    mapper: Mapper[UUID] = Mapper(transcoder=StrictTranscoder())
    templates = [_template(mapper, _USERS_STEP * (number + 1)) for number in range(_TEMPLATES)]
    with psycopg.connect(url, autocommit=True) as connection:
        with connection.cursor().copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for number in range(events // SWITCH_EVENTS):
                for row in _rows(templates[number % _TEMPLATES], number):
                    copy.write_row(row)
        connection.execute("VACUUM ANALYZE planswitch.switch_events")


def _rows(template: list[_Row], number: int) -> Iterator[tuple[UUID, int, str, bytes]]:
    """Yield the events of a template under ids of their own."""
    switch_id, organization_id = (uuid5(NAMESPACE, f"bench:{what}:{number}") for what in "so")
    own, version = uuid5(NAMESPACE, f"bench:stream:{number}"), 0
    for place, (is_own, topic, state) in enumerate(template):
        named = state.replace(_SWITCH.encode(), str(switch_id).encode())
        named = named.replace(_ORGANIZATION.encode(), str(organization_id).encode())
        version += is_own
        stream_id = own if is_own else uuid5(NAMESPACE, f"bench:assessed:{number}:{place}")
        yield stream_id, version if is_own else 1, topic, named


def _template(mapper: Mapper[UUID], users: int) -> list[_Row]:
    catalog = load_catalog()
    facts = organization_facts(catalog, users)
    facts = replace(facts, target_plan_id=catalog.find("E3").plan_id, own_switch_id=_SWITCH)
    plans = tuple(each for each in facts.subscriptions if not each.parent_subscription_id)
    profile = replace(facts.profile, organization_id=_ORGANIZATION)
    facts = replace(facts, profile=profile, subscriptions=plans)
    assessment = assess(catalog, facts)
    priced = _quote(assessment)
    events = [
        _assessed(assessment, priced),
        *_request(assessment, priced),
        *(_assessed(assess(catalog, replace(facts, stage=each)), None) for each in _STAGES),
        *_ending(priced),
    ]
    rows = [_row(mapper, each) for each in events]
    notes = [(True, "subscription.notice-sent", _NOTE)] * (SWITCH_EVENTS - len(rows))
    return [*rows[:3], *notes, *rows[3:]]


_STAGES = (BEFORE_FIRST_MOVE, BEFORE_CANCELLATION)


def _row(mapper: Mapper[UUID], event: Any) -> _Row:
    stored = mapper.to_stored_event(event)
    return not isinstance(event, Assessed), stored.topic, stored.state


def _meta() -> dict[str, Any]:
    meta = Meta(
        switch_id=_SWITCH,
        organization_id=_ORGANIZATION,
        actor="olga",
        reason="growth",
        causation="request:bench",
    )
    return meta.as_facts()


def _base() -> dict[str, Any]:
    return {"originator_id": UUID(int=1), "originator_version": 1, "timestamp": _BEGAN_AT, "meta": _meta()}


def _event(kind: Any, **facts: Any) -> Any:
    """Return an event of the switch."""
    return kind(**_base(), switch_id=_SWITCH, **facts)


def _quote(assessment: Assessment) -> Quote:
    facts, catalog = assessment.input, load_catalog()
    assert facts.billed is not None
    monthly = catalog.price(facts.target_plan_id, facts.profile.currency).unit_price
    day = date(2026, 11, 22)
    return quote(
        QuoteInput(
            organization_id=_ORGANIZATION,
            source_plan_id=facts.source.plan_id,
            target_plan_id=facts.target_plan_id,
            billed=facts.billed,
            quantity_target=facts.quantity,
            tax_rate=Decimal("0.19"),
            currency=facts.profile.currency,
            price_list_version=catalog.version,
            quoted_on=day,
            order_on=day,
            expires_on=day + timedelta(days=7),
            billing_cycle="monthly",
            payment_method=facts.payment_method,
            target_unit_price=period_price(monthly, "monthly"),
            is_billed_from_order=False,
        )
    )


def _assessed(assessment: Assessment, priced: Quote | None) -> Assessed:
    return Assessed(
        **_base(),
        organization_id=_ORGANIZATION,
        subject=assessment.as_facts(),
        quote=priced.as_facts() if priced else None,
        accepted=True,
    )


def _request(assessment: Assessment, priced: Quote) -> tuple[Any, ...]:
    facts = assessment.input
    requested = _event(
        SwitchRequested,
        request_id="bench",
        request_digest="",
        order={"service_settings": None},
        mode=facts.mode,
        target_plan_id=facts.target_plan_id,
        quantity=facts.quantity,
        service_settings="keep",
        payment_method=facts.payment_method,
        rule_set=facts.rule_set,
        catalog_version=facts.catalog_version,
        assessment=assessment.as_facts(),
    )
    fixed = _event(
        QuoteFixed,
        quote=priced.as_facts(),
        quote_digest=priced.digest,
        expires_on=priced.input.expires_on,
    )
    return requested, fixed, _ordered(facts.quantity), _required(assessment)


def _ordered(quantity: int) -> Any:
    return _event(
        ReplacementOrdered,
        order_id="bench",
        ordered_at=_BEGAN_AT,
        replacement_id=_SWITCH,
        quantity=quantity,
        calls_digest="",
    )


def _required(assessment: Assessment) -> Any:
    calendar = business_calendar(assessment.input.profile, [2026, 2027]).calendar
    deadlines = credit_deadlines(_BEGAN_AT, calendar, rule_set("current"), ordered_at=_BEGAN_AT)
    return _event(
        CreditCheckRequired,
        check_id="bench",
        requested_at=_BEGAN_AT,
        reminder_at=deadlines.reminder_at,
        deadline_at=deadlines.deadline_at,
        cap_at=deadlines.cap_at,
        time_zone=calendar.time_zone,
        weekend=sorted(calendar.weekend),
        holidays=list(deadlines.holidays),
        working_weekend_days=[],
        cut_off_hour=None,
        calendar="bench",
        evidence="bench",
        calls_digest="",
    )


def _ending(priced: Quote) -> tuple[Any, ...]:
    day = priced.days[0]
    billed = _event(
        BillingCutOver,
        cutover_on=day.on,
        source_period_end_on=day.source_period.end_on,
        net=day.net,
        tax=day.tax,
        total=day.total,
        invoice_id="bench",
        invoice_promised_at=None,
        calls_digest="",
    )
    completed = _event(SwitchCompleted, moved=1, skipped=0, total=day.total)
    return billed, completed


if __name__ == "__main__":
    main()
