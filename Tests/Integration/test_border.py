"""What arrives at the responder's own socket: from whom, and in what shape. It goes on answering, in bounded memory."""

import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.fastcgi import answer, length, record, request
from support.stack import Stack
from support.waiting import wait_for

BEGIN = struct.pack("!HB5x", 1, 1)
KEY = {"HTTP_AUTHORIZATION": "Basic ZGVtby13cml0ZS1rZXk6", "CONTENT_TYPE": "application/json"}


@pytest.fixture(scope="module")
def border() -> Iterator[Stack]:
    """One responder, in a place that other users may enter."""
    with tempfile.TemporaryDirectory(prefix="hydra-border-") as directory:
        os.chmod(directory, 0o755)
        stack = Stack(Path(directory) / "state", responders=1)
        try:
            stack.up()
            yield stack
        finally:
            stack.down()


def path(stack: Stack) -> Path:
    return next((stack.state / "run").glob("gateway*.sock"))


def connect(stack: Stack) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(str(path(stack)))
    return connection


def serves(stack: Stack, pid: int) -> bool:
    """The same process answers a whole request."""
    assert stack.pids() == [pid], "the responder is another one now"
    with connect(stack) as connection:
        connection.sendall(request("POST", "/v1/track", KEY, b'{"userId":"border","event":"E"}'))
        return b"200" in answer(connection)


def resident(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


def drained(connection: socket.socket) -> bytes:
    """Everything until the responder closes, or is silent for a moment."""
    connection.settimeout(0.3)
    data = b""
    try:
        while part := connection.recv(65536):
            data += part
    except (TimeoutError, ConnectionError):
        pass
    return data


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_a_user_who_is_not_allowed_is_refused_before_a_byte_is_read(border: Stack) -> None:
    pid = border.pids()[0]
    # The file's mode would keep others out first; here it is the peer's credentials that are looked at.
    for place in (border.state, border.state / "run"):
        os.chmod(place, 0o755)
    os.chmod(path(border), 0o777)
    program = (
        "import os, socket, sys\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1])\n"
        "try:\n"
        "    s.sendall(sys.stdin.buffer.read())\n"
        "    print(len(s.recv(4096)))\n"
        "except (BrokenPipeError, ConnectionResetError):\n"
        "    print(0)\n")
    done = subprocess.run(
        [sys.executable, "-c", program, str(path(border))], input=request("GET", "/-/live", {}, b""),
        capture_output=True, timeout=30, check=True)
    assert done.stdout.strip() == b"0", done
    assert serves(border, pid)
    wait_for(lambda: "65534" in border.log_text(), "a line in the log that says who was refused", timeout=10)


def values(*names: str) -> bytes:
    return b"".join(length(len(name)) + length(0) + name.encode() for name in names)


PARAMETERS = b"".join(length(len(n)) + length(len(v)) + n + v for n, v in [(b"REQUEST_METHOD", b"GET"), (b"REQUEST_URI", b"/-/live")])

SHAPES = {
    "GET_VALUES": record(9, values("FCGI_MAX_CONNS", "FCGI_MPXS_CONNS"), 0),
    # libfcgi writes what it is asked for into 64 bytes, as often as it is asked.
    "GET_VALUES that asks too often": record(9, values(*["FCGI_MPXS_CONNS"] * 40), 0),
    "GET_VALUES inside a request": record(1, BEGIN) + record(9, values(*["FCGI_MPXS_CONNS"] * 40), 0) + record(4, PARAMETERS) + record(4, b"") + record(5, b""),
    "another version": struct.pack("!BBHHBB", 7, 1, 1, 8, 0, 0) + BEGIN,
    "an unknown type": record(1, BEGIN) + record(99, b"x" * 10),
    "no beginning": record(4, PARAMETERS),
    "a role we have not": record(1, struct.pack("!HB5x", 3, 1)) + record(4, b"") + record(5, b""),
    "a beginning that is too short": record(1, b"\x00\x01"),
    "two requests in one another": record(1, BEGIN, 1) + record(1, BEGIN, 2) + record(4, PARAMETERS, 2) + record(4, b"", 1),
    "an abort": record(1, BEGIN) + record(2, b""),
    "parameters that promise two gigabytes": record(1, BEGIN) + record(4, struct.pack("!II", 0xFFFFFFF0, 0xFFFFFFF0) + b"x" * 100) + record(4, b""),
    "a name longer than its record": record(1, BEGIN) + record(4, b"\x7f\x7fabc") + record(4, b"") + record(5, b""),
    "a body longer than it says": record(1, BEGIN) + record(4, PARAMETERS) + record(4, b"") + record(5, b"x" * 65535) * 40 + record(5, b""),
    "HTTP": b"POST /v1/track HTTP/1.1\r\nHost: a\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 600,
    "nothing but zeros": b"\x00" * 10_000,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_no_request_is_answered_or_closed(border: Stack, shape: str) -> None:
    pid = border.pids()[0]
    with connect(border) as connection:
        try:
            connection.sendall(SHAPES[shape])
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        drained(connection)
    assert serves(border, pid)


def test_a_request_may_be_cut_off_anywhere(border: Stack) -> None:
    pid = border.pids()[0]
    whole = request("POST", "/v1/track", KEY, b'{"userId":"border","event":"E"}')
    for end in range(0, len(whole), 3):
        with connect(border) as connection:
            connection.sendall(whole[:end])
    assert serves(border, pid)


def test_a_hundred_thousand_tiny_records_are_bounded(border: Stack) -> None:
    pid = border.pids()[0]
    assert serves(border, pid)
    before = resident(pid)
    # One byte of parameters a record: a request whose head never ends.
    with connect(border) as connection:
        tiny = record(1, BEGIN) + record(4, b"\x01") * 100_000
        try:
            for start in range(0, len(tiny), 1 << 16):
                connection.sendall(tiny[start:start + (1 << 16)])
        except (BrokenPipeError, ConnectionResetError):
            pass
        drained(connection)
    # And the same as the body, on fifty connections at once.
    connections = [connect(border) for _ in range(50)]
    for connection in connections:
        try:
            connection.sendall(record(1, BEGIN) + record(4, PARAMETERS) + record(4, b"") + record(5, b"x") * 2_000)
        except (BrokenPipeError, ConnectionResetError):
            pass
    grown = resident(pid) - before
    for connection in connections:
        connection.close()
    print(f"{grown} KiB more after 200,000 tiny records")
    assert grown < 64 * 1024
    assert serves(border, pid)


def test_mutated_requests_never_end_the_process(border: Stack) -> None:
    """Five thousand requests with bytes changed, put in, left out: by a seed, so that a find can be repeated."""
    pid = border.pids()[0]
    before = resident(pid)
    whole = request("POST", "/v1/track", KEY, b'{"userId":"border","event":"E","properties":{"a":[1,2,{"b":null}]}}')
    chance = random.Random(20_240_607)
    for _ in range(5_000):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0: data[at] = chance.randrange(256)
                case 1: del data[at:at + chance.randint(1, 20)]
                case 2: data[at:at] = chance.randbytes(chance.randint(1, 20))
                case _: data[at] ^= 1 << chance.randrange(8)
        with connect(border) as connection:
            try:
                connection.sendall(bytes(data))
                connection.shutdown(socket.SHUT_WR)
                connection.recv(64)
            except (BrokenPipeError, ConnectionResetError):
                pass
    assert serves(border, pid)
    grown = resident(pid) - before
    print(f"{grown} KiB more after 5,000 mutated requests")
    assert grown < 64 * 1024
