"""kill -9 under load, with the oracle: every acknowledged event arrives, none twice, each user's in order."""

import json
import os
import random

from support.faults import crash, crash_hydra
from support.load import settle, under_load
from support.oracle import Arrivals, judge
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

KILLS = int(os.environ.get("KILLS", "60"))
HYDRA_KILLS = int(os.environ.get("HYDRA_KILLS", "20"))


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


def test_kills_of_the_embedded_hydra_lose_nothing(stack: Stack) -> None:
    """Hydra's own promise, too: what it answered 200 is in its database, and a repeat is recognised after its death."""
    stack.configure(lambda configuration: configuration.setdefault("delivery", {}).update(retryBase="50ms", retryCap="500ms"))
    dice = random.Random(3)
    with under_load(stack, clients=4, users=2, rate=200) as load:
        for _ in range(HYDRA_KILLS):
            load.passes(dice.randrange(5, 60))
            crash_hydra(stack)
    wait_for(lambda: stack.status()["spool"]["depth"] == 0, "an empty spool", timeout=150, interval=0.2)
    arrivals = Arrivals()
    for user in load.acknowledged.snapshot():
        (person,) = stack.persons(f"userId={user}")
        # By time, which is that of arrival at the gateway: the order of taking is in the log.
        for event in sorted(stack.events(person["id"]), key=lambda event: event["properties"]["n"]):
            arrivals.take(user, event["properties"]["n"], event["messageId"])
    # Hydra's list has each event once: a second one of the same number would have another id, or is a second row.
    assert arrivals.repeats == 0, "an event is there twice"
    taken: dict[str, int] = {}
    for line in stack.logs("hydra"):
        user, _, number = line.get("labels.message_id", "").rpartition("-")
        if line.get("labels.result") == "accepted" and user in load.acknowledged.counts:
            arrivals.disorder += int(number) < taken.get(user, -1)
            taken[user] = int(number)
        elif line.get("labels.result") == "duplicate":
            arrivals.repeats += 1
    assert taken, "the log names no call"
    figures = judge("kill -9 of the embedded Hydra", HYDRA_KILLS, load.acknowledged, arrivals, stack.status()["spool"]["dead"])
    assert figures.is_clean, figures
