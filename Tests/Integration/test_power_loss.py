"""The power goes while calls are taken, delivered, and the log is copied: what was acknowledged is on the disk.

The gateway runs under load with everything that it writes to its spool recorded. Then disks are made as they may look
after a loss of power at many instants (support/power_loss.py), and `deliver --once` is run on each.
"""

import os
import random
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support import fastcgi
from support.oracle import Acknowledged, Arrivals, judge, message_id
from support.power_loss import Kind, Later, Operation, disk_after, read, recorder
from support.scripted_hydra import Answer, ScriptedHydra, accept
from support.stack import GATEWAY
from support.waiting import wait_for
from test_bad_input import write_configuration

INSTANTS = int(os.environ.get("POWER_LOSSES", "30"))
DELIVERY = {"retryBase": "50ms", "retryCap": "500ms"}
# So that the log is copied into the database every 2 MiB, many times in a recording.
ROOM = "16MiB"


@dataclass
class Recording:
    """A run: what was written, and at which position of that each event was acknowledged and taken by Hydra."""

    operations: list[Operation]
    size: int
    acknowledged: list[tuple[int, str, int]] = field(default_factory=list)
    taken: list[tuple[int, str, int, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("recording")
    log, library = folder / "writes", recorder(folder)
    hydra = ScriptedHydra(keeps=False)
    run = Recording([], 0)

    def note(call: dict[str, Any]) -> Answer:
        # After this it is taken, so no earlier instant may rely on it.
        run.taken.append((log.stat().st_size, call["userId"], call["properties"]["n"], call["messageId"]))
        return accept(call)

    hydra.answer = note
    path = write_configuration(folder, hydra={"url": hydra.url}, delivery=DELIVERY,
                               spool={"directory": str(folder / "spool"), "maximumBytes": ROOM, "minimumFreeBytes": "1MiB"},
                               log={"file": str(folder / "log.jsonl"), "level": "notice"})
    process = subprocess.Popen(
        [str(GATEWAY), "serve", "--config", str(path)], stdin=subprocess.DEVNULL,
        env={**os.environ, "LD_PRELOAD": str(library), "RECORD_LOG": str(log),
             "RECORD_FILES": str(folder / "spool" / "spool.sqlite")})
    stopping, errors = threading.Event(), []

    def send(user: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(20)
                connection.connect(str(folder / "gateway.sock"))
                number = 0
                while not stopping.is_set():
                    # Bodies of several lengths: rows share pages, and fill some.
                    body = (f'{{"writeKey":"demo-write-key","userId":"{user}","event":"Load","messageId":'
                            f'"{message_id(user, number)}","properties":{{"n":{number},"text":"{"x" * (number * 37 % 3000)}"}}}}')
                    connection.sendall(fastcgi.request("POST", "/v1/track", {}, body.encode()))
                    if b"Status: 200" in fastcgi.answer(connection):
                        run.acknowledged.append((log.stat().st_size, user, number))
                        number += 1
                    else:
                        stopping.wait(0.05)
        except BaseException as error:  # noqa: BLE001 - read below
            errors.append(error)

    try:
        wait_for((folder / "gateway.sock").exists, "the gateway listening")
        threads = [threading.Thread(target=send, args=(f"user-{number}",), daemon=True) for number in range(8)]
        for thread in threads:
            thread.start()
        for goal in (500, 1000, 1500, 2000, 2500):
            wait_for(lambda: errors or len(run.acknowledged) >= goal, f"{goal} calls", timeout=120)
            # A queue builds up, and is delivered beside new calls.
            if goal % 1000 == 500:
                hydra.down()
            else:
                hydra.up()
        stopping.set()
        for thread in threads:
            thread.join(30)
        assert not errors, errors
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        hydra.close()
    run.operations, run.size = read(log), log.stat().st_size
    return run


def test_the_recording_is_worth_something(recording: Recording) -> None:
    """Each commit synced the log before its answer, and the log was copied and started over some times."""
    syncs = sum(1 for operation in recording.operations if operation.kind == Kind.SYNC_END)
    restarts = sum(1 for operation in recording.operations
                   if operation.kind == Kind.WRITE and operation.file == 2 and operation.offset == 0)
    copied = sum(1 for operation in recording.operations if operation.kind == Kind.WRITE and operation.file == 1)
    print(f"{len(recording.operations)} operations, {syncs} syncs, {restarts} logs, {copied} pages copied into the database")
    assert syncs > 100 and restarts >= 3 and copied > 100


def deliver(folder: Path, hydra: ScriptedHydra) -> str:
    """`deliver --once` on a spool as the power left it; what it logged."""
    path = write_configuration(folder, hydra={"url": hydra.url}, delivery={**DELIVERY, "batch": True},
                               spool={"directory": str(folder / "spool"), "minimumFreeBytes": "1MiB"},
                               log={"file": str(folder / "log.jsonl")})
    done = subprocess.run([str(GATEWAY), "deliver", "--once", "--within", "60", "--config", str(path)], capture_output=True,
                          text=True, timeout=90, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr + (folder / "log.jsonl").read_text()


def lay(folder: Path, files: dict[str, bytearray]) -> None:
    (folder / "spool").mkdir()
    for name, content in files.items():
        (folder / "spool" / name).write_bytes(content)


def after(recording: Recording, instant: int) -> tuple[Acknowledged, Arrivals]:
    """What the clients had been told, and what Hydra had taken, when the power went."""
    told, arrivals = Acknowledged(), Arrivals()
    for position, user, _ in recording.acknowledged:
        if position <= instant:
            told.note(user)
    for position, user, number, identity in recording.taken:
        if position <= instant:
            arrivals.take(user, number, identity)
    return told, arrivals


@pytest.mark.parametrize("later", list(Later))
def test_what_was_acknowledged_survives_a_loss_of_power(recording: Recording, later: Later, tmp_path: Path) -> None:
    dice = random.Random(f"power {later}")
    told_all, lost, disorder, twice, repeats = Acknowledged(), 0, 0, 0, 0
    syncs = [operation for operation in recording.operations if operation.kind in (Kind.SYNC_BEGIN, Kind.SYNC_END)]
    instants = [dice.choice(syncs).begin + dice.choice((0, 1, 24, 25)) if dice.random() < 0.5
                else dice.randrange(recording.acknowledged[0][0], recording.size) for _ in range(INSTANTS // len(Later))]
    for number, instant in enumerate(max(instant, recording.acknowledged[0][0]) for instant in instants):
        folder = tmp_path / str(number)
        folder.mkdir()
        lay(folder, disk_after(recording.operations, instant, later, dice))
        told, arrivals = after(recording, instant)
        hydra = ScriptedHydra(keeps=False)
        # The same Hydra goes on: it knows what it had.
        hydra.arrivals = arrivals
        try:
            log = deliver(folder, hydra)
        finally:
            hydra.close()
        missing = arrivals.missing(told.snapshot())
        assert missing == 0, (f"{missing} acknowledged events lost by a loss of power at {instant}, {later}: "
                              f"{arrivals.examples(told.snapshot())}\n{log[-2000:]}")
        # Losing the power is no damage: nothing may be set aside for it.
        assert not list((folder / "spool").glob("*corrupt*")) + list((folder / "spool").glob("*damaged*")), log[-2000:]
        told_all.total += told.total
        lost, disorder = lost + missing, disorder + arrivals.disorder
        twice, repeats = twice + arrivals.twice, repeats + arrivals.repeats
    total = Arrivals(twice=twice, repeats=repeats, disorder=disorder)
    assert judge(f"loss of power, of later writes {later}", len(instants), told_all, total).is_clean
    assert lost == 0


def test_the_model_notices_a_sync_that_was_not_done(recording: Recording, tmp_path: Path) -> None:
    """Without what the syncs promise, acknowledged events are lost: so it is the syncs that keep them."""
    instant = recording.acknowledged[-1][0]
    without = [operation for operation in recording.operations if operation.kind != Kind.SYNC_END]
    lay(tmp_path, disk_after(without, instant, Later.NONE, random.Random(1)))
    told, arrivals = after(recording, instant)
    hydra = ScriptedHydra(keeps=False)
    hydra.arrivals = arrivals
    try:
        deliver(tmp_path, hydra)
    finally:
        hydra.close()
    assert arrivals.missing(told.snapshot()) > 0
