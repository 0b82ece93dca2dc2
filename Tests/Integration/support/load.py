"""Load with an oracle: many users on kept TLS connections, and what of their events was acknowledged."""

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .oracle import Acknowledged, Figures, judge, message_id
from .scripted_hydra import ScriptedHydra
from .stack import Stack
from .waiting import wait_for

# What a client may be told when it sends something right.
TRY_AGAIN = (429, 500, 502, 503, 504)


class Connection:
    """One kept connection that posts JSON, with as little work as HTTP/1.1 allows: the load must not be the bottleneck."""

    def __init__(self, port: int, context: ssl.SSLContext | None, key: str, timeout: float = 15) -> None:
        raw = socket.create_connection(("127.0.0.1", port), timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(raw, server_hostname="localhost") if context else raw
        authorization = base64.b64encode(f"{key}:".encode()).decode()
        self.head = (f" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {authorization}\r\n"
                     "Content-Type: application/json\r\nContent-Length: ")
        self.buffer = b""

    def post(self, path: str, body: bytes) -> tuple[int, dict[str, str]]:
        """Status and headers. Raises OSError when there is no whole answer."""
        self.socket.sendall(f"POST {path}{self.head}{len(body)}\r\n\r\n".encode() + body)
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self.receive()
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        size = end + 4 + int(headers.get("content-length", "0"))
        while len(self.buffer) < size:
            self.receive()
        self.buffer = self.buffer[size:]
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ", 2)[1]), headers

    def receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("closed before the answer was complete")
        self.buffer += data

    def close(self) -> None:
        self.socket.close()


class LoadClient(threading.Thread):
    """One kept connection that sends the events of some users in turn, and resends until it is told 200.

    Resending under the same messageId is what every SDK does; the next events of a user follow only after the
    previous ones were acknowledged, so the order at Hydra must be the order of `n`.

    `batch` events go in one request, several of one user among them when there are fewer users than that. `interval`
    is the time from one request to the next, 0 for as fast as answers come; the pace is that of the schedule, except
    that what a fault held up for more than a second is not caught up with.
    """

    def __init__(self, port: int, context: ssl.SSLContext | None, key: str, users: list[str],
                 acknowledged: Acknowledged, stop: threading.Event, batch: int = 1, interval: float = 0.0) -> None:
        super().__init__(daemon=True)
        self.port, self.context, self.key, self.users = port, context, key, users
        self.acknowledged, self.stopping, self.batch, self.interval = acknowledged, stop, batch, interval
        self.numbers = dict.fromkeys(users, 0)
        self.turn = 0
        self.error: BaseException | None = None
        # Every answer that was a refusal, by what it said about when to come back.
        self.refusals: dict[str | None, int] = {}
        self.longest = 0.0
        self.held = threading.Event()
        self.is_resting = False

    def run(self) -> None:
        try:
            connection: Connection | None = None
            due = time.monotonic()
            while not self.stopping.is_set():
                if self.held.is_set():
                    self.is_resting = True
                    self.stopping.wait(0.005)
                    continue
                self.is_resting = False
                if self.interval:
                    due = max(due + self.interval, time.monotonic() - 1)
                    if self.stopping.wait(max(0.0, due - time.monotonic())):
                        return
                sent, path, body = self.next_request()
                started = time.monotonic()
                while True:
                    try:
                        if connection is None:
                            connection = Connection(self.port, self.context, self.key)
                        status, headers = connection.post(path, body)
                        if status == 200:
                            break
                        wait = headers.get("retry-after")
                        self.refusals[wait] = self.refusals.get(wait, 0) + 1
                        self.acknowledged.failed()
                        if status not in TRY_AGAIN:
                            raise AssertionError(f"status {status} for right events")
                    except OSError:
                        if connection is not None:
                            connection.close()
                        connection = None
                        self.acknowledged.failed()
                    if self.stopping.wait(0.02):
                        return
                self.longest = max(self.longest, time.monotonic() - started)
                for user, count in sent.items():
                    self.acknowledged.note(user, count)
        except BaseException as error:  # noqa: BLE001 - the test reads it
            self.error = error

    def next_request(self) -> tuple[dict[str, int], str, bytes]:
        sent: dict[str, int] = {}
        events = []
        for _ in range(self.batch):
            user = self.users[self.turn % len(self.users)]
            self.turn += 1
            number = self.numbers[user]
            self.numbers[user] = number + 1
            sent[user] = sent.get(user, 0) + 1
            events.append(f'{{"type":"track","userId":{json.dumps(user)},"event":"Load",'
                          f'"messageId":{json.dumps(message_id(user, number))},"properties":{{"n":{number}}}}}')
        if self.batch == 1:
            return sent, "/v1/track", events[0].encode()
        return sent, "/v1/batch", ('{"batch":[' + ",".join(events) + "]}").encode()


class Load:
    """Clients at work, from `start` to `stop`."""

    def __init__(self, stack: Stack, clients: int, users: int = 4, batch: int = 1, rate: float = 0.0,
                 prefix: str = "user", acknowledged: Acknowledged | None = None) -> None:
        """`rate` is that of all clients together, in events a second; 0 is as fast as answers come."""
        self.acknowledged = acknowledged or Acknowledged()
        self.stopping = threading.Event()
        context = ssl.create_default_context(cafile=stack.ca)
        self.clients = [
            LoadClient(stack.https, context, "demo-write-key", [f"{prefix}-{client}-{user}" for user in range(users)],
                       self.acknowledged, self.stopping, batch, clients * batch / rate if rate else 0.0)
            for client in range(clients)]

    def start(self) -> None:
        for client in self.clients:
            client.start()

    def stop(self) -> None:
        """Ends the clients. Fails when one of them met what it must not."""
        self.stopping.set()
        for client in self.clients:
            client.join(30)
        for client in self.clients:
            assert client.error is None, client.error

    @property
    def refusals(self) -> dict[str | None, int]:
        """How often clients were refused, by the Retry-After that they were given."""
        total: dict[str | None, int] = {}
        for client in self.clients:
            for wait, count in list(client.refusals.items()):
                total[wait] = total.get(wait, 0) + count
        return total

    def hold(self) -> None:
        """Sends nothing more until `release`; returns when no request is under way."""
        for client in self.clients:
            client.held.set()
        wait_for(lambda: all(client.is_resting or not client.is_alive() for client in self.clients), "no request under way")

    def release(self) -> None:
        for client in self.clients:
            client.is_resting = False
            client.held.clear()

    def passes(self, events: int, timeout: float = 30) -> None:
        """Waits until so many more events are acknowledged: a fault is to meet traffic."""
        before = self.acknowledged.total
        wait_for(lambda: self.acknowledged.total >= before + events, f"{events} more events acknowledged", timeout,
                 interval=0.005)

    def goes_on(self, seconds: float, timeout: float = 60) -> None:
        """Waits so long, in which events must be acknowledged all the time: at the latest every `timeout` seconds."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.passes(20, timeout)

    def refused(self, times: int = 1, timeout: float = 60) -> None:
        """Waits until each client was refused so often: what it had under way before has been answered by then."""
        before = [sum(client.refusals.values()) for client in self.clients]
        wait_for(lambda: all(sum(client.refusals.values()) >= count + times
                             for client, count in zip(self.clients, before, strict=True)),
                 f"{times} refusals of each client", timeout, interval=0.02)


@contextmanager
def under_load(stack: Stack, clients: int = 8, users: int = 4, batch: int = 1, rate: float = 0.0,
               prefix: str = "user") -> Iterator[Load]:
    """Load for the time of the block; the block fails when a client met what it must not."""
    load = Load(stack, clients, users, batch, rate, prefix)
    load.start()
    try:
        yield load
    except BaseException:
        load.stopping.set()
        raise
    load.stop()


def settle(fault: str, cycles: int, stack: Stack, scripted: ScriptedHydra, acknowledged: Acknowledged,
           timeout: float = 120) -> Figures:
    """The one question of all fault tests, when the load has ended: waits until the spool is empty, and judges.

    Everything acknowledged has arrived, nothing twice, each user's in order, and nothing became a dead letter.
    """
    counts = acknowledged.snapshot()
    try:
        wait_for(lambda: scripted.missing(counts) == 0, "all acknowledged events at Hydra", timeout, interval=0.05)
        stack.drained()
    except AssertionError:
        pass  # said below, with figures
    status = stack.status()["spool"]
    with scripted.lock:
        figures = judge(fault, cycles, acknowledged, scripted.arrivals, status["dead"])
        examples = scripted.arrivals.examples(counts)
    assert acknowledged.total > 0, "nothing was acknowledged: the fault met no traffic"
    assert figures.is_clean and status["depth"] == 0, f"{figures}\nmissing: {examples}\nspool: {status}"
    return figures
