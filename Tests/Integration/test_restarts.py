"""Upgrades while events flow: one responder after the other, and nobody outside notices."""

import os
import signal

from support.load import settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

ROUNDS = int(os.environ.get("ROUNDS", "3"))


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
