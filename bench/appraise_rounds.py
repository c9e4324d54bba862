"""Appraises a month as a whole and writes its cards, in turns with COPY and SQL by hand."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

TEMPLATE, MONTH = "complaints", "2025-06"
TABLES = ("appraisal_scorecard", "appraisal_scoreline", "appraisal_cardsegment")


def main() -> None:
    size = json.loads(sys.argv[1])
    django.setup()
    from django.core.management import call_command

    from bench import generate

    call_command("migrate", verbosity=0, skip_checks=True)
    generate.fill(size["tickets"], size["agents"])
    call_command(
        "load_template", TEMPLATE, "--scale", "--activate-from", "2025-01", "--cycle", "month",
        stdout=sys.stderr,
    )  # fmt: skip
    _settle()
    print(json.dumps(_measured(size["rounds"])))


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _measured(rounds: int) -> dict[str, Any]:
    from django.utils import timezone

    from appraisal.models import Scorecard, ScoreLine
    from appraisal.periods import compute, staging
    from appraisal.periods.services import ensure
    from bench import reference
    from kpi_portal.people.queries import zone

    period = ensure(MONTH)
    staged: list[Any] = []
    write = staging.replace_cards

    def keep(of: Any, cards: Any) -> None:
        staged[:] = cards
        write(of, cards)

    setattr(compute, "replace_cards", keep)  # noqa: B010 — to see the cards of the run
    appraise = _timer(lambda: compute.compute(period.pk, at=timezone.now()))
    sql = _by_hand(zone())
    by_hand = _timer(lambda: reference.run(sql))
    times: dict[str, list[tuple[float, float]]] = {"write": [], "again": [], "appraisal": []}
    for _round in range(rounds):
        _empty()
        whole = appraise()
        kept = _copied_out()
        again = _written(write, period, staged)
        _empty()
        first = _written(write, period, staged)
        _empty()
        copied, over = _written(_copy_in, kept), _written(_copy_over, kept)
        times["write"].append((first, copied))
        times["again"].append((again, over))
        times["appraisal"].append((whole, by_hand() + copied))
    counts = {"cards": Scorecard.objects.count(), "lines": ScoreLine.objects.count()}
    return {name: _result(pairs) | counts for name, pairs in times.items()}


def _by_hand(zone: Any) -> str:
    from appraisal.periods import calendar
    from bench import reference

    first, last = map(str, calendar.dates(MONTH, 1))
    cutoff = calendar.cutoff(calendar.cutoff_on(MONTH, 1, 3), zone)
    return reference.statement(calendar.window(MONTH, 1, zone), cutoff, first, last)


def _result(pairs: list[tuple[float, float]]) -> dict[str, float]:
    return {
        "ratio": statistics.median(mine / limit for mine, limit in pairs),
        "product_ms": statistics.median(mine for mine, _limit in pairs) * 1000,
        "limit_ms": statistics.median(limit for _mine, limit in pairs) * 1000,
    }


def _timer(act: Callable[[], Any]) -> Callable[[], float]:
    def timed() -> float:
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    return timed


def _written(act: Callable[..., Any], *what: Any) -> float:
    """The time of an act in one transaction."""
    from django.db import transaction

    start = time.perf_counter()
    with transaction.atomic():
        act(*what)
    return time.perf_counter() - start


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")


def _copied_out() -> dict[str, bytes]:
    """The rows of the cards as COPY gives them."""
    from django.db import connection

    connection.ensure_connection()
    found = {}
    for table in TABLES:
        cursor = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {table} TO STDOUT") as out:
            found[table] = b"".join(bytes(block) for block in out)
    return found


def _copy_in(rows: dict[str, bytes]) -> None:
    from django.db import connection

    for table, block in rows.items():
        cursor = connection.connection.cursor()
        with cursor, cursor.copy(f"COPY {table} FROM STDIN") as to:
            to.write(block)


def _copy_over(rows: dict[str, bytes]) -> None:
    _empty()
    _copy_in(rows)


if __name__ == "__main__":
    main()
