"""The machine that the figures are from, and what it can count."""

import os
import platform
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .context import Bench


def describe(bench: Bench) -> dict[str, Any]:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {
        "processor": model, "cores": bench.cores, "kernel": platform.release(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "file_system": file_system(bench.data), "fdatasync_us": round(fdatasync_microseconds(bench.data), 1),
        "load_average": os.getloadavg()[0],
        "instructions": Instructions.are_counted(),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def file_system(path: Path) -> str:
    best, name = "", "unknown"
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, mount, kind, *_ = line.split()
        if (str(path) + "/").startswith(mount.rstrip("/") + "/") and len(mount) >= len(best):
            best, name = mount, kind
    return name


def fdatasync_microseconds(directory: Path) -> float:
    """What one durable write of 4 KiB costs at the end of a file that grows: the floor of every commit."""
    times = []
    path = directory / "fdatasync"
    with path.open("wb", buffering=0) as file:
        for _ in range(100):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    path.unlink()
    return statistics.median(times) * 1e6


@dataclass
class Instructions:
    """How many instructions processes executed during a block, by `perf stat`; None where it cannot count them."""

    count: int | None = None

    @classmethod
    def are_counted(cls) -> bool:
        try:
            done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions", "true"], capture_output=True, text=True,
                                  timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0 and done.stderr.split(",")[0].strip().isdigit()


@contextmanager
def counting_instructions(pids: list[int], enabled: bool) -> Iterator[Instructions]:
    result = Instructions()
    if not enabled:
        yield result
        return
    perf = subprocess.Popen(["perf", "stat", "-x,", "-e", "instructions", "-p", ",".join(map(str, pids))],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)
    try:
        yield result
    finally:
        perf.send_signal(signal.SIGINT)
        output = perf.communicate(timeout=20)[1]
        first = output.split(",")[0].strip().splitlines()[-1:] or [""]
        result.count = int(first[0]) if first[0].isdigit() else None
