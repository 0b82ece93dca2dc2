"""After Jepsen's report on NATS 2.12.1: servers lose power, with all that they had not synced, while others stand still.

What a majority acknowledged must be there whichever majority goes on. Needs root, for file systems of its own.
"""

import os
import random
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cluster import NODES, Cluster
from support.disk import Disk, DiskError
from support.load import settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.waiting import wait_for
from test_cluster import towards

LOSSES = int(os.environ.get("CLUSTER_POWER_LOSSES", "2"))


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[dict[int, Disk]]:
    """A disk for each server's store."""
    made: dict[int, Disk] = {}
    try:
        for number in NODES:
            made[number] = Disk(tmp_path / f"disk-{number}.img", tmp_path / "state" / "nats" / str(number) / "store")
    except DiskError as error:
        for disk in made.values():
            disk.close()
        pytest.skip(f"mounting is not permitted here: {error}")
    yield made
    for disk in made.values():
        disk.close()


@pytest.fixture
def cluster(tmp_path: Path, scripted: ScriptedHydra, disks: dict[int, Disk]) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path / "state")
    try:
        cluster.up()
        cluster.configure(towards(scripted))
        yield cluster
    finally:
        cluster.down()


def lose_power(cluster: Cluster, disks: dict[int, Disk], number: int) -> None:
    """Of one server; it starts again on what its disk has."""
    command_line = cluster.kill_node(number)
    disks[number].lose_power()
    cluster.start_node(command_line)


def minority_then_majority(cluster: Cluster, disks: dict[int, Disk], dice: random.Random, load: object) -> None:
    """Two acknowledge while the third stands still; one of the two loses power, and goes on with the third without the other."""
    leader = cluster.leader()
    second, third = dice.sample([number for number in NODES if number != leader], 2)
    cluster.freeze_node(third)
    try:
        load.passes(dice.randrange(300, 600), timeout=90)  # type: ignore[attr-defined]
        cluster.freeze_node(leader)
        try:
            lose_power(cluster, disks, second)
            cluster.thaw_node(third)
            # These two choose a leader and take calls; the one that has all of it is still away.
            load.passes(50, timeout=120)  # type: ignore[attr-defined]
        finally:
            cluster.thaw_node(leader)
    finally:
        cluster.thaw_node(third)
    cluster.is_healthy(timeout=120)


def test_one_loses_power_while_another_stands_still(cluster: Cluster, disks: dict[int, Disk], scripted: ScriptedHydra) -> None:
    dice = random.Random(7567)
    with under_load(cluster) as load:
        # What is delivered at once was never in danger.
        scripted.down()
        for _ in range(LOSSES):
            minority_then_majority(cluster, disks, dice, load)
        scripted.up()
        load.passes(100, timeout=60)
    settle("a server loses power, another stands still", LOSSES, cluster, scripted, load.acknowledged)


def test_all_lose_power_at_once(cluster: Cluster, disks: dict[int, Disk], scripted: ScriptedHydra) -> None:
    with under_load(cluster) as load:
        scripted.down()
        for _ in range(LOSSES):
            load.passes(300, timeout=60)
            command_lines = [cluster.kill_node(number) for number in NODES]
            for number in NODES:
                disks[number].lose_power()
            for command_line in command_lines:
                cluster.start_node(command_line)
            cluster.is_healthy(timeout=120)
        scripted.up()
        load.passes(100, timeout=60)
    settle("all servers lose power at once", LOSSES, cluster, scripted, load.acknowledged)


@pytest.mark.skipif("CLUSTER_POWER_LOSSES" not in os.environ, reason="the long form: set CLUSTER_POWER_LOSSES")
def test_without_syncing_the_same_loses_calls(cluster: Cluster, disks: dict[int, Disk], scripted: ScriptedHydra) -> None:
    """That the disks forget, and the oracle sees it: with NATS's own setting acknowledged calls are gone."""
    cluster.configure(lambda configuration: configuration["spool"].update(requireSync=False))
    for number in NODES:
        conf = cluster.state / "nats" / str(number) / "server.conf"
        conf.write_text(conf.read_text().replace("sync_interval: always, ", ""))
        cluster.start_node(cluster.kill_node(number, signal.SIGTERM))
        cluster.is_healthy()
    # Told within a look, and no reason to end what runs.
    wait_for(lambda: cluster.status()["spool"]["durability"] == "majority-memory", "the gateways seeing it", timeout=60)
    with under_load(cluster) as load:
        scripted.down()
        load.passes(300, timeout=60)
        command_lines = [cluster.kill_node(number) for number in NODES]
        for number in NODES:
            disks[number].lose_power()
        for command_line in command_lines:
            cluster.start_node(command_line)
        cluster.is_healthy(timeout=120)
        scripted.up()
        load.passes(100, timeout=60)
    with pytest.raises(AssertionError):
        settle("all servers lose power, not synced", 1, cluster, scripted, load.acknowledged)


def flip(path: Path, dice: random.Random) -> None:
    """One bit of a file, in its middle half."""
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data) // 4, len(data) * 3 // 4)
    data[at] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def test_a_flipped_bit_in_a_minority(tmp_path: Path, scripted: ScriptedHydra) -> None:
    """A follower's block files of all partitions have a bit turned while it is down: the others' copies count."""
    cluster = Cluster(tmp_path / "state")
    dice = random.Random(7549)
    try:
        cluster.up()
        cluster.configure(towards(scripted))
        with under_load(cluster) as load:
            scripted.down()
            load.passes(500, timeout=60)
            leader = cluster.leader()
            number = dice.choice([number for number in NODES if number != leader])
            command_line = cluster.kill_node(number)
            blocks = [path for path in (cluster.state / "nats" / str(number)).rglob("*.blk")
                      if re.search(r"_CALLS_\d+/msgs/", str(path)) and path.stat().st_size > 1000]
            assert blocks
            for path in blocks:
                flip(path, dice)
            cluster.start_node(command_line)
            load.passes(300, timeout=60)
            cluster.is_healthy(timeout=120)
            scripted.up()
            load.passes(100, timeout=60)
        settle(f"a flipped bit in each of {len(blocks)} files of a minority", 1, cluster, scripted, load.acknowledged)
    finally:
        cluster.down()
