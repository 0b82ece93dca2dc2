"""Hosts that start the program themselves and hand it the socket."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from support import fastcgi
from support.stack import GATEWAY
from support.waiting import wait_for
from test_bad_input import write_configuration


def test_the_socket_may_come_as_descriptor_zero(tmp_path: Path) -> None:
    """spawn-fcgi, lighttpd and mod_fcgid hand the listening socket over as standard input."""
    path = write_configuration(tmp_path, listen=["inherited"], log={"file": str(tmp_path / "log.jsonl")})
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "handed.sock"))
        listener.listen(64)
        process = subprocess.Popen([str(GATEWAY), "serve", "--config", str(path)], stdin=listener.fileno())
        try:
            fastcgi.track(tmp_path / "handed.sock")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(12) == 0


def test_systemd_hands_sockets_over_by_number(tmp_path: Path) -> None:
    path = write_configuration(tmp_path, listen=["inherited"], log={"file": str(tmp_path / "log.jsonl")})
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "handed.sock"))
    listener.listen(64)
    child = os.fork()
    if child == 0:
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        os.execv(str(GATEWAY), [str(GATEWAY), "serve", "--config", str(path)])
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(tmp_path / "handed.sock"))
            connection.sendall(fastcgi.request("GET", "/-/live", {}, b""))
            assert b"Status: 200" in fastcgi.answer(connection)
    finally:
        os.kill(child, signal.SIGTERM)
        wait_for(lambda: os.waitpid(child, os.WNOHANG)[0] == child, "the end", timeout=12)
        listener.close()
