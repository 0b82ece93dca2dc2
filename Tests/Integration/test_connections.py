"""Kept connections cost no thread."""

import json
import resource
import socket

from support import fastcgi
from support.stack import Stack


def test_two_thousand_idle_kept_connections_and_then_a_request(tmp_path_factory, ) -> None:  # noqa: ANN001
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    stack = Stack(tmp_path_factory.mktemp("idle"), responders=1)
    connections: list[socket.socket] = []
    try:
        stack.up()
        stack.configure(lambda configuration: configuration.update(workers=4))
        path = next(iter(sorted(stack.state.glob("**/gateway-*.sock"))))
        live = fastcgi.request("GET", "/-/live", {}, b"")
        for _ in range(2000):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(10)
            connection.connect(str(path))
            connection.sendall(live)
            assert b"Status: 200" in fastcgi.answer(connection)
            connections.append(connection)
        event = json.dumps({"writeKey": "demo-write-key", "userId": "u", "event": "Among idle ones"}).encode()
        for connection in (connections[0], connections[1999]):
            connection.settimeout(2)
            connection.sendall(fastcgi.request("POST", "/v1/track", {}, event))
            assert b"Status: 200" in fastcgi.answer(connection)
        assert stack.post("/v1/track", {"userId": "u", "event": "Through nginx"}).status == 200
    finally:
        for connection in connections:
            connection.close()
        stack.down()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
