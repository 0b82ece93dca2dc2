"""Load with an oracle: what was acknowledged, in which order for each user."""

import base64
import http.client
import json
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .scripted_hydra import ScriptedHydra
from .stack import Stack


@dataclass
class Acknowledged:
    """What the clients were told is kept: for each user the sequence numbers answered 200, in the order sent."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ids: set[str] = field(default_factory=set)
    sequence: dict[str, int] = field(default_factory=dict)
    failures: int = 0


class LoadClient(threading.Thread):
    """One kept connection that sends one user's events one after the other, and resends until it is told 200.

    Resending under the same messageId is what every SDK does; the next event of a user follows only after the
    previous one was acknowledged, so the order at Hydra must be the order of `n`.
    """

    def __init__(self, port: int, ca: str, key: str, user: str, acknowledged: Acknowledged, stop: threading.Event,
                 limit: int | None = None) -> None:
        super().__init__(daemon=True)
        self.port, self.user, self.acknowledged, self.stopping, self.limit = port, user, acknowledged, stop, limit
        self.context = ssl.create_default_context(cafile=ca)
        self.authorization = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        self.error: BaseException | None = None
        self.retry_after: list[str | None] = []

    def run(self) -> None:
        try:
            number = 0
            connection: http.client.HTTPSConnection | None = None
            while not self.stopping.is_set() and (self.limit is None or number < self.limit):
                message = f"{self.user}-{number}-{uuid.uuid4()}"
                body = json.dumps({
                    "userId": self.user, "event": "Load", "messageId": message, "properties": {"n": number},
                }).encode()
                while True:
                    try:
                        if connection is None:
                            connection = http.client.HTTPSConnection(
                                "127.0.0.1", self.port, context=self.context, timeout=15)
                        connection.request("POST", "/v1/track", body, {
                            "Authorization": self.authorization, "Content-Type": "application/json"})
                        response = connection.getresponse()
                        response.read()
                        if response.status == 200:
                            break
                        self.retry_after.append(response.getheader("Retry-After"))
                        with self.acknowledged.lock:
                            self.acknowledged.failures += 1
                        if response.status not in (429, 500, 502, 503, 504):
                            raise AssertionError(f"status {response.status} for a right event")
                    except (OSError, http.client.HTTPException):
                        connection = None
                        with self.acknowledged.lock:
                            self.acknowledged.failures += 1
                    if self.stopping.wait(0.02):
                        return
                with self.acknowledged.lock:
                    self.acknowledged.ids.add(message)
                    self.acknowledged.sequence[message] = number
                number += 1
        except BaseException as error:  # noqa: BLE001 - the test reads it
            self.error = error


@contextmanager
def under_load(stack: Stack, clients: int) -> Iterator[Acknowledged]:
    """Load of so many users for the time of the block; the block fails when a client met what it must not."""
    acknowledged, stop = Acknowledged(), threading.Event()
    threads = [LoadClient(stack.https, stack.ca, "demo-write-key", f"user-{n}", acknowledged, stop)
               for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    for thread in threads:
        assert thread.error is None, thread.error


def assert_oracle(acknowledged: Acknowledged, hydra: ScriptedHydra) -> None:
    """Every acknowledged messageId arrived, none was taken twice, each user's in order."""
    lost = acknowledged.ids - hydra.ids()
    assert not lost, f"{len(lost)} acknowledged events did not arrive, such as {sorted(lost)[:3]}"
    taken = [record["call"]["messageId"] for record in hydra.taken]
    assert len(taken) == len(set(taken))
    for user, calls in hydra.by_user().items():
        numbers = [call["properties"]["n"] for call in calls]
        assert numbers == sorted(numbers), f"order broken for {user}: {numbers[:50]}"
