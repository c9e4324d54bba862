"""P12, P13: writing the cards of a month, and the whole monthly appraisal, against COPY and SQL
written by hand. On PostgreSQL only: the limit is its COPY.
"""

from bench.processes import in_own_process
from bench.size import Size

GOAL = 4.0
NAMES = {"write": "P12", "again": "P12", "appraisal": "P13"}


def measure(size: Size) -> int:
    """Prints a line per goal; gives how many were missed."""
    if "postgresql" not in size.databases:
        return 0
    missed = 0
    for name, result in in_own_process("bench.appraise_rounds", "postgresql", size).items():
        ok = result["ratio"] <= GOAL
        missed += not ok
        print(
            f"appraise {NAMES[name]} {name} postgresql {result['ratio']:.2f} (goal {GOAL}) "
            f"{'ok' if ok else 'MISSED'} [product {result['product_ms']:.0f} ms, limit "
            f"{result['limit_ms']:.0f} ms; {result['cards']:.0f} cards, "
            f"{result['lines']:.0f} lines]",
            flush=True,
        )
    return missed
