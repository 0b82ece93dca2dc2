"""kill -9 under load, with the oracle: every acknowledged event arrives, none twice, each user's in order."""

import json
import os
import random

from support.faults import crash
from support.load import settle, under_load
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

KILLS = int(os.environ.get("KILLS", "60"))


def test_kills_of_responders_under_load_lose_nothing(relay: Stack, scripted: ScriptedHydra) -> None:
    dice = random.Random(7)
    with under_load(relay) as load:
        for _ in range(KILLS):
            load.passes(dice.randrange(5, 60))
            crash(relay, dice.choice(relay.pids()))
    settle("kill -9 of a responder", KILLS, relay, scripted, load.acknowledged)


def test_another_process_delivers_within_two_seconds_of_a_kill(relay: Stack, scripted: ScriptedHydra) -> None:
    def deliverer() -> int | None:
        status = relay.status()
        found = [each["pid"] for each in status["responders"] if each["delivering"]]
        return found[0] if len(found) == 1 else None

    first = wait_for(deliverer, "one delivering process")
    assert relay.post("/v1/track", {"userId": "a", "event": "E", "messageId": "one",
                                    "properties": {"n": 0}}).status == 200
    scripted.wait_taken(1)
    relay.kill(first)
    reply = wait_for(lambda: (r := relay.post("/v1/track", {"userId": "a", "event": "E", "messageId": "two",
                                                            "properties": {"n": 1}})).status == 200 and r, "an answer")
    assert json.loads(reply.body) == {"success": True}
    scripted.wait_taken(2, timeout=2)
    second = wait_for(deliverer, "the other process delivering", timeout=5)
    assert second != first
