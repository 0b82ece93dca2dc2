"""Gateways on a spool in three NATS servers: servers and gateways die under load, and the oracle asks what became of it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import faults
from support.cluster import NODES, Cluster, SpreadCluster
from support.fastcgi import track
from support.load import settle, under_load
from support.network import Network, NetworkError
from support.scripted_hydra import ScriptedHydra
from support.waiting import wait_for
from test_sdk import EVENTS, PROGRAM, USERS

# Of each kind; the long form (CLUSTER_KILLS=40) makes more than a hundred, and has all kinds.
KILLS = int(os.environ.get("CLUSTER_KILLS", "2"))
long_form = pytest.mark.skipif("CLUSTER_KILLS" not in os.environ, reason="the long form: set CLUSTER_KILLS")
PAUSE = float(os.environ.get("CLUSTER_PAUSE", "30"))
CUT = float(os.environ.get("CLUSTER_CUT", "20"))


def cuts() -> int:
    """A cut takes half a minute: fewer of them than of kills."""
    return max(2, KILLS // 8)


def towards(scripted: ScriptedHydra) -> Callable[[dict[str, Any]], None]:
    def change(configuration: dict[str, Any]) -> None:
        configuration["hydra"]["url"] = scripted.url
        configuration["hydra"].pop("caFile", None)
        configuration.setdefault("delivery", {}).update(retryBase="50ms", retryCap="500ms", probeInterval="1s")

    return change


@pytest.fixture
def cluster(tmp_path: Path, scripted: ScriptedHydra) -> Iterator[Cluster]:
    """Three servers and two gateways whose calls go to the scripted Hydra."""
    cluster = Cluster(tmp_path / "state")
    try:
        cluster.up()
        cluster.configure(towards(scripted))
        yield cluster
    finally:
        cluster.down()
    assert cluster.leftovers() == []


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Cluster]:
    """The same with the embedded Hydra."""
    cluster = Cluster(tmp_path / "state")
    try:
        cluster.up()
        yield cluster
    finally:
        cluster.down()
    assert cluster.leftovers() == []


@pytest.fixture
def network() -> Iterator[Network]:
    """Hosts for the servers. Skips where namespaces and links are not permitted."""
    try:
        network = Network(NODES)
    except NetworkError as error:
        pytest.skip(f"network namespaces are not permitted here: {error}")
    try:
        yield network
    finally:
        network.close()


@pytest.fixture
def spread(tmp_path: Path, scripted: ScriptedHydra, network: Network) -> Iterator[SpreadCluster]:
    """As `cluster`, with each server on a host of its own."""
    cluster = SpreadCluster(tmp_path / "state", network=network)
    try:
        cluster.up()
        cluster.configure(towards(scripted))
        cluster.spread()
        yield cluster
    finally:
        cluster.down()
    assert cluster.leftovers() == []


def refused(load: Any, count: int = 5, timeout: float = 60) -> None:
    """Senders are refused, and told when to come back."""
    before = sum(load.refusals.values())
    wait_for(lambda: sum(load.refusals.values()) >= before + count, "refusals", timeout, interval=0.05)
    assert all(wait is not None and 0 < int(wait) <= 300 for wait in load.refusals), load.refusals


@long_form
def test_kills_of_servers(cluster: Cluster, scripted: ScriptedHydra) -> None:
    dice = random.Random(11)
    with under_load(cluster) as load:
        for _ in range(KILLS):
            load.passes(dice.randrange(20, 200), timeout=60)
            cluster.crash_node(dice.choice(NODES))
            # A second one may only go when the first has all again: two of three are needed.
            cluster.is_healthy()
    settle("kill -9 of a NATS server", KILLS, cluster, scripted, load.acknowledged)


@long_form
def test_kills_of_the_leader(cluster: Cluster, scripted: ScriptedHydra) -> None:
    with under_load(cluster) as load:
        for _ in range(KILLS):
            load.passes(100, timeout=60)
            cluster.crash_node(cluster.leader())
            cluster.is_healthy()
            load.passes(100, timeout=60)
    settle("kill -9 of the NATS server that leads", KILLS, cluster, scripted, load.acknowledged)


@long_form
def test_kills_of_gateways(cluster: Cluster, scripted: ScriptedHydra) -> None:
    dice = random.Random(13)
    with under_load(cluster) as load:
        for _ in range(KILLS * 2):
            load.passes(dice.randrange(20, 200), timeout=60)
            faults.crash(cluster, dice.choice(cluster.pids()))
    settle("kill -9 of a gateway of two", KILLS * 2, cluster, scripted, load.acknowledged)
    assert sum(cluster.all_delivered().values()) == cluster.partitions()


@long_form
def test_kills_of_a_gateway_that_delivers_most(cluster: Cluster, scripted: ScriptedHydra) -> None:
    """Another gateway goes on with its partitions within seconds."""
    with under_load(cluster) as load:
        for _ in range(max(2, KILLS // 2)):
            load.passes(100, timeout=60)
            shares = cluster.all_delivered()
            busiest = max(shares, key=lambda name: shares[name])
            (pid,) = (each["pid"] for each in cluster.status()["responders"] if each["name"] == busiest)
            command_line = cluster.command_line(pid)
            cluster.kill(pid)
            started = time.monotonic()
            # Without a new one in its place: what waited for it is taken over.
            wait_for(lambda: cluster.shares().get(busiest) is None
                     and sum(cluster.shares().values()) == cluster.partitions(),
                     "the other gateway delivering everything", timeout=30, interval=0.1)
            assert time.monotonic() - started < 20
            wait_for(lambda: cluster.has_ended(pid), "the process gone")
            cluster.respawn(command_line)
            wait_for(lambda: faults.listens(faults.socket_of(command_line)), "the new gateway listening")
    settle("kill -9 of the gateway that delivers most", max(2, KILLS // 2), cluster, scripted, load.acknowledged)


def test_servers_and_gateways_at_random(cluster: Cluster, scripted: ScriptedHydra) -> None:
    dice = random.Random(17)
    with under_load(cluster) as load:
        for _ in range(KILLS):
            load.passes(dice.randrange(20, 100), timeout=60)
            command_line = cluster.kill_node(dice.choice(NODES))
            load.passes(dice.randrange(1, 20), timeout=60)
            faults.crash(cluster, dice.choice(cluster.pids()))
            cluster.start_node(command_line)
            cluster.is_healthy()
    settle("kill -9 of a server and a gateway together", KILLS, cluster, scripted, load.acknowledged)


@long_form
def test_a_server_that_stands_still(cluster: Cluster, scripted: ScriptedHydra) -> None:
    """SIGSTOP: its connections are open and say nothing. The leader is the worst of them."""
    with under_load(cluster) as load:
        load.passes(100, timeout=60)
        number = cluster.leader()
        cluster.freeze_node(number)
        try:
            load.goes_on(PAUSE)
        finally:
            cluster.thaw_node(number)
        cluster.is_healthy()
        load.passes(200, timeout=60)
    settle(f"SIGSTOP of the leading server for {PAUSE:.0f} s", 1, cluster, scripted, load.acknowledged)


@long_form
def test_a_server_is_cut_off_and_rejoins(spread: SpreadCluster, network: Network, scripted: ScriptedHydra) -> None:
    """No connection ends, for nobody says so: of every second time the server that leads most partitions."""
    dice = random.Random(23)
    with under_load(spread) as load:
        for turn in range(cuts()):
            load.passes(100, timeout=60)
            number = dice.choice(NODES) if turn % 2 else spread.leader()
            others = tuple(other for other in NODES if other != number)
            with network.cut(number):
                assert not network.reaches(number, others[0], spread.nats), "a host without its cable reaches another one"
                # The cut one may go on calling itself the leader; the others have chosen anew.
                wait_for(lambda: sum((led := spread.leads(others)).values()) and not led[number],
                         "the others leading everything", timeout=60)
                load.goes_on(CUT)
            spread.is_healthy()
            load.passes(200, timeout=60)
    settle(f"cable of a server pulled for {CUT:.0f} s", cuts(), spread, scripted, load.acknowledged)


@long_form
def test_a_server_that_clients_reach_is_cut_off_from_its_peers(
    spread: SpreadCluster, network: Network, scripted: ScriptedHydra
) -> None:
    """The worst of it: it goes on to take connections of gateways, and can have nothing acknowledged. They leave it."""
    with under_load(spread) as load:
        for _ in range(cuts()):
            load.passes(100, timeout=60)
            number = spread.leader()
            others = tuple(other for other in NODES if other != number)
            with network.apart(number):
                assert not network.reaches(number, others[0], spread.nats), "hosts that are apart reach each other"
                assert spread.ask_node(number, "/varz")["server_name"] == f"node-{number}"
                wait_for(lambda: sum((led := spread.leads(others)).values()) and not led[number],
                         "the others leading everything", timeout=60)
                for place in spread.sockets():
                    wait_for(lambda: track(place) or True, f"{place.name} taking calls by another server", timeout=60)
                load.goes_on(CUT)
            spread.is_healthy()
            load.passes(200, timeout=60)
    settle(f"leader apart from its peers for {CUT:.0f} s", cuts(), spread, scripted, load.acknowledged)


def test_two_of_three_servers_are_down(cluster: Cluster, scripted: ScriptedHydra) -> None:
    """No quorum: nothing is acknowledged, senders are told to wait; with the second server back it goes on by itself."""
    pids = cluster.pids()
    with under_load(cluster) as load:
        load.passes(200)
        lines = [cluster.kill_node(number) for number in (1, 2)]
        refused(load)
        # One more of each client: what was acknowledged just before has been told by then.
        load.refused(2)
        held = load.acknowledged.total
        refused(load, 20)
        assert load.acknowledged.total == held, "acknowledged without a quorum"
        cluster.start_node(lines[0])
        load.passes(200, timeout=90)
        cluster.start_node(lines[1])
        cluster.is_healthy()
        load.passes(200, timeout=60)
    settle("two of three servers down", 1, cluster, scripted, load.acknowledged)
    assert cluster.pids() == pids, "a gateway ended by itself"


@long_form
def test_all_servers_die_at_once(cluster: Cluster, scripted: ScriptedHydra) -> None:
    with under_load(cluster) as load:
        for _ in range(2):
            load.passes(200, timeout=60)
            lines = [cluster.kill_node(number) for number in NODES]
            refused(load)
            for line in lines:
                cluster.start_node(line)
            cluster.is_healthy()
            load.passes(200, timeout=90)
    settle("kill -9 of all three servers", 2, cluster, scripted, load.acknowledged)


@long_form
def test_a_rolling_restart(cluster: Cluster, scripted: ScriptedHydra) -> None:
    with under_load(cluster) as load:
        for number in NODES:
            load.passes(200, timeout=60)
            cluster.start_node(cluster.kill_node(number, signal.SIGTERM))
            cluster.is_healthy()
    settle("rolling restart of the servers", len(NODES), cluster, scripted, load.acknowledged)


@long_form
def test_hydra_is_away_while_everything_moves(cluster: Cluster, scripted: ScriptedHydra) -> None:
    """A backlog with deferred calls changes hands."""
    dice = random.Random(19)
    with under_load(cluster, rate=200) as load:
        load.passes(50)
        scripted.down()
        for _ in range(2):
            load.passes(100, timeout=60)
            faults.crash(cluster, dice.choice(cluster.pids()))
            cluster.crash_node(dice.choice(NODES))
            cluster.is_healthy()
        scripted.up()
        load.passes(100, timeout=60)
    settle("gateways and servers die while Hydra is away", 2, cluster, scripted, load.acknowledged, timeout=240)


def test_gateways_that_start_together_share_the_partitions(cluster: Cluster) -> None:
    shares = cluster.all_delivered()
    assert set(shares) == {"gateway-1", "gateway-2"}
    assert all(share > 0 for share in shares.values()), shares
    text = cluster.command("status").stdout
    assert "yes (" in text, text
    assert "delivered by" in text and "nobody" not in text, text
    partitions = cluster.status()["partitions"]
    assert [each["partition"] for each in partitions] == list(range(cluster.partitions()))
    assert len({each["owner"] for each in partitions}) == 2 and all(each["owner"] for each in partitions), partitions
    assert all(each["lag"] == 0 and each["leader"] and each["replicas"] == 3 for each in partitions), partitions


@long_form
def test_a_gateway_that_comes_a_minute_later_has_its_share(cluster: Cluster, scripted: ScriptedHydra) -> None:
    """Whoever delivers all gives half of it to one that starts, under load, and nothing is lost or out of order."""
    pid = cluster.pids()[-1]
    command_line = cluster.command_line(pid)
    cluster.kill(pid, signal.SIGTERM)
    wait_for(lambda: cluster.has_ended(pid), "the gateway gone")
    partitions = cluster.partitions()
    with under_load(cluster) as load:
        load.passes(100, timeout=60)
        wait_for(lambda: list(cluster.shares().values()) == [partitions], "one gateway delivering everything")
        time.sleep(60)
        assert list(cluster.shares().values()) == [partitions], "something was given back to nobody"
        cluster.respawn(command_line)
        started = time.monotonic()
        wait_for(lambda: sorted(cluster.shares().values()) == [partitions // 2] * 2, "both with half of it",
                 timeout=60, interval=0.1)
        took = time.monotonic() - started
        print(f"half of the partitions after {took:.1f} s")
        assert took < 30
        load.passes(100, timeout=60)
    settle("a gateway that starts a minute later", 1, cluster, scripted, load.acknowledged)


def test_the_sdks_three_thousand_events_while_a_server_and_a_gateway_die(embedded: Cluster) -> None:
    sender = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, f"https://127.0.0.1:{embedded.https}", "gzip", "cluster", str(USERS),
         str(EVENTS)],
        env={**os.environ, "REQUESTS_CA_BUNDLE": embedded.ca}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)
    try:
        wait_for(lambda: sum(each["accepted"] for each in embedded.status()["sources"]) > 200, "events on their way")
        line = embedded.kill_node(embedded.leader())
        pid = embedded.pids()[0]
        gateway = embedded.command_line(pid)
        embedded.kill(pid)
        output, _ = sender.communicate(timeout=180)
    finally:
        sender.kill()
    assert sender.returncode == 0, output
    wait_for(lambda: embedded.has_ended(pid), "the process gone")
    embedded.start_node(line)
    embedded.respawn(gateway)
    embedded.is_healthy()
    embedded.drained()
    for user in range(USERS):
        person = wait_for(lambda: embedded.persons(f"userId=cluster-{user}"), "the person")[0]
        numbers = [event["properties"]["n"] for event in embedded.events(person["id"])]
        assert sorted(numbers) == list(range(EVENTS))


def test_a_wrong_password_is_told_at_the_start(embedded: Cluster) -> None:
    secret = (embedded.state / "nats-password").read_text().strip()
    wrong = embedded.state / "wrong-password"
    wrong.write_text("not-the-password\n")
    wrong.chmod(0o600)
    other = embedded.state / "wrong.yaml"
    other.write_text((embedded.state / "hydra-gateway.yaml").read_text().replace(
        str(embedded.state / "nats-password"), str(wrong)))
    done = subprocess.run(
        [str(embedded.command_line(embedded.pids()[0])[0]), "serve", "--config", str(other), "--listen",
         f"unix:{embedded.state}/run/other.sock", "--name", "other"],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode != 0
    assert "nats://127.0.0.1" in done.stderr and "user" in done.stderr.lower(), done.stderr
    assert secret not in done.stderr and "not-the-password" not in done.stderr
    # Nor does anything else print it.
    assert secret not in embedded.log_text()


def test_a_directory_stays_what_it_was_made_as(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "state")
    try:
        cluster.up()
        cluster.down()
        cluster.options = []
        with pytest.raises(AssertionError, match="keeps its spool in NATS; start it with --cluster"):
            cluster.up()
    finally:
        cluster.down()
    assert cluster.leftovers() == []
