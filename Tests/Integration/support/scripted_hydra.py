"""A Hydra that answers what a test tells it to, and remembers what arrived."""

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], dict[str, Any]]


def accept(call: dict[str, Any]) -> Answer:
    return 200, {}, {"messageId": call.get("messageId", ""), "status": "accepted"}


class ScriptedHydra:
    """Serves Hydra's contract on a loopback port. `answer` decides each call's answer; the default takes everything.

    Keeps, in order of arrival: `calls` (every attempt) and `taken` (the first time a messageId was answered 200).
    """

    def __init__(self, port: int = 0) -> None:
        self.answer: Callable[[dict[str, Any]], Answer] = accept
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.calls: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.repeats = 0
        self._ids: set[str] = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                body = json.loads(self.rfile.read(length))
                if self.path == "/v1/batch":
                    results = []
                    for call in body["batch"]:
                        status, _, text = owner.take(call, self.headers)
                        results.append({"messageId": call["messageId"], "status": status, **text})
                    self.reply(200, {}, {"results": results})
                    return
                self.reply(*owner.take(body, self.headers))

            def reply(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 512

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a peer that was killed half-way is what these tests do

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def take(self, call: dict[str, Any], headers: Any) -> Answer:
        status, extra, text = self.answer(call)
        record = {
            "call": call,
            "status": status,
            "time": time.monotonic(),
            "key": headers.get("Idempotency-Key"),
            "request_id": headers.get("X-Request-Id"),
            "authorization": headers.get("Authorization"),
        }
        with self.changed:
            self.calls.append(record)
            if status == 200:
                if call["messageId"] in self._ids:
                    self.repeats += 1
                else:
                    self._ids.add(call["messageId"])
                    self.taken.append(record)
            self.changed.notify_all()
        return status, extra, text

    def wait_taken(self, count: int, timeout: float = 60.0) -> list[dict[str, Any]]:
        """The calls taken, once there are `count` of them."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.taken) >= count, timeout):
                raise AssertionError(f"{len(self.taken)} of {count} calls arrived within {timeout} s")
            return list(self.taken)

    def ids(self) -> set[str]:
        with self.lock:
            return set(self._ids)

    def by_user(self) -> dict[str, list[dict[str, Any]]]:
        users: dict[str, list[dict[str, Any]]] = defaultdict(list)
        with self.lock:
            for record in self.taken:
                call = record["call"]
                users[str(call.get("userId") or call.get("anonymousId"))].append(call)
        return users

    def close(self) -> None:
        self.server.shutdown()
        self.server.socket.close()
        self.server.server_close()


def refused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
