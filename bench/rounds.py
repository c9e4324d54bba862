"""One database: fill it, compare the answers, then time product and limit in turns."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

NOISY = 1.5


def main() -> None:
    size = json.loads(sys.argv[1])
    django.setup()
    from django.core.management import call_command

    from bench import generate

    call_command("migrate", verbosity=0, skip_checks=True)
    generate.fill(size["tickets"], size["agents"])
    _settle()
    year = str(generate.YEAR)
    results = {
        name: _compare(code, size["rounds"])
        for name, code in (("month", f"{year}-06"), ("quarter", f"{year}-Q2"), ("year", year))
    }
    print(json.dumps(results))


def _settle() -> None:
    """As after a night: statistics and visibility are up to date."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _compare(code: str, rounds: int) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from appraisal.metrics import collect, parse_argument
    from appraisal.periods import calendar
    from bench import reference
    from kpi_portal.people.queries import zone

    window = calendar.window(code, 1, zone())
    cutoff = calendar.cutoff(calendar.cutoff_on(code, 1, 3), zone())
    first_day, last_day = map(str, calendar.dates(code, 1))
    sql = reference.statement(window, cutoff, first_day, last_day)

    def product() -> Any:
        requests = {text: parse_argument(text) for text in reference.METRICS}
        found = collect(requests.values(), window, cutoff)
        return {text: found[request] for text, request in requests.items()}

    def limit() -> Any:
        return reference.run(sql)

    with CaptureQueriesContext(connection) as captured:
        answers = product()
    return {
        "measurements": _equal(answers, reference.figures(limit())),
        "statements": len(captured),
        **_timed(product, limit, rounds),
    }


def _equal(product: dict[str, dict[int, Any]], limit: dict[str, dict[int, Any]]) -> int:
    """How many figures were compared; stops the run at the first that differs."""
    from bench import reference

    compared = 0
    for metric, found in product.items():
        told = {
            agent: (
                None if each.value is None else int(each.value.scaleb(4)),
                each.numerator,
                each.denominator,
                each.sample,
                {str(reason): n for reason, n in each.reasons.items()},
            )
            for agent, each in found.items()
        }
        if metric in reference.WITHOUT_REASONS:  # they are compared where others share them
            told = {agent: (*each[:4], {}) for agent, each in told.items() if each[3]}
        if told != limit[metric]:
            agent = next(a for a in told if told[a] != limit[metric].get(a))
            sys.exit(f"{metric}: {told[agent]} is not {limit[metric].get(agent)}")
        compared += len(told)
    return compared


def _timed(product: Callable[[], Any], limit: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Turn by turn, so that what slows the machine slows both; medians of the rounds' ratios.

    Judged by wall time, or by processor time (of client and server) when the machine is busy.
    """
    clocks = {"wall": time.perf_counter, "cpu": _processor_clock()}
    times: dict[str, dict[str, list[float]]] = {
        clock: {"product": [], "limit": []} for clock in clocks
    }
    for _round in range(rounds):
        for name, engine in (("product", product), ("limit", limit)):
            starts = {clock: read() for clock, read in clocks.items()}
            engine()
            for clock, read in clocks.items():
                times[clock][name].append(read() - starts[clock])
    noisy = max(times["wall"]["limit"]) / min(times["wall"]["limit"]) > NOISY
    judged = times["cpu" if noisy else "wall"]
    return {
        "ratio": _ratio(judged),
        "wall_ratio": _ratio(times["wall"]),
        "cpu_ratio": _ratio(times["cpu"]),
        "product_ms": statistics.median(times["wall"]["product"]) * 1000,
        "product_cpu": statistics.median(times["cpu"]["product"]),
        "limit_ms": statistics.median(times["wall"]["limit"]) * 1000,
        "noisy": noisy,
    }


def _ratio(times: dict[str, list[float]]) -> float:
    pairs = zip(times["product"], times["limit"], strict=True)
    return statistics.median(mine / limit for mine, limit in pairs)


def _processor_clock() -> Callable[[], float]:
    """Processor seconds of this process and, where there is one, of the database's."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        # One process does all the work, so that its clock tells all of it.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        server = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    return lambda: time.process_time() + int(server.read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
