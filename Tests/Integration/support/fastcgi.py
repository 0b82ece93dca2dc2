"""FastCGI records by hand, for talking to a responder without nginx."""

import socket
import struct
from pathlib import Path


def record(kind: int, content: bytes, request: int = 1) -> bytes:
    return struct.pack("!BBHHBB", 1, kind, request, len(content), 0, 0) + content


def length(value: int) -> bytes:
    return bytes([value]) if value < 128 else struct.pack("!I", value | 0x80000000)


def request(method: str, path: str, headers: dict[str, str], body: bytes, keep: bool = True) -> bytes:
    parameters = {
        "REQUEST_METHOD": method, "REQUEST_URI": path, "SCRIPT_NAME": path, "DOCUMENT_URI": path, "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)), **headers,
    }
    encoded = b"".join(
        length(len(name.encode())) + length(len(value.encode())) + name.encode() + value.encode()
        for name, value in parameters.items())
    data = record(1, struct.pack("!HB5x", 1, 1 if keep else 0)) + record(4, encoded) + record(4, b"")
    for start in range(0, len(body), 65535):
        data += record(5, body[start:start + 65535])
    return data + record(5, b"")


def ask(place: Path, data: bytes) -> bytes:
    """The answer to one request on a connection of its own."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(place))
        connection.sendall(data)
        return answer(connection)


def track(place: Path) -> None:
    """One event, which has to be taken."""
    body = b'{"writeKey":"demo-write-key","userId":"u","event":"E"}'
    assert b"Status: 200" in ask(place, request("POST", "/v1/track", {}, body))


def answer(connection: socket.socket) -> bytes:
    """The standard output of one answer, up to END_REQUEST."""
    output = b""
    while True:
        head = exactly(connection, 8)
        _, kind, _, size, padding, _ = struct.unpack("!BBHHBB", head)
        content = exactly(connection, size)
        exactly(connection, padding)
        if kind == 6:
            output += content
        elif kind == 3:
            return output


def exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("closed before the answer was complete")
        data += part
    return data
