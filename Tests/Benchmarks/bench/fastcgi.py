"""Just enough FastCGI to hold connections to a responder without a front server between."""

import socket
import struct
from pathlib import Path

BEGIN, END, PARAMETERS, INPUT, OUTPUT = 1, 3, 4, 5, 6


def record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, 1, len(content), 0) + content


def request(path: str) -> bytes:
    """A GET that keeps the connection."""
    parameters = b""
    for name, value in {"REQUEST_METHOD": "GET", "REQUEST_URI": path, "SERVER_PROTOCOL": "HTTP/1.1",
                        "REMOTE_ADDR": "127.0.0.1", "SCRIPT_NAME": path, "CONTENT_LENGTH": "0"}.items():
        parameters += struct.pack(">BB", len(name), len(value)) + name.encode() + value.encode()
    return (record(BEGIN, struct.pack(">HB5x", 1, 1)) + record(PARAMETERS, parameters) + record(PARAMETERS, b"")
            + record(INPUT, b""))


class Connection:
    """A kept connection to a responder's socket."""

    def __init__(self, path: Path, timeout: float = 10) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise

    def ask(self, path: str) -> str:
        """The whole answer, head and body."""
        self.socket.sendall(request(path))
        output = b""
        while True:
            kind, length, padding = struct.unpack(">xBxxHBx", self.read(8))
            content = self.read(length + padding)[:length]
            if kind == OUTPUT:
                output += content
            elif kind == END:
                return output.decode(errors="replace")

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the responder has closed the connection")
            data += part
        return data

    def close(self) -> None:
        self.socket.close()


def is_success(answer: str) -> bool:
    return answer.startswith("Status: 200") or not answer.startswith("Status:")
