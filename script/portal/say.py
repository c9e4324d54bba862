"""What the terminal shows: calm sentences, and the one that ends the run."""

import sys
from collections.abc import Iterable
from typing import NoReturn


class Stop(Exception):
    """The run cannot go on; the message says why and what to do."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def say(text: str = "") -> None:
    try:
        print(text, flush=True)
    except (BrokenPipeError, OSError):  # the terminal is gone; stopping is another's business
        sys.stdout = open("/dev/null", "w")  # noqa: SIM115  stays open to the end


def stop(sentence: str, code: int = 2) -> NoReturn:
    raise Stop(sentence, code)


def tail(lines: Iterable[str], count: int = 15) -> str:
    """The last `count` lines, indented."""
    return "\n".join("    " + line.rstrip()[:300] for line in list(lines)[-count:])
