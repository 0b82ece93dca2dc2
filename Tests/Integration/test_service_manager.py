"""systemd's protocol: when the programs say that they serve, that they live, and that they end; and its sockets."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import fastcgi
from support.stack import GATEWAY, HYDRA, ROOT
from support.waiting import wait_for
from test_bad_input import write_configuration

# A sign of life is wanted within this; the programs give one every third of it.
WATCHDOG_SECONDS = 0.6


class Manager:
    """The service manager's end of the protocol."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify.sock"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))

    def next(self, timeout: float = 20) -> str:
        self.socket.settimeout(timeout)
        return self.socket.recv(4096).decode()

    def drain(self) -> None:
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass

    def until(self, first: str) -> str:
        """The next message that begins so; signs of life before it do not count."""
        while True:
            message = self.next()
            if message.startswith(first):
                return message
            assert message == "WATCHDOG=1", message


def commands(folder: Path) -> dict[str, list[str]]:
    configuration = write_configuration(folder, log={"file": str(folder / "log.jsonl")})
    (folder / "data").mkdir()
    return {
        "hydra-gateway": [str(GATEWAY), "serve", "--config", str(configuration)],
        "hydra": [str(HYDRA), "serve", "--data", str(folder / "data"), "--listen", f"unix:{folder}/gateway.sock"],
    }


@contextmanager
def started(folder: Path, program: str, manager: Manager) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"NOTIFY_SOCKET": str(manager.path),
                                "WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1_000_000))}
    process = subprocess.Popen(commands(folder)[program], env=environment, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait(10)


def is_served(path: Path) -> bool:
    """Whether a request is answered at the first try."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        connection.sendall(fastcgi.request("GET", "/-/live", {}, b""))
        return b"Status: " in fastcgi.answer(connection)


@pytest.mark.parametrize("program", ["hydra-gateway", "hydra"])
def test_a_program_says_that_it_serves_lives_and_ends(tmp_path: Path, program: str) -> None:
    manager = Manager(tmp_path)
    with started(tmp_path, program, manager) as process:
        ready = manager.next()
        assert ready == f"READY=1\nSTATUS=serving on unix:{tmp_path}/gateway.sock"
        # Not before: whoever waited for it is answered at once.
        assert is_served(tmp_path / "gateway.sock")
        for _ in range(3):
            assert manager.next() == "WATCHDOG=1"

        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: "T" in Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0], "the stop")
        manager.drain()
        with pytest.raises(TimeoutError):
            manager.next(timeout=3 * WATCHDOG_SECONDS)
        process.send_signal(signal.SIGCONT)
        assert manager.next() == "WATCHDOG=1"

        process.send_signal(signal.SIGTERM)
        assert manager.until("STOPPING=1")
        assert process.wait(15) == 0
        with pytest.raises(TimeoutError):
            manager.next(timeout=WATCHDOG_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
@pytest.mark.parametrize("program", ["hydra-gateway", "hydra"])
def test_every_signal_that_supervisors_stop_with_stops_it(tmp_path: Path, program: str, number: int) -> None:
    """SIGQUIT is what multiwatch and PHP-FPM's tools send; the Swift runtime would print a backtrace and go on."""
    manager = Manager(tmp_path)
    with started(tmp_path, program, manager) as process:
        manager.until("READY=1")
        process.send_signal(number)
        assert manager.until("STOPPING=1")
        assert process.wait(15) == 0


@pytest.mark.parametrize("program", ["hydra-gateway", "hydra"])
def test_a_program_that_cannot_listen_is_never_ready(tmp_path: Path, program: str) -> None:
    # A file that is no socket is never taken away.
    (tmp_path / "gateway.sock").write_text("in the way")
    manager = Manager(tmp_path)
    with started(tmp_path, program, manager) as process:
        assert process.wait(20) != 0
        with pytest.raises(TimeoutError):
            manager.next(timeout=0.1)


def test_systemd_starts_a_responder_when_the_first_request_comes(tmp_path: Path) -> None:
    program = shutil.which("systemd-socket-activate")
    if program is None:
        pytest.skip("systemd is not installed here")
    configuration = write_configuration(tmp_path, log={"file": str(tmp_path / "log.jsonl")})
    place = tmp_path / "activated.sock"
    process = subprocess.Popen([program, "-l", str(place), str(GATEWAY), "serve", "--config", str(configuration),
                                "--listen", "inherited"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(place.is_socket, "the socket")
        # The program takes the activator's place, in the same process, once somebody connects.
        assert b"hydra-gateway" not in Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")[0]
        fastcgi.track(place)
        assert Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")[0] == str(GATEWAY).encode()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    # It is systemd's: the next start finds it.
    assert place.is_socket()


def test_systemd_makes_the_directories(tmp_path: Path) -> None:
    program = shutil.which("systemd-tmpfiles")
    if program is None:
        pytest.skip("systemd is not installed here")
    if os.geteuid() != 0:
        pytest.skip("owners can be given by root alone")
    (tmp_path / "etc").mkdir()
    # Of accounts that this machine need not have.
    (tmp_path / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nhydra-gateway:x:4711:4711::/:/bin/false\n"
                                         "hydra:x:4712:4712::/:/bin/false\n")
    (tmp_path / "etc/group").write_text("root:x:0:\nhydra-gateway:x:4711:\nhydra:x:4712:\n")
    done = subprocess.run([program, "--create", f"--root={tmp_path}", str(ROOT / "nginx/systemd/tmpfiles.conf")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    made = {str(path.relative_to(tmp_path)): (path.stat().st_mode & 0o7777, path.stat().st_uid, path.stat().st_gid)
            for path in tmp_path.rglob("*hydra*")}
    assert made == {
        "etc/hydra-gateway": (0o750, 0, 4711),
        "run/hydra-gateway": (0o755, 4711, 4711), "run/hydra": (0o755, 4712, 4712),
        "var/lib/hydra-gateway": (0o700, 4711, 4711), "var/lib/hydra": (0o700, 4712, 4712),
        "var/log/hydra-gateway": (0o750, 4711, 4711), "var/log/hydra": (0o750, 4712, 4712),
    }
