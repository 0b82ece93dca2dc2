"""Upgrades while events flow: one responder after the other, and nobody outside notices."""

import os
import signal
import socket
import subprocess
import threading

from support.faults import socket_of
from support.load import settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

ROUNDS = int(os.environ.get("ROUNDS", "3"))
UPGRADES = int(os.environ.get("UPGRADES", "10"))


def test_a_rolling_restart_fails_no_request(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay, clients=8) as load:
        for _ in range(ROUNDS):
            for place in range(relay.responders):
                load.passes(30)
                victim = relay.pids()[place]
                command_line = relay.command_line(victim)
                relay.kill(victim, signal.SIGTERM)
                wait_for(lambda: relay.has_ended(victim), "the old process gone", timeout=12)
                relay.respawn(command_line)
                wait_for(lambda: len(relay.status()["responders"]) >= relay.responders
                         and len(relay.pids()) == relay.responders, "the new process")
                # Ready, not only there: the next one stops only when this one takes requests.
                wait_for(lambda: relay.request("GET", "/-/ready", key=None).status == 200, "readiness")
    figures = settle("rolling restart", ROUNDS * relay.responders, relay, scripted, load.acknowledged)
    assert figures.resent == 0, f"{figures.resent} requests failed"


def test_nginx_reloads_under_load(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay, clients=6) as load:
        for _ in range(3):
            load.passes(30)
            os.kill(int((relay.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)
        load.passes(30)
    figures = settle("nginx reload", 3, relay, scripted, load.acknowledged)
    # A client that sends just as a worker of nginx closes a kept connection has to send again: HTTP has no cure for that.
    assert figures.resent <= 6 * 3, figures


def test_a_reload_of_nginx_cuts_no_long_answer_off(stack: Stack) -> None:
    """nginx of Debian 12 does that to an answer that fills one of its buffers (see long-answers.conf)."""
    stopping, answers, broken = threading.Event(), [0, 0], []

    def ask(place: int, path: str, port: int, key: str | None) -> None:
        while not stopping.is_set():
            try:
                assert stack.request("GET", path, key=key, port=port).status == 200
                answers[place] += 1
            except ConnectionRefusedError:
                continue
            except Exception as error:  # noqa: BLE001 - whatever a client would see
                broken.append(f"{path}: {error!r}")

    pages = (("/-/live-events", stack.https, None), ("/v1/openapi.json", stack.hydra, stack.api_key))
    clients = [threading.Thread(target=ask, args=(place, *page)) for place, page in enumerate(pages) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        for _ in range(10):
            before = list(answers)
            os.kill(int((stack.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)
            wait_for(lambda before=before: all(now > then + 20 for now, then in zip(answers, before, strict=True)),
                     "answers going on", timeout=30)
    finally:
        stopping.set()
        for client in clients:
            client.join(30)
    assert broken == []


def test_an_upgrade_of_the_only_responder_by_an_inherited_socket_fails_no_request(
        relay: Stack, scripted: ScriptedHydra) -> None:
    """As systemd does it: the socket stays open in the supervisor, the old process is told to end, then the new begins."""
    relay.down()
    relay.responders = 1
    relay.up()
    (first,) = relay.pids()
    command_line = relay.command_line(first)
    place = socket_of(command_line)
    relay.kill(first, signal.SIGTERM)
    wait_for(lambda: relay.has_ended(first), "the responder of nginx/up gone", timeout=15)
    command_line[command_line.index("--listen") + 1] = "inherited"

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(1024)

        def start() -> int:
            # LISTEN_PID has to be the number of the process that runs the program.
            relay.respawned.append(subprocess.Popen(
                ["bash", "-c", f'exec 3<&{listener.fileno()}; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@"', *command_line],
                pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True))
            return relay.respawned[-1].pid

        running = start()
        wait_for(lambda: relay.request("GET", "/-/ready", key=None).status == 200, "readiness")
        with under_load(relay) as load:
            for _ in range(UPGRADES):
                load.passes(100)
                relay.kill(running, signal.SIGTERM)
                wait_for(lambda: relay.has_ended(running), "the old process gone", timeout=15, interval=0.002)
                running = start()
                load.passes(100)
        figures = settle("upgrade by an inherited socket", UPGRADES, relay, scripted, load.acknowledged)
    longest = max(client.longest for client in load.clients)
    print(f"the longest request took {longest:.2f} s")
    assert figures.resent == 0, f"{figures.resent} requests failed"
