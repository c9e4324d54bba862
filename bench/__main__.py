"""`script/bench [NAME …] [--database sqlite|postgresql]`: prints one line per goal, as a ratio to
a limit measured in the same run. Exit 1 if a goal is missed.
"""

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import appraise, compute
from bench.size import Size

BENCHMARKS: Mapping[str, Callable[[Size], int]] = {
    "compute": compute.measure,
    "appraise": appraise.measure,
}
DATABASES = ("postgresql", "sqlite")


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--database", choices=DATABASES, help="only this one (default: both)")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    databases = (chosen.database,) if chosen.database else DATABASES
    size = Size(chosen.tickets, chosen.agents, chosen.rounds, databases)
    missed = sum(BENCHMARKS[name](size) for name in chosen.names or BENCHMARKS)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
