"""Those who connect misbehave under load: nginx that restarts, peers that dawdle, ten thousand that stay."""

import resource
import re
import signal
import socket
import threading
from pathlib import Path

from support import faults, fastcgi
from support.load import Connection, settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

EVENT = b'{"userId":"kept","event":"E"}'


def test_nginx_restarts(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay) as load:
        for _ in range(6):
            load.passes(100)
            faults.restart_nginx(relay)
    settle("nginx restart", 6, relay, scripted, load.acknowledged)


def test_sigterm_of_a_responder(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay, batch=5) as load:
        for number in range(8):
            load.passes(200)
            faults.replace(relay, relay.pids()[number % 2], signal.SIGTERM)
    figures = settle("SIGTERM of a responder", 8, relay, scripted, load.acknowledged)
    assert figures.resent == 0, f"{figures.resent} requests failed"


def test_the_delivering_process_is_killed(relay: Stack, scripted: ScriptedHydra) -> None:
    killed = 0
    with under_load(relay) as load:
        for _ in range(10):
            load.passes(30)
            faults.crash(relay, wait_for(lambda: faults.deliverer(relay), "a delivering process"))
            killed += 1
    settle("kill -9 of the delivering process", killed, relay, scripted, load.acknowledged)


def test_slow_peers(relay: Stack, scripted: ScriptedHydra) -> None:
    """A hundred at each responder that send a byte at a time, and a hundred that never read their answers."""
    whole = fastcgi.request("POST", "/v1/track", {"HTTP_AUTHORIZATION": "Basic ZGVtby13cml0ZS1rZXk6"}, EVENT)
    places = [str(faults.socket_of(relay.command_line(pid))) for pid in relay.pids()]
    slow, deaf = [], []
    pids = relay.pids()
    try:
        for place in places:
            for _ in range(100):
                for kind in (slow, deaf):
                    connection = socket.socket(socket.AF_UNIX)
                    connection.settimeout(10)
                    connection.connect(place)
                    kind.append(connection)
        for connection in deaf:
            connection.sendall(whole)
        with under_load(relay) as load:
            sent = 0
            for at in range(len(whole) // 2):
                for connection in slow:
                    try:
                        connection.sendall(whole[at:at + 1])
                        sent += 1
                    except (BrokenPipeError, ConnectionResetError):
                        pass
            load.passes(500)
        assert sent > len(slow) * 20
        figures = settle("400 slow FastCGI peers", 1, relay, scripted, load.acknowledged)
        assert figures.resent == 0, figures
        longest = max(client.longest for client in load.clients)
        print(f"the longest request beside them took {longest:.2f} s")
        assert longest < 2, "they held the workers up"
        assert relay.pids() == pids
    finally:
        for connection in slow + deaf:
            connection.close()


def test_ten_thousand_kept_connections(relay: Stack, scripted: ScriptedHydra) -> None:
    """As many as this process and nginx may hold, each after one request; and load beside them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(10_000, hard - 1_000) // 8 * 8
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted + 1_000), hard))
    replace_in(relay.state / "nginx" / "nginx.conf", r"worker_connections \d+", "worker_connections 20000")
    replace_in(relay.state / "nginx" / "nginx.conf", r"worker_rlimit_nofile \d+", f"worker_rlimit_nofile {hard}")
    replace_in(relay.state / "nginx" / "site.conf", r"keepalive_timeout 75s", "keepalive_timeout 600s")
    faults.restart_nginx(relay)
    before = {pid: (faults.resident_bytes(pid), faults.descriptors(pid)) for pid in relay.pids()}
    connections: list[Connection] = []
    errors: list[BaseException] = []

    def open_some() -> None:
        try:
            for _ in range(wanted // 8):
                # Without TLS: thousands of handshakes are not what is tried here.
                connection = Connection(relay.http, None, "demo-write-key", timeout=60)
                connections.append(connection)
                status, _ = connection.post("/v1/track", EVENT)
                assert status == 200, status
        except BaseException as error:  # noqa: BLE001 - read below
            errors.append(error)

    threads = [threading.Thread(target=open_some, daemon=True) for _ in range(8)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        assert not errors, errors[:2]
        assert len(connections) == wanted
        with under_load(relay) as load:
            load.passes(1_000)
            # They are still there, and are answered.
            for connection in connections[::97]:
                assert connection.post("/v1/track", EVENT)[0] == 200
        figures = settle(f"{wanted} kept connections", 1, relay, scripted, load.acknowledged)
        assert figures.resent == 0, figures
        for pid, (memory, files) in before.items():
            more, more_files = faults.resident_bytes(pid) - memory, faults.descriptors(pid) - files
            print(f"{wanted} kept connections: responder {pid} has {more >> 20} MiB and {more_files} descriptors more")
            assert more < 100 << 20
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def replace_in(path: Path, pattern: str, text: str) -> None:
    old = path.read_text()
    new = re.sub(pattern, text, old)
    assert new != old, f"{pattern} is not in {path}"
    path.write_text(new)
