"""Processes that are started here, and only those; what they use."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from .context import Failure

Value = TypeVar("Value")
TICKS = os.sysconf("SC_CLK_TCK")


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all held open until the last is chosen, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def wait_for(probe: Callable[[], Value], what: str, timeout: float = 30, interval: float = 0.01) -> Value:
    """Calls `probe` until it answers something true; fails with `what` when `timeout` seconds have passed."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            value = probe()
            if value:
                return value
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > deadline:
            raise Failure(f"waited {timeout:.0f} s for {what}")
        time.sleep(interval)


class Process:
    """A program in the background; ended by its id when the block ends."""

    def __init__(self, command: list[str], log: Path, stop: signal.Signals = signal.SIGTERM) -> None:
        self.log = log
        self.stop_signal = stop
        self.name = Path(command[0]).name
        with log.open("ab") as output:
            # A session of its own: Ctrl-C is for the driver, which then ends its programs in order.
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                          start_new_session=True)

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(self.stop_signal)
            try:
                self.popen.wait(20)
            except subprocess.TimeoutExpired:
                self.popen.kill()
                self.popen.wait(20)

    def check(self) -> None:
        if self.popen.poll() is not None:
            raise Failure(f"{self.name} has ended with {self.popen.returncode}: {self.last_words()}")

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-500:].strip() if self.log.exists() else ""

    def wait_for_socket(self, path: Path) -> None:
        def answers() -> bool:
            self.check()
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
            return True

        wait_for(answers, f"{self.name} to listen")

    @property
    def pids(self) -> list[int]:
        """The process and its children, such as PHP-FPM's workers."""
        parent = self.popen.pid
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            children = []
        return [parent, *map(int, children)]

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far."""
        ticks = 0
        for pid in self.pids:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    @property
    def resident_bytes(self) -> int:
        """Memory in use. Pages that processes share are divided among them (Pss), so that forked workers do not count
        them again and again."""
        total = 0
        for pid in self.pids:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total
