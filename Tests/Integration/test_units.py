"""The units, read by the program that will read them. test_package.py runs them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.stack import ROOT

UNITS = ROOT / "nginx" / "systemd"
# What systemd-analyze calls exposure, from 0 to 10, in tenths: network, Unix sockets and the sockets' group remain.
MOST_EXPOSURE = 15


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
