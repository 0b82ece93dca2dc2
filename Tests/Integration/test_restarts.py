"""Upgrades while events flow: one responder after the other, and nobody outside notices."""

import os
import signal

from support.load import assert_oracle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

ROUNDS = int(os.environ.get("ROUNDS", "3"))


def test_a_rolling_restart_fails_no_request(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay, clients=8) as acknowledged:
        for _ in range(ROUNDS):
            for place in range(relay.responders):
                before = len(acknowledged.ids)
                wait_for(lambda: len(acknowledged.ids) > before + 30, "load going on", timeout=30)
                victim = relay.pids()[place]
                command_line = relay.command_line(victim)
                relay.kill(victim, signal.SIGTERM)
                wait_for(lambda: relay.has_ended(victim), "the old process gone", timeout=12)
                relay.respawn(command_line)
                wait_for(lambda: len(relay.status()["responders"]) >= relay.responders
                         and len(relay.pids()) == relay.responders, "the new process")
                # Ready, not only there: the next one stops only when this one takes requests.
                wait_for(lambda: relay.request("GET", "/-/ready", key=None).status == 200, "readiness")
    assert acknowledged.failures == 0, f"{acknowledged.failures} requests failed"
    scripted.wait_taken(len(acknowledged.ids), timeout=60)
    relay.drained()
    assert_oracle(acknowledged, scripted)
    print(f"{ROUNDS * relay.responders} restarts, {len(acknowledged.ids)} acknowledged, {scripted.repeats} raw repeats")


def test_nginx_reloads_under_load(relay: Stack, scripted: ScriptedHydra) -> None:
    with under_load(relay, clients=6) as acknowledged:
        for _ in range(3):
            before = len(acknowledged.ids)
            wait_for(lambda: len(acknowledged.ids) > before + 30, "load going on", timeout=30)
            os.kill(int((relay.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)
        before = len(acknowledged.ids)
        wait_for(lambda: len(acknowledged.ids) > before + 30, "load after the reloads", timeout=30)
    scripted.wait_taken(len(acknowledged.ids), timeout=60)
    relay.drained()
    assert_oracle(acknowledged, scripted)
    # A client that sends just as a worker of nginx closes a kept connection has to send again: HTTP has no cure for that.
    assert acknowledged.failures <= 6 * 3, acknowledged.failures
