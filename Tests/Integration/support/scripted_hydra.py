"""A Hydra that answers what a test tells it to, misbehaves on demand, and remembers what arrived."""

import json
import socket
import socketserver
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from enum import Enum
from http import HTTPStatus
from typing import Any

from .oracle import Arrivals

Answer = tuple[int, dict[str, str], dict[str, Any]]


def accept(call: dict[str, Any]) -> Answer:
    return 200, {}, {"messageId": call.get("messageId", ""), "status": "accepted"}


class Trick(Enum):
    """What is done to a request instead of answering it as one should. `taken`: after Hydra has taken its calls."""

    NONE = "answers"
    SLOW = "answers slowly"
    HANG = "takes, and never answers"
    HALF = "takes, and closes half-way through the answer"
    GARBAGE = "takes, and answers what is no HTTP"
    NONSENSE = "answers 500 with a page of HTML"
    PAGE = "answers 200 with a page of HTML"
    DROP = "closes without reading"
    ENDLESS = "takes, and answers a byte at a time without an end"


class ScriptedHydra:
    """Serves Hydra's contract on a loopback port. `answer` decides each call's answer; the default takes everything.

    Keeps, in order of arrival: `calls` (every attempt) and `taken` (the first time a messageId was answered 200),
    unless `keeps` is False; and always `arrivals`, the oracle's view of the load. `trick` and `delay` spoil what is
    said on the wire; `down` and `up` end and begin to listen, all connections included; `certificate` (chain, key)
    makes it speak TLS, and may be another one from one connection to the next.
    """

    def __init__(self, port: int = 0, keeps: bool = True, certificate: tuple[str, str] | None = None) -> None:
        self.answer: Callable[[dict[str, Any]], Answer] = accept
        self.trick = Trick.NONE
        self.delay = 0.2
        self.keeps = keeps
        self.certificate = certificate
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.calls: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.repeats = 0
        self.requests = 0
        self.arrivals = Arrivals()
        self._ids: set[str] = set()
        self._connections: set[socket.socket] = set()
        self.server: _Server | None = None
        self.port = port
        self.up()

    # Life

    def up(self) -> None:
        if self.server is not None:
            return
        self.server = _Server(("127.0.0.1", self.port), self)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """As if the process had ended: nobody listens, and what was open is closed."""
        server, self.server = self.server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        self.hang_up()

    def hang_up(self) -> None:
        """Closes every connection that is open."""
        with self.lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        self.down()

    @property
    def url(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    # Requests

    def serve(self, connection: socket.socket) -> None:
        """One connection, on its own thread, until either side has had enough."""
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            connection = context.wrap_socket(connection, server_side=True)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            self._connections.add(connection)
        try:
            buffer = b""
            while self.server is not None:
                request = self.read(connection, buffer)
                if request is None:
                    return
                path, headers, body, buffer = request
                if not self.handle(connection, path, headers, body):
                    return
        finally:
            with self.lock:
                self._connections.discard(connection)
            connection.close()

    def read(self, connection: socket.socket, buffer: bytes) -> tuple[str, dict[str, str], bytes, bytes] | None:
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            data = connection.recv(65536)
            if not data:
                return None
            buffer += data
        lines = buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        size = end + 4 + int(headers.get("content-length", "0"))
        parts = [buffer]
        have = len(buffer)
        while have < size:
            data = connection.recv(1 << 20)
            if not data:
                return None
            parts.append(data)
            have += len(data)
        buffer = b"".join(parts)
        return lines[0].split(" ")[1], headers, buffer[end + 4:size], buffer[size:]

    def handle(self, connection: socket.socket, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Answers one request; False when the connection is to be closed."""
        trick = self.trick
        with self.lock:
            self.requests += 1
        if trick == Trick.DROP:
            return False
        if trick in (Trick.NONSENSE, Trick.PAGE):
            status = 500 if trick == Trick.NONSENSE else 200
            self.send(connection, status, {"Content-Type": "text/html"}, b"<html><h1>It works!</h1>" * 50)
            return True
        if trick == Trick.SLOW:
            time.sleep(self.delay)
        try:
            message = json.loads(body)
        except ValueError:
            self.send(connection, 400, {"Content-Type": "application/json"}, b'{"code":"not_json","message":"This is not JSON."}')
            return True
        if path == "/v1/batch":
            results = []
            for call in message["batch"]:
                status, _, text = self.take(call, headers, call["messageId"])
                results.append({**text, "messageId": call["messageId"], "status": status})
            answer: Answer = 200, {}, {"results": results}
        else:
            answer = self.take(message, headers, headers.get("idempotency-key", ""))
        if trick == Trick.HANG:
            # Until the other side gives up, or the test is over with it.
            connection.settimeout(0.05)
            while self.trick == Trick.HANG and self.server is not None:
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
            return False
        if trick == Trick.GARBAGE:
            connection.sendall(bytes(range(256)) * 8)
            return False
        status, extra, text = answer
        data = json.dumps(text).encode()
        if trick == Trick.HALF:
            self.send(connection, status, {"Content-Type": "application/json", **extra}, data[:len(data) // 2],
                      len(data))
            return False
        if trick == Trick.ENDLESS:
            self.send(connection, status, {"Content-Type": "application/json", **extra}, b"", 60_000)
            while self.trick == Trick.ENDLESS and self.server is not None:
                connection.sendall(b" ")
                time.sleep(0.05)
            return False
        self.send(connection, status, {"Content-Type": "application/json", **extra}, data)
        return True

    @staticmethod
    def send(connection: socket.socket, status: int, headers: dict[str, str], body: bytes,
             length: int | None = None) -> None:
        head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Length: {len(body) if length is None else length}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        connection.sendall(head.encode() + b"\r\n" + body)

    def take(self, call: dict[str, Any], headers: dict[str, str], identity: str) -> Answer:
        """One call; `identity` is what Hydra would recognise it by: the Idempotency-Key, in a batch the messageId."""
        status, extra, text = self.answer(call)
        with self.changed:
            if status == 200:
                number = (call.get("properties") or {}).get("n")
                if isinstance(number, int) and call.get("event") == "Load":
                    self.arrivals.take(str(call.get("userId")), number, identity)
            if self.keeps:
                record = {
                    "call": call,
                    "status": status,
                    "time": time.monotonic(),
                    "key": headers.get("idempotency-key"),
                    "request_id": headers.get("x-request-id"),
                    "authorization": headers.get("authorization"),
                }
                self.calls.append(record)
                if status == 200:
                    if call["messageId"] in self._ids:
                        self.repeats += 1
                    else:
                        self._ids.add(call["messageId"])
                        self.taken.append(record)
            self.changed.notify_all()
        return status, extra, text

    # Looking

    def wait_taken(self, count: int, timeout: float = 60.0) -> list[dict[str, Any]]:
        """The calls taken, once there are `count` of them."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.taken) >= count, timeout):
                raise AssertionError(f"{len(self.taken)} of {count} calls arrived within {timeout} s")
            return list(self.taken)

    def missing(self, acknowledged: dict[str, int]) -> int:
        """How many of these users' events have not arrived."""
        with self.lock:
            return self.arrivals.missing(acknowledged)

    def by_user(self) -> dict[str, list[dict[str, Any]]]:
        users: dict[str, list[dict[str, Any]]] = defaultdict(list)
        with self.lock:
            for record in self.taken:
                call = record["call"]
                users[str(call.get("userId") or call.get("anonymousId"))].append(call)
        return users


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], hydra: ScriptedHydra) -> None:
        self.hydra = hydra
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a peer that was killed half-way is what these tests do


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.server.hydra.serve(self.request)
