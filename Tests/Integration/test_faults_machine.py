"""The machine misbehaves under load: the disk, the clock, descriptors, memory. Senders are told to wait, nothing is lost."""

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support import faults
from support.load import Load, settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for


def towards(scripted: ScriptedHydra, spool: Path | None = None) -> Callable[[dict[str, Any]], None]:
    def change(configuration: dict[str, Any]) -> None:
        configuration["hydra"].update(url=scripted.url, timeout="2s")
        configuration["hydra"].pop("caFile", None)
        configuration.setdefault("delivery", {}).update(retryBase="50ms", retryCap="500ms", probeInterval="1s")
        if spool is not None:
            configuration["spool"] = {"directory": str(spool), "minimumFreeBytes": "1MiB"}

    return change


@contextmanager
def running(state: Path, scripted: ScriptedHydra, spool: Path | None = None, responders: int = 2) -> Iterator[Stack]:
    stack = Stack(state, responders=responders)
    try:
        stack.up()
        stack.configure(towards(scripted, spool))
        yield stack
    finally:
        stack.down()


def fill(place: Path, leaving: int = 0) -> Path:
    """Takes the file system's space, but for so many bytes."""
    filler = place / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                status = os.statvfs(place)
                free = status.f_bfree * status.f_frsize - leaving
                if free <= 0:
                    break
                file.write(b"\0" * min(free, 1 << 20))
                file.flush()
        except OSError:
            pass
    return filler


def refused(load: Load, count: int = 5) -> None:
    """Senders are refused, and told when to come back."""
    before = sum(load.refusals.values())
    wait_for(lambda: sum(load.refusals.values()) > before + count, "refusals", timeout=30)
    assert all(wait is not None and 0 < int(wait) <= 300 for wait in load.refusals), load.refusals


def unharmed(stack: Stack, pids: list[int]) -> None:
    assert stack.pids() == pids, "a responder ended by itself"


@pytest.mark.parametrize("leaving", [0, 300_000], ids=["full", "nearly full"])
def test_a_disk_that_fills_up(tmp_path: Path, small_disk: Path, scripted: ScriptedHydra, leaving: int) -> None:
    with running(tmp_path / "state", scripted, small_disk / "spool") as stack:
        pids = stack.pids()
        with under_load(stack) as load:
            for _ in range(3):
                load.passes(200)
                filler = fill(small_disk, leaving)
                refused(load)
                filler.unlink()
                load.passes(200)
        settle("disk nearly full" if leaving else "disk full", 3, stack, scripted, load.acknowledged)
        unharmed(stack, pids)


def test_a_queue_that_fills_its_disk(tmp_path: Path, small_disk: Path, scripted: ScriptedHydra) -> None:
    """Nobody else takes the space: Hydra is away, and the queue itself grows until no more is taken."""
    with running(tmp_path / "state", scripted, small_disk / "spool") as stack:
        scripted.down()
        with under_load(stack, batch=100) as load:
            refused(load)
            # Somebody looks again and again while nothing more fits: that takes no room from the deliveries.
            depth = [stack.status()["spool"]["depth"] for _ in range(20)][-1]
            scripted.up()
            # It drains, and takes again by itself.
            load.passes(500, timeout=60)
        settle("disk full of the queue itself", 1, stack, scripted, load.acknowledged)
        assert depth > 1000, depth


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own on a loop device. Skips where mounting is not permitted."""
    image, place = tmp_path / "image", tmp_path / "failing"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, env={**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"})
    done = subprocess.run(["mount", "-o", "loop", str(image), str(place)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"mounting a loop device is not permitted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        while os.path.ismount(place):
            subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_the_kernel_makes_read_only(tmp_path: Path, failing_disk: Path, scripted: ScriptedHydra) -> None:
    """What ext4 does when it meets an error: it gives its journal up, and nothing that is open can be written any more.

    Then it is unmounted, checked and mounted again, as after a loss of power: what was acknowledged is all there.
    """
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/sbin:/usr/sbin"}
    with running(tmp_path / "state", scripted, failing_disk / "spool") as stack:
        # With a queue: what is on the disk alone has to come through.
        scripted.down()
        with under_load(stack) as load:
            for _ in range(8):
                load.passes(500)
                pids, lines = stack.pids(), [stack.command_line(pid) for pid in stack.pids()]
                subprocess.run(["mount", "-o", "remount,abort", str(failing_disk)], check=True)
                refused(load)
                wait_for(lambda: stack.request("GET", "/-/ready", key=None).status == 503, "no responder ready")
                unharmed(stack, pids)
                # Who is called at night looks first.
                assert stack.status()["spool"]["depth"] > 0
                for pid in pids:
                    stack.kill(pid, signal.SIGTERM)
                for pid in pids:
                    wait_for(lambda pid=pid: stack.has_ended(pid), "a responder gone", timeout=15)
                wait_for(lambda: subprocess.run(["umount", str(failing_disk)], capture_output=True).returncode == 0,
                         "nobody on the disk")
                checked = subprocess.run(["e2fsck", "-p", str(tmp_path / "image")], capture_output=True, env=environment)
                assert checked.returncode in (0, 1), checked
                subprocess.run(["mount", "-o", "loop", str(tmp_path / "image"), str(failing_disk)], check=True)
                for line in lines:
                    stack.respawn(line)
                load.passes(200, timeout=60)
            scripted.up()
        settle("disk made read-only by the kernel", 8, stack, scripted, load.acknowledged)


def test_a_spool_directory_that_is_deleted(tmp_path: Path, scripted: ScriptedHydra) -> None:
    """An administrator's mistake. What waited in it is gone, and said to be; everything that comes after is kept."""
    spool = tmp_path / "spool"
    with running(tmp_path / "state", scripted, spool) as stack:
        pids = stack.pids()
        with under_load(stack) as load:
            for _ in range(5):
                load.passes(200)
                # What waits is lost with the directory, and no gateway could help it. So nothing waits.
                load.hold()
                stack.drained()
                shutil.rmtree(spool)
                load.release()
                load.passes(200)
                wait_for((spool / "spool.sqlite").exists, "a new database")
        settle("spool directory deleted", 5, stack, scripted, load.acknowledged)
        unharmed(stack, pids)
    assert "moved or deleted while it was open" in stack.log_text()


