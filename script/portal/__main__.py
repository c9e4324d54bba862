"""The program behind `script/…`: the standard library only, so that it runs before any set-up."""

import os
import sys
from collections.abc import Callable

import packages
from packages import PYTHON, ROOT
from say import Stop


def manage(words: list[str]) -> int:
    """Django's command line; a portal that runs here is told through its own broker."""
    packages.ready()
    environment = dict(os.environ)
    data = environment.get("KPI_DATA_DIR") or str(ROOT / "var")
    try:
        with open(os.path.join(data, "run", "broker.url")) as file:
            environment.setdefault("KPI_BROKER_URL", file.read())
    except OSError:
        pass
    command = [str(PYTHON), str(ROOT / "manage.py"), *words]
    os.execve(command[0], command, environment)


def main() -> int:
    import start

    commands: dict[str, Callable[[list[str]], int]] = {"start": start.run, "manage": manage}
    name, *words = sys.argv[1:] or [""]
    if name in ("test", "lint", "messages", "bench"):
        import checks

        commands |= {
            "test": checks.test,
            "lint": checks.lint,
            "messages": checks.messages,
            "bench": checks.bench,
        }
    try:
        return commands[name](words)
    except Stop as reason:
        print(reason, file=sys.stderr)
        return reason.code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
