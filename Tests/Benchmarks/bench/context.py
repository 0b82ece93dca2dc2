"""What a run was asked for, and where it keeps its things."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "Tests" / "Benchmarks"
PROGRAMS = Path(os.environ.get("HYDRA_BIN") or ROOT / ".build" / "release").resolve()
TOOLS = ROOT / ".build" / "bench-tools"


class Failure(Exception):
    """The run cannot go on; the text says why."""


@dataclass
class Bench:
    """One run.

    `directory` has the sockets and configurations: short paths, because a socket's may have 107 bytes. `data` has what
    is written durably. It lies beside the build, on a disk: /tmp may be memory, where fdatasync costs nothing and every
    figure of a durable row would be too good.
    """

    quick: bool
    full: bool
    scale: int
    rounds: int
    seconds: float
    responders: int
    directory: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp")))
    data: Path = field(default_factory=lambda: ROOT / ".build" / f"bench-data-{os.getpid()}")
    number: int = 0

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    @property
    def cores(self) -> int:
        return len(os.sched_getaffinity(0))

    @property
    def workers(self) -> int:
        """nginx's workers: one for each core, as `auto` has it, but for very large machines."""
        return min(self.cores, 8)

    def fresh(self, name: str) -> str:
        """A name that nothing else in this run has."""
        self.number += 1
        return f"{name}-{self.number}"

    def close(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)


def run(command: list[str], *, timeout: float = 600, cwd: Path = ROOT, check: bool = True,
        environment: dict[str, str] | None = None) -> str:
    """Runs a program to its end and gives back what it printed. It ends with this one: Ctrl-C reaches it too."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, cwd=cwd, stdin=subprocess.DEVNULL,
                          env={**os.environ, **(environment or {})})
    if check and done.returncode == -signal.SIGINT:
        raise KeyboardInterrupt
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(command[:3])} … ended with {done.returncode}: {done.stderr.strip()[-600:]}")
    return done.stdout
