"""`hydra-gateway spool move` between files and a real JetStream, there and back, killed in the middle and continued."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.load import Load, settle
from support.ports import free_ports
from support.scripted_hydra import Answer, ScriptedHydra, accept
from support.stack import GATEWAY, ROOT, Stack
from support.waiting import wait_for

# How many moves are killed on each way; and how many calls there are to move.
KILLS = int(os.environ.get("MOVE_KILLS", "1"))
CALLS = int(os.environ.get("MOVE_CALLS", "5000"))
PARTITIONS = 4


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[str]:
    """The address of one server with JetStream."""
    (port,) = free_ports(1)
    folder = tmp_path / "nats"
    folder.mkdir()
    configuration = folder / "server.conf"
    configuration.write_text(
        f'listen: "127.0.0.1:{port}"\nserver_name: one\njetstream {{ store_dir: "{folder}/store" }}\n')
    program = subprocess.run([ROOT / "nginx" / "get-nats-server", ROOT / ".build"], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.strip()
    process = subprocess.Popen([program, "-c", str(configuration), "-l", str(folder / "log")], stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: "Server is ready" in (folder / "log").read_text(), "nats-server ready")
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


@dataclass
class Contents:
    """What stands in a spool of files, but for what a move does not keep: ids, and what was tried when."""

    # Each lane's calls in the order in which they are delivered.
    lanes: dict[int, list[tuple[Any, ...]]]
    dead: list[tuple[Any, ...]]
    rejected: list[tuple[Any, ...]]
    deferred: int

    @property
    def calls(self) -> int:
        return sum(len(calls) for calls in self.lanes.values())

    @classmethod
    def of(cls, folder: Path) -> "Contents":
        call = "source.name, kind, lane, receivedAt, messageId, traceId, body"
        lanes: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        database = sqlite3.connect(f"file:{folder}/spool.sqlite?mode=ro", uri=True)
        try:
            def rows(columns: str, table: str) -> list[tuple[Any, ...]]:
                return database.execute(
                    f"SELECT {columns} FROM {table} AS record JOIN ledger AS source ON source.id = record.source"
                    " ORDER BY record.id").fetchall()

            deferred = rows(call, "deferred")
            for row in deferred + rows(call, "calls"):
                lanes[row[2]].append(row)
            return cls(
                lanes=dict(lanes),
                dead=rows(f"{call}, attempts, diedAt, code, status, message, answer", "dead"),
                rejected=rows("source.name, receivedAt, code, message, messageId, traceId, rawBytes, raw", "rejected"),
                deferred=len(deferred))
        finally:
            database.close()


class Mover:
    """Runs the command in one direction after the other; both sides are known by one configuration."""

    def __init__(self, stack: Stack, address: str, folder: Path) -> None:
        self.address = address
        configuration = yaml.safe_load((stack.state / "hydra-gateway.yaml").read_text())
        # The command gives the address; what else is said below `spool` is meant for it.
        configuration["spool"].update(partitions=PARTITIONS, replicas=1, requireSync=False)
        self.spool = Path(configuration["spool"]["directory"])
        self.configuration = folder / "move.yaml"
        self.configuration.write_text(yaml.safe_dump(configuration, sort_keys=False))
        self.configuration.chmod(0o600)
        served = yaml.safe_load(self.configuration.read_text())
        served["spool"]["url"] = address
        self.in_nats = folder / "in-nats.yaml"
        self.in_nats.write_text(yaml.safe_dump(served, sort_keys=False))
        self.in_nats.chmod(0o600)
        self.killed = 0
        self.half_done = 0

    def start(self, way: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(GATEWAY), "spool", "move", way, self.address, "--config", str(self.configuration)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def status(self) -> dict[str, Any]:
        """Of the spool in JetStream."""
        done = subprocess.run([str(GATEWAY), "status", "--json", "--config", str(self.in_nats)], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["spool"]

    def left(self) -> int:
        """How many calls and dead letters are still in the files."""
        database = sqlite3.connect(f"file:{self.spool}/spool.sqlite?mode=ro", uri=True, timeout=10)
        try:
            return sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                       for table in ("calls", "deferred", "dead"))
        finally:
            database.close()

    def move(self, way: str, dice: random.Random, total: int) -> str:
        """Moves all; the first runs are killed at an arbitrary moment after a part has gone over."""
        for kill in range(KILLS):
            before = self.left()
            process = self.start(way)
            # The right to deliver of a process that was killed has to end first.
            wait_for(lambda: process.poll() is not None or abs(self.left() - before) > total // (KILLS * 6),
                     "a part moved", timeout=60, interval=0.005)
            time.sleep(dice.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            output, complaint = process.communicate(timeout=30)
            if process.returncode != -signal.SIGKILL:
                assert process.returncode == 0, f"{output}{complaint}"
                assert kill > 0, "it was done before the first kill"
                return output
            self.killed += 1
            self.half_done += 0 < self.left() < total
        process = self.start(way)
        output, complaint = process.communicate(timeout=240)
        assert process.returncode == 0, f"{output}{complaint}"
        return output


def fill(stack: Stack, scripted: ScriptedHydra) -> Load:
    """Leaves calls that wait, some for another try, dead letters and rejected events; the gateways are stopped then."""
    def answer(call: dict[str, Any]) -> Answer:
        if call.get("event") == "Refused":
            return 400, {}, {"code": "invalid_call", "message": "not this one"}
        if str(call.get("userId")).startswith("slow"):
            return 500, {}, {"code": "down", "message": "later"}
        return accept(call)

    scripted.answer = answer
    for number in range(7):
        reply = stack.post("/v1/track", {"userId": f"dead-{number}", "event": "Refused", "messageId": f"dead-{number}"})
        assert reply.status == 200, reply.body
        # Nobody did it: rejected, and kept.
        stack.post("/v1/batch", {"batch": [{"type": "track", "event": "E", "messageId": f"bad-{number}"}]})
    wait_for(lambda: stack.status()["spool"]["dead"] == 7, "dead letters")
    slow = Load(stack, clients=2, users=5, batch=5, prefix="slow")
    slow.start()
    slow.passes(200)
    wait_for(lambda: stack.status()["spool"]["deferred"] >= 100, "calls that wait for another try", timeout=60)
    slow.stop()
    # Each load has users of its own; what is acknowledged is judged together.
    load = Load(stack, clients=4, users=25, batch=50, prefix="fresh", acknowledged=slow.acknowledged)
    scripted.down()
    load.start()
    load.passes(CALLS, timeout=180)
    load.stop()
    stack.down()
    return load


def test_there_and_back_with_kills(relay: Stack, scripted: ScriptedHydra, nats: str, tmp_path: Path) -> None:
    load = fill(relay, scripted)
    mover = Mover(relay, nats, tmp_path)
    before = Contents.of(mover.spool)
    assert before.calls >= CALLS and before.deferred >= 100
    assert len(before.dead) == 7 and len(before.rejected) == 7
    total = before.calls + len(before.dead)

    dice = random.Random(23)
    there = mover.move("--to", dice, total)
    assert f"to {nats}" in there
    assert mover.left() == 0
    status = mover.status()
    assert (status["depth"], status["dead"], status["rejected"]) == (before.calls, 7, 7)

    back = mover.move("--from", dice, total)
    assert f"from {nats}" in back
    status = mover.status()
    assert (status["depth"], status["dead"]) == (0, 0)
    after = Contents.of(mover.spool)
    print(f"{before.calls} calls ({before.deferred} deferred), kills {mover.killed}, {mover.half_done} of them half-way")
    assert mover.half_done >= 1, "no kill met a half-done move"
    assert after.lanes.keys() == before.lanes.keys()
    for lane, calls in before.lanes.items():
        assert after.lanes[lane] == calls
    assert sorted(after.dead) == sorted(before.dead)
    # Of what a kill cut off they may come twice: they are not calls, and have no key.
    assert {row[4] for row in after.rejected} == {row[4] for row in before.rejected}
    assert after.deferred == 0

    # And all of it is delivered: nothing lost, nothing twice, each user's in order.
    scripted.answer = accept
    scripted.up()
    relay.up()
    assert relay.status()["spool"]["dead"] == 7
    relay.command("dead", "replay", "--all")
    scripted.wait_taken(before.calls, timeout=180)
    settle("spool moved to JetStream and back", mover.killed, relay, scripted, load.acknowledged)
    taken = [record["call"]["messageId"] for record in scripted.taken]
    assert sorted(each for each in taken if each.startswith("dead-")) == [f"dead-{number}" for number in range(7)]
