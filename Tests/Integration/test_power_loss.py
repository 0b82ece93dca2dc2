"""The power goes while calls are taken, delivered, and the log is copied: what was acknowledged is on the disk.

The gateway runs under load with everything that it writes to its spool recorded. Then disks are made as they may look
after a loss of power at many instants (support/power_loss.py), and `deliver --once` is run on each.
"""

import itertools
import json
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
from support.power_loss import NAMES, PAGE, Kind, Later, Operation, disk_after, read, recorder
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


# Copies and damage


@dataclass
class Outcome:
    """What a gateway made of files that were put before it."""

    missing: int
    disorder: int
    reported: bool
    told: int
    log: str


def serve_on(folder: Path, files: dict[str, bytearray], told: Acknowledged, arrivals: Arrivals) -> Outcome:
    """Starts the gateway on such a spool: whatever it is like it comes up, takes a call, and delivers what there is."""
    folder.mkdir()
    lay(folder, files)
    hydra = ScriptedHydra(keeps=False)
    hydra.arrivals = arrivals
    path = write_configuration(folder, hydra={"url": hydra.url}, delivery={**DELIVERY, "batch": True},
                               spool={"directory": str(folder / "spool"), "minimumFreeBytes": "1MiB"},
                               log={"file": str(folder / "log.jsonl"), "level": "notice"})
    process = subprocess.Popen([str(GATEWAY), "serve", "--config", str(path)], stdin=subprocess.DEVNULL)
    try:
        wait_for((folder / "gateway.sock").exists, "the gateway listening")

        def is_taken(number: int) -> bool:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(20)
                connection.connect(str(folder / "gateway.sock"))
                connection.sendall(fastcgi.request("POST", "/v1/track", {}, (
                    f'{{"writeKey":"demo-write-key","userId":"after","event":"Load","messageId":"after-{number}",'
                    f'"properties":{{"n":{number}}}}}').encode()))
                return b"Status: 200" in fastcgi.answer(connection)

        def spool() -> dict[str, Any]:
            done = subprocess.run([str(GATEWAY), "status", "--json", "--config", str(path)], capture_output=True, text=True,
                                  timeout=30)
            return json.loads(done.stdout)["spool"] if done.returncode == 0 else {"depth": -1, "dead": 0}

        # Damage may show only when a page is read: until then a call may be refused, or set aside with the file.
        numbers = itertools.count()
        wait_for(lambda: is_taken(next(numbers)) and spool()["depth"] == 0 and "after" in arrivals.users,
                 "a call taken and delivered, and an empty spool", timeout=60, interval=0.2)
        dead = spool()["dead"]
        assert process.poll() is None, "the gateway ended"
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
        hydra.close()
    log = (folder / "log.jsonl").read_text()
    assert code == 0, log[-2000:]
    aside = [*(folder / "spool").glob("*corrupt-*"), *(folder / "spool").glob("*damaged-*")]
    assert bool(aside) == ('"log.level":"critical"' in log), "what is set aside is told, and the other way round"
    # A body that is no JSON any more is refused by Hydra, and is a dead letter: that is a report, too.
    reported = bool(aside) or dead > 0
    return Outcome(arrivals.missing(told.snapshot()), arrivals.disorder, reported, told.total, log)


def copies(recording: Recording, dice: random.Random) -> tuple[dict[str, bytearray], int]:
    """The files as one copies them while they are in use: the log some time after the database. And when that was.

    Not over a moment at which the log was started over: the database of before and the log of after are no copy of
    anything, and nobody could see it.
    """
    restarts = [operation.begin for operation in recording.operations
                if operation.kind == Kind.WRITE and operation.file == 2 and operation.offset == 0]
    while True:
        first = dice.randrange(recording.acknowledged[0][0], recording.size - 100_000)
        second = min(recording.size, first + dice.randrange(0, 2_000_000))
        if not any(first <= restart <= second for restart in restarts):
            break
    files = disk_after(recording.operations, second, Later.ALL, dice)
    return {**files, NAMES[1]: disk_after(recording.operations, first, Later.ALL, dice)[NAMES[1]]}, second


def test_copies_of_files_in_use_have_all_that_was_acknowledged(recording: Recording, tmp_path: Path) -> None:
    dice = random.Random("copies")
    count = max(4, INSTANTS // 8)
    told_all, total = Acknowledged(), Arrivals()
    for number in range(count):
        files, instant = copies(recording, dice)
        told, arrivals = after(recording, instant)
        outcome = serve_on(tmp_path / str(number), files, told, arrivals)
        assert outcome.missing == 0, f"{outcome.missing} missing at {instant}\n{outcome.log[-2000:]}"
        assert not outcome.reported, outcome.log[-2000:]
        told_all.total += told.total
        total.disorder += arrivals.disorder
        total.twice += arrivals.twice
        total.repeats += arrivals.repeats
    assert judge("spool copied file by file in use", count, told_all, total).is_clean


def flip(content: bytearray, dice: random.Random, least: int = 0) -> None:
    content[dice.randrange(least, len(content))] ^= 1 << dice.randrange(8)


def zero_last_page(content: bytearray, dice: random.Random) -> None:
    content[-PAGE:] = bytes(PAGE)


def tear_last_page(content: bytearray, dice: random.Random) -> None:
    cut = dice.randrange(1, PAGE)
    content[-cut:] = dice.randbytes(cut)


def cut_off(content: bytearray, dice: random.Random) -> None:
    del content[dice.randrange(PAGE, len(content)):]


DAMAGE = {
    "a bit flipped in the log": (NAMES[2], lambda content, dice: flip(content, dice, 4)),
    "the log's last page zeroed": (NAMES[2], zero_last_page),
    "the log's last page torn": (NAMES[2], tear_last_page),
    "the log cut off": (NAMES[2], cut_off),
    "a bit flipped in the database": (NAMES[1], flip),
    "the database's last page zeroed": (NAMES[1], zero_last_page),
    "the database's last page torn": (NAMES[1], tear_last_page),
    "the database cut off": (NAMES[1], cut_off),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_never_ends_the_gateway(recording: Recording, tmp_path: Path, kind: str) -> None:
    """Not what a loss of power does: the medium changes what had been synced. It serves, and says so where it can be seen.

    What cannot be seen, and what may go with it: where the log just ends before its time, everything behind; where only
    the last commit is wrong, that one, which looks like one that was never acknowledged; a byte of the database that is
    not structure, since SQLite has no checksums there.
    """
    dice = random.Random(kind)
    name, harm = DAMAGE[kind]
    count = max(2, INSTANTS // 15)
    silent, reported = 0, 0
    for number in range(count):
        instant = dice.randrange(recording.size // 4, recording.size)
        files = disk_after(recording.operations, instant, Later.ALL, dice)
        harm(files[name], dice)
        told, arrivals = after(recording, instant)
        outcome = serve_on(tmp_path / str(number), files, told, arrivals)
        reported += outcome.reported
        if outcome.missing and not outcome.reported:
            silent += 1
            if kind == "a bit flipped in the log":
                # One commit: at most what eight senders have under way.
                assert outcome.missing <= 8, f"{outcome.missing} of {outcome.told} went without a word\n{outcome.log[-2000:]}"
        # A bit of an id or a lane in the database changes the order, and cannot be seen.
        assert outcome.disorder == 0 or kind == "a bit flipped in the database", outcome
    print(f"{kind}: {count} spools, {reported} reported, {silent} with something missing that could not be seen")
