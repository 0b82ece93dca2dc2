"""What the responders use, and how much passes: looked at once a second."""

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from support.faults import descriptors, resident_bytes
from support.oracle import Acknowledged
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack


@dataclass
class Responder:
    pid: int
    age: float
    resident: int
    descriptors: int


@dataclass
class Sample:
    at: float
    acknowledged: int
    arrived: int
    responders: list[Responder]


class Sampler(threading.Thread):
    """Takes samples until it is stopped."""

    def __init__(self, stack: Stack, hydra: ScriptedHydra, acknowledged: Acknowledged) -> None:
        super().__init__(daemon=True)
        self.stack, self.hydra, self.acknowledged = stack, hydra, acknowledged
        self.began = time.monotonic()
        self.samples: list[Sample] = []
        self.first_seen: dict[int, float] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(1):
            self.take()

    def stop(self) -> None:
        self.stopping.set()
        self.join(10)

    def take(self) -> None:
        now = time.monotonic()
        responders = []
        for pid in self.stack.pids():
            try:
                seen = self.first_seen.setdefault(pid, now)
                responders.append(Responder(pid, now - seen, resident_bytes(pid), descriptors(pid)))
            except (OSError, StopIteration):
                continue  # it has just been killed
        self.samples.append(Sample(now - self.began, self.acknowledged.total, self.hydra.arrivals.total, responders))

    def near(self, at: float) -> Sample:
        return min(self.samples, key=lambda sample: abs(sample.at - at))

    def report(self, name: str, at: float, window: float) -> dict[str, Any]:
        """What it looked like around a moment: rates over the window, the responders at the moment."""
        sample, first, last = self.near(at), self.near(at - window / 2), self.near(at + window / 2)
        seconds = max(last.at - first.at, 0.001)
        return {
            "name": name, "at": round(sample.at),
            "acknowledgedEachSecond": round((last.acknowledged - first.acknowledged) / seconds),
            "arrivedEachSecond": round((last.arrived - first.arrived) / seconds),
            "responders": [asdict(responder) for responder in sample.responders],
        }
