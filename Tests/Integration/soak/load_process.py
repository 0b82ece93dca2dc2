"""The load in a process of its own: Python's threads share one core, and the scripted Hydra needs its own."""

import multiprocessing
import ssl
import threading
from multiprocessing.sharedctypes import Synchronized, SynchronizedArray
from multiprocessing.synchronize import Event

from support.load import LoadClient
from support.oracle import Acknowledged
from support.stack import Stack

# Half of the clients send single events, the others batches: as browsers and servers do.
BATCH = 10
CLIENTS = 12
USERS = 250


class SharedAcknowledged(Acknowledged):
    """The same record where another process can read it; each user has one writer."""

    def __init__(self, users: list[str], counts: SynchronizedArray, failures_shared: Synchronized) -> None:
        super().__init__()
        self.places = {user: place for place, user in enumerate(users)}
        self.shared, self.failures_shared = counts, failures_shared

    def note(self, user: str, count: int = 1) -> None:
        self.shared[self.places[user]] += count

    def failed(self) -> None:
        with self.failures_shared.get_lock():
            self.failures_shared.value += 1

    def snapshot(self) -> dict[str, int]:
        return dict(zip(self.places, self.shared[:], strict=True))

    # What a plain record has as fields.
    @property
    def total(self) -> int:  # type: ignore[override]
        return sum(self.shared[:])

    @total.setter
    def total(self, value: int) -> None:
        pass

    @property
    def failures(self) -> int:  # type: ignore[override]
        return self.failures_shared.value

    @failures.setter
    def failures(self, value: int) -> None:
        pass


def names(prefix: str) -> list[list[str]]:
    """The users of each client."""
    return [[f"{prefix}-{client}-{user}" for user in range(USERS)] for client in range(CLIENTS)]


def batch_of(client: int) -> int:
    return BATCH if client % 2 else 1


def work(port: int, ca: str, prefix: str, counts: SynchronizedArray, failures: Synchronized, stop: Event,
         rate: float, error: SynchronizedArray) -> None:
    """The process: clients until `stop`."""
    clients = names(prefix)
    acknowledged = SharedAcknowledged([user for users in clients for user in users], counts, failures)
    context = ssl.create_default_context(cafile=ca)
    stopping = threading.Event()
    # Each client sends the same number of requests, those with batches more events.
    requests = rate / sum(batch_of(client) for client in range(CLIENTS)) if rate else 0.0
    threads = [LoadClient(port, context, "demo-write-key", users, acknowledged, stopping, batch_of(number),
                          1 / requests if requests else 0.0)
               for number, users in enumerate(clients)]
    for thread in threads:
        thread.start()
    stop.wait()
    stopping.set()
    for thread in threads:
        thread.join(30)
        if thread.error is not None:
            error.value = repr(thread.error).encode()[:200]


class LoadProcess:
    """Load at a pace, in events a second; 0 is as fast as answers come."""

    def __init__(self, stack: Stack, prefix: str, rate: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        users = [user for users in names(prefix) for user in users]
        counts = spawn.Array("q", len(users))
        failures = spawn.Value("q", 0)
        self.error = spawn.Array("c", 256)
        self.stopping = spawn.Event()
        self.acknowledged = SharedAcknowledged(users, counts, failures)
        self.process = spawn.Process(target=work, daemon=True, args=(
            stack.https, stack.ca, prefix, counts, failures, self.stopping, rate, self.error))
        self.process.start()

    def stop(self) -> None:
        self.stopping.set()
        self.process.join(60)
        assert not self.error.value, f"a client met what it must not: {self.error.value.decode()}"
        assert self.process.exitcode == 0, f"the load ended with {self.process.exitcode}"