def start_again(stack: Stack, through: tuple[str, ...] = (), **how: Any) -> list[int]:
    """Both responders end, and start anew in another environment or with a limit of the kernel's."""
    lines = [stack.command_line(pid) for pid in stack.pids()]
    for pid in stack.pids():
        stack.kill(pid, signal.SIGTERM)
    wait_for(lambda: not stack.pids(), "the responders gone")
    for line in lines:
        stack.respawn([*through, *line], **how)
    for line in lines:
        wait_for(lambda line=line: faults.listens(faults.socket_of(line)), "a responder listening")
    return stack.pids()


def test_few_descriptors(relay: Stack, scripted: ScriptedHydra) -> None:
    """128: enough to start, not for the load; connections wait or are turned away, and nothing is lost."""
    pids = start_again(relay, limit=(resource.RLIMIT_NOFILE, 128))
    with under_load(relay, clients=150, users=1) as load:
        load.passes(3000, timeout=120)
        wait_for(lambda: relay.log_text().count("accepting paused") >= len(pids), "both responders at their bound", timeout=60)
        assert max(faults.descriptors(pid) for pid in pids) < 128
    settle("128 descriptors, 150 connections", 1, relay, scripted, load.acknowledged)
    unharmed(relay, pids)


def test_too_few_descriptors_are_told_at_the_start(relay: Stack) -> None:
    """Too few to be safe: the process would be ended by its own runtime, under load, without a word."""
    line = relay.command_line(relay.pids()[0])
    done = subprocess.run(line, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
    assert done.returncode == 1
    assert "the limit of open files is 64" in done.stderr and "LimitNOFILE=" in done.stderr, done.stderr


def test_little_memory(relay: Stack, scripted: ScriptedHydra) -> None:
    """An address space with little room beyond that of an idle responder, and Hydra away, so that the queue grows."""
    size = int(re.search(r"VmSize:\s+(\d+)", Path(f"/proc/{relay.pids()[0]}/status").read_text())[1]) * 1024
    # Threads that are made later reserve address space that they do not use.
    pids = start_again(relay, limit=(resource.RLIMIT_AS, size + (256 << 20)))
    scripted.down()
    with under_load(relay, clients=16, batch=50) as load:
        load.passes(30_000, timeout=120)
        scripted.up()
        load.passes(1000)
    settle("little memory, a long queue", 1, relay, scripted, load.acknowledged, timeout=240)
    unharmed(relay, pids)


def faketime_library() -> str | None:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return str(found[0]) if found else None


def test_a_clock_that_jumps(tmp_path: Path, scripted: ScriptedHydra) -> None:
    """The wall clock leaps by hours and years, both ways, with retries waiting and ids remembered; monotonic time goes on."""
    library = faketime_library()
    if library is None:
        pytest.skip("libfaketime is not installed here")
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    stack = Stack(tmp_path / "state")
    environment = {**os.environ, "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
                   "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
    # libfaketime adds to the environment before main, and Swift looks for the arguments beside where the environment was;
    # a program between the two has added it already.
    through = ("/usr/bin/env",)
    try:
        stack.up()
        stack.configure(towards(scripted))
        pids = start_again(stack, through, environment=environment)
        jumps = ["+3600", "-3600", "+90000", "+1", "-5y", "+5y", "+0", "-40d", "+0"]
        with under_load(stack, rate=400) as load:
            for number, jump in enumerate(jumps):
                load.passes(100)
                if number % 3 == 0:
                    # With calls that wait for their next attempt at a time by the clock that is about to leap.
                    scripted.down()
                    load.passes(60)
                pending = clock.with_suffix(".new")
                pending.write_text(jump + "\n")
                pending.rename(clock)
                wait_for(lambda: leapt(stack, jump), f"the clock at {jump}", timeout=15)
                scripted.up()
                load.passes(100)
        settle("the clock jumps", len(jumps), stack, scripted, load.acknowledged)
        unharmed(stack, pids)
    finally:
        stack.down()


UNITS = {"y": 365 * 86_400, "d": 86_400}


def leapt(stack: Stack, jump: str) -> bool:
    """Whether a responder has written figures by the new time."""
    match = re.fullmatch(r"([+-]\d+)([yd]?)", jump)
    offset = int(match[1]) * UNITS.get(match[2], 1)
    line = (stack.state / "log" / "gateway.jsonl").read_text().rstrip().splitlines()[-1]
    stamp = datetime.fromisoformat(re.search(r'"@timestamp":"([^"]+)"', line)[1].replace("Z", "+00:00")).timestamp()
    return abs(stamp - (time.time() + offset)) < 30
