"""Waiting for an event, with a bound, instead of sleeping for luck."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def wait_for(probe: Callable[[], Value], what: str, timeout: float = 20.0, interval: float = 0.02) -> Value:
    """Calls `probe` until it answers something true; fails with `what` when `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    last: object = None
    while True:
        try:
            last = probe()
            if last:
                return last
        except (OSError, ConnectionError, AssertionError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for {what}; the last answer was {last!r}")
        time.sleep(interval)
