"""Fixtures: the product on a temporary state directory, a scripted Hydra, and bad luck on demand."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.oracle import NOTES, TABLE, table  # noqa: E402
from support.scripted_hydra import ScriptedHydra  # noqa: E402
from support.stack import Stack  # noqa: E402


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of what was done under load, and what came of it."""
    if TABLE:
        terminalreporter.section("faults under load")
        terminalreporter.write_line(table(TABLE))
        for name, value in NOTES.items():
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="module")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running product for the tests of a module that do not break it."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A product of the test's own, started."""
    stack = Stack(tmp_path / "state")
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


@pytest.fixture
def scripted() -> Iterator[ScriptedHydra]:
    hydra = ScriptedHydra()
    try:
        yield hydra
    finally:
        hydra.close()


@pytest.fixture
def relay(tmp_path: Path, scripted: ScriptedHydra) -> Iterator[Stack]:
    """A product whose calls go to the scripted Hydra, with short waits between tries."""
    stack = Stack(tmp_path / "state")

    def towards_script(configuration: dict[str, Any]) -> None:
        configuration["hydra"]["url"] = scripted.url
        configuration["hydra"].pop("caFile", None)
        delivery = configuration.setdefault("delivery", {})
        delivery["retryBase"] = "50ms"
        delivery["retryCap"] = "500ms"
        delivery["probeInterval"] = "1s"

    try:
        stack.up()
        stack.configure(towards_script)
        yield stack
    finally:
        stack.down()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB. Skips where mounting is not permitted."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "tmpfs", str(place)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"mounting a tmpfs is not permitted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
