"""Ctrl-C, and the signals that mean the same.

They raise KeyboardInterrupt wherever the program is. Some library may be importing or closing something there, and
swallow it; so it is remembered, and asked for again between two verbs.
"""

import signal
from types import FrameType
from typing import NoReturn

_came = False


def listen() -> None:
    """Take SIGINT and SIGTERM for an interruption, and SIGHUP unless somebody ignores it, as nohup does."""
    global _came  # signals belong to the process, as this does
    _came = False
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _interrupt)


def check_interrupted() -> None:
    """Interrupt what an interruption should have ended.

    Raises:
        KeyboardInterrupt: A signal came since `listen`.
    """
    if _came:
        raise KeyboardInterrupt


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    global _came
    _came = True
    raise KeyboardInterrupt
