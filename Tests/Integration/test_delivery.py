"""What happens when Hydra is away, refuses, or wants another key."""

import json
import subprocess
import time

from support.scripted_hydra import ScriptedHydra, accept
from support.stack import GATEWAY, Stack
from support.waiting import wait_for


def send(stack: Stack, user: str, number: int) -> None:
    reply = stack.post("/v1/track", {"userId": user, "event": "E", "messageId": f"{user}-{number}",
                                     "properties": {"n": number}})
    assert reply.status == 200, reply.body


def test_intake_goes_on_while_hydra_is_stopped_and_drains_in_order(relay: Stack, scripted: ScriptedHydra) -> None:
    port = scripted.port
    scripted.close()
    for number in range(20):
        for user in ("ann", "bob"):
            send(relay, user, number)
    status = relay.status()
    assert status["spool"]["depth"] == 40
    assert status["spool"]["oldestAgeSeconds"] >= 0
    text = relay.command("status").stdout
    assert "40" in text and "oldest" in text.lower()

    again = ScriptedHydra(port)
    try:
        again.wait_taken(40, timeout=90)
        assert again.repeats == 0
        for calls in again.by_user().values():
            assert [call["properties"]["n"] for call in calls] == list(range(20))
        relay.drained()
    finally:
        again.close()


def test_a_refused_call_becomes_a_dead_letter_that_one_command_replays(relay: Stack, scripted: ScriptedHydra) -> None:
    broken = {"on": True}

    def answer(call: dict) -> tuple:
        if broken["on"] and call["properties"]["n"] == 2:
            return 400, {}, {"code": "invalid_call", "message": "n must not be 2"}
        return accept(call)

    scripted.answer = answer
    for number in range(5):
        send(relay, "carl", number)
    scripted.wait_taken(4)
    letters = wait_for(lambda: json.loads(relay.command("dead", "list", "--json").stdout), "the dead letter")
    assert [letter["messageId"] for letter in letters] == ["carl-2"]
    shown = relay.command("dead", "show", str(letters[0]["id"])).stdout
    assert "n must not be 2" in shown and "400" in shown
    assert [call["properties"]["n"] for call in scripted.by_user()["carl"]] == [0, 1, 3, 4]

    broken["on"] = False
    relay.command("dead", "replay", "--all")
    scripted.wait_taken(5)
    wait_for(lambda: json.loads(relay.command("dead", "list", "--json").stdout) == [], "no dead letters")


def test_a_retried_call_holds_its_user_and_nobody_else(relay: Stack, scripted: ScriptedHydra) -> None:
    tries: dict[str, int] = {}

    def answer(call: dict) -> tuple:
        tries[call["messageId"]] = tries.get(call["messageId"], 0) + 1
        if call["userId"] == "slow" and call["properties"]["n"] == 0 and tries[call["messageId"]] < 3:
            return 500, {}, {"code": "down", "message": "try again"}
        return accept(call)

    scripted.answer = answer
    for number in range(5):
        send(relay, "slow", number)
        send(relay, "fast", number)
    scripted.wait_taken(10)
    assert [call["properties"]["n"] for call in scripted.by_user()["slow"]] == list(range(5))
    assert [call["properties"]["n"] for call in scripted.by_user()["fast"]] == list(range(5))
    keys = {record["key"] for record in scripted.calls if record["call"]["messageId"] == "slow-0"}
    assert keys == {"slow-0"}, "every try of a call carries the same Idempotency-Key"


def test_a_refused_key_pauses_and_resumes_by_itself(relay: Stack, scripted: ScriptedHydra) -> None:
    allowed = {"on": False}
    scripted.answer = lambda call: accept(call) if allowed["on"] else (401, {}, {"code": "unauthorized",
                                                                                 "message": "unknown API key"})
    for number in range(5):
        send(relay, "dora", number)
    wait_for(lambda: len(scripted.calls) >= 2, "a probe of the paused key", timeout=10)
    assert json.loads(relay.command("dead", "list", "--json").stdout) == []
    allowed["on"] = True
    scripted.wait_taken(5)
    assert [call["properties"]["n"] for call in scripted.by_user()["dora"]] == list(range(5))


def test_retry_after_is_obeyed(relay: Stack, scripted: ScriptedHydra) -> None:
    first: dict[str, float] = {}

    def answer(call: dict) -> tuple:
        if "at" not in first:
            first["at"] = time.monotonic()
            return 429, {"Retry-After": "2"}, {"code": "slow_down", "message": "later"}
        return accept(call)

    scripted.answer = answer
    send(relay, "eve", 0)
    taken = scripted.wait_taken(1)
    assert taken[0]["time"] - first["at"] >= 1.9


def test_batches_carry_many_calls_and_keep_each_users_order(relay: Stack, scripted: ScriptedHydra) -> None:
    relay.configure(lambda configuration: configuration["delivery"].update(batch=True))
    for start in range(0, 300, 50):
        batch = [{"type": "track", "userId": f"u{n % 10}", "event": "B", "messageId": f"b{n}", "properties": {"n": n}}
                 for n in range(start, start + 50)]
        assert relay.post("/v1/batch", {"batch": batch}).status == 200
    scripted.wait_taken(300)
    for calls in scripted.by_user().values():
        numbers = [call["properties"]["n"] for call in calls]
        assert numbers == sorted(numbers)
    relay.drained()
    assert scripted.repeats == 0, "the answers to a batch were understood"


def test_deliver_once_empties_the_spool_from_cron(relay: Stack, scripted: ScriptedHydra) -> None:
    relay.configure(lambda configuration: configuration["delivery"].update(enabled=False))
    for number in range(10):
        send(relay, "fred", number)
    assert scripted.calls == []
    done = subprocess.run([str(GATEWAY), "deliver", "--once", "--config", str(relay.state / "hydra-gateway.yaml")],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [call["properties"]["n"] for call in scripted.by_user()["fred"]] == list(range(10))
    assert relay.status()["spool"]["depth"] == 0
