"""P1, P2: all indicators of a month, a quarter and a year, against SQL written by hand; and how
the time grows: P4 with the tickets, P5 from month to year, P6 the number of statements.
"""

import math

from bench.processes import in_own_process
from bench.size import Size

GOALS = {"postgresql": 1.5, "sqlite": 2.0}
STRETCH = 1.2


MOST_STATEMENTS = 6
EXPONENT = 1.05
MONTH_OF_YEAR = 0.35
STEP = 10  # P4: against a tenth of the tickets


def measure(size: Size) -> int:
    """Prints a line per goal; gives how many were missed."""
    missed = 0
    for vendor in size.databases:
        goal = GOALS[vendor]
        results = in_own_process("bench.rounds", vendor, size)
        for name, result in results.items():
            ok = result["ratio"] <= goal
            missed += not ok
            print(_line(name, vendor, goal, result, ok), flush=True)
        if results:
            missed += _of_growth(vendor, size, results)
    return missed


def _of_growth(vendor: str, size: Size, results: dict[str, dict[str, float]]) -> int:
    statements = max(result["statements"] for result in results.values())
    share = results["month"]["product_cpu"] / results["year"]["product_cpu"]
    missed = _told("P6 statements", vendor, statements, MOST_STATEMENTS)
    missed += _told("P5 month of year, processor", vendor, share, MONTH_OF_YEAR)
    if size.tickets // STEP < 10_000:
        return missed  # at that size fixed costs rule
    tenth = Size(size.tickets // STEP, size.agents, size.rounds, (vendor,))
    smaller = in_own_process("bench.rounds", vendor, tenth)
    growth = results["year"]["product_cpu"] / smaller["year"]["product_cpu"]
    return missed + _told("P4 exponent", vendor, math.log(growth, STEP), EXPONENT)


def _told(what: str, vendor: str, found: float, goal: float) -> int:
    ok = found <= goal
    print(
        f"compute {what} {vendor} {found:.2f} (goal {goal}) {'ok' if ok else 'MISSED'}", flush=True
    )
    return not ok


def _line(name: str, vendor: str, goal: float, result: dict[str, float], ok: bool) -> str:
    ratio = result["ratio"]
    verdict = "MISSED" if not ok else "ok, stretch" if ratio <= STRETCH else "ok"
    judged = "processor, for the machine is noisy" if result["noisy"] else "wall"
    return (
        f"compute {name} {vendor} {ratio:.2f} (goal {goal}) {verdict} "
        f"[judged by {judged}; wall {result['wall_ratio']:.2f}, processor "
        f"{result['cpu_ratio']:.2f}; product {result['product_ms']:.0f} ms, by hand "
        f"{result['limit_ms']:.0f} ms; {result['statements']} statements; "
        f"{result['measurements']} figures equal]"
    )
