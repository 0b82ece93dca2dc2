"""The units and the rotation of logs, read by the programs that will read them."""

import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from support import fastcgi
from support.stack import GATEWAY, ROOT
from support.waiting import wait_for
from test_bad_input import write_configuration

UNITS = ROOT / "nginx" / "systemd"
# What systemd-analyze calls exposure, from 0 to 10, in tenths: network, Unix sockets and the sockets' group remain.
MOST_EXPOSURE = 16


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they are installed, with programs that exist here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    for path in UNITS.glob("*.s*"):
        name = path.name.replace("@.", "@1.")
        text = re.sub(r"/usr/bin/hydra(-gateway)? ", "/bin/true ", path.read_text())
        if name.endswith(".d-socket.conf"):
            folder = tmp_path / "hydra-gateway@1.service.d"
            folder.mkdir()
            (folder / "socket.conf").write_text(text)
        else:
            (tmp_path / name).write_text(text)
    return tmp_path


def analyze(folder: Path, *words: str) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_reads_the_units_without_a_complaint(units: Path) -> None:
    names = ["./hydra.service", "./hydra-gateway@1.service", "./hydra-gateway@1.socket"]
    assert analyze(units, "verify", "--man=no", *names).strip() == ""


@pytest.mark.parametrize("unit", ["hydra.service", "hydra-gateway@1.service"])
def test_a_unit_is_exposed_no_more_than_it_must_be(units: Path, unit: str) -> None:
    print(analyze(units, "security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSURE}", f"./{unit}")
          .splitlines()[-1])


def test_a_rotated_log_goes_on_in_a_new_file(tmp_path: Path) -> None:
    program = shutil.which("logrotate", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("logrotate is not installed here")
    log, path = tmp_path / "gateway.jsonl", tmp_path / "gateway.sock"
    configuration = write_configuration(tmp_path, log={"file": str(log)})
    process = subprocess.Popen([str(GATEWAY), "serve", "--config", str(configuration)], stdin=subprocess.DEVNULL)
    try:
        wait_for(path.is_socket, "the socket")
        wait_for(lambda: log.stat().st_size, "a first line")
        # The shipped file, with this log and this process instead of a host's.
        text = (UNITS / "logrotate.conf").read_text()
        text = re.sub(r"^/var/log/.*\{$", f"{log} {{", text, flags=re.MULTILINE)
        text = re.sub(r"systemctl kill .*", f"kill -USR1 {process.pid}", text)
        assert str(log) in text and f"kill -USR1 {process.pid}" in text
        rules = tmp_path / "logrotate.conf"
        rules.write_text(text)
        rules.chmod(0o600)
        dry = subprocess.run([program, "-d", str(rules)], capture_output=True, text=True, timeout=30)
        assert dry.returncode == 0 and "error" not in dry.stderr.lower(), dry.stderr
        before = log.stat().st_ino
        done = subprocess.run([program, "-f", "-s", str(tmp_path / "rotation"), str(rules)], capture_output=True,
                              text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "gateway.jsonl.1").stat().st_ino == before
        wait_for(log.exists, "a new file")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(path))
            connection.sendall(fastcgi.request("POST", "/v1/track", {}, b"{"))
            assert b"Status: 400" in fastcgi.answer(connection)
        wait_for(lambda: log.stat().st_size, "a line in the new file")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
