"""SIGHUP, SIGTERM, SIGUSR1 on running responders."""

import signal

from support.load import under_load
from support.stack import Stack
from support.waiting import wait_for


def reload(stack: Stack) -> None:
    for pid in stack.pids():
        stack.kill(pid, signal.SIGHUP)


def lines(stack: Stack, action: str) -> list[dict]:
    return [line for line in stack.logs("gateway") if line.get("event.action") == action]


def test_a_new_source_works_after_sighup_without_a_failed_request(stack: Stack) -> None:
    with under_load(stack, clients=4) as load:
        load.passes(50)
        assert stack.post("/v1/track", {"userId": "n", "event": "E"}, key="new-write-key").status == 400

        def add(configuration: dict) -> None:
            configuration["sources"]["new"] = {**configuration["sources"]["demo"], "writeKey": "new-write-key"}

        stack.edit(add)
        reload(stack)
        wait_for(lambda: len(lines(stack, "reload")) >= 2, "both responders reloaded")
        for _ in range(10):
            assert stack.post("/v1/track", {"userId": "n", "event": "E"}, key="new-write-key").status == 200
        load.passes(50)
    assert load.acknowledged.failures == 0


def test_a_broken_file_keeps_the_old_settings_and_says_so_in_one_line(stack: Stack) -> None:
    path = stack.state / "hydra-gateway.yaml"
    right = path.read_text()
    path.write_text(right.replace("sources:", "sauces:"))
    reload(stack)
    wait_for(lambda: len(lines(stack, "reload")) >= 2, "both responders' answer to SIGHUP")
    failed = lines(stack, "reload")
    assert all(line["event.outcome"] == "failure" and line["log.level"] == "error" for line in failed)
    assert all("sauces" in line.get("error.message", "") + line["message"] for line in failed)
    assert stack.post("/v1/track", {"userId": "n", "event": "E"}).status == 200


def test_log_rotation_by_sigusr1_loses_no_line(stack: Stack) -> None:
    log = stack.state / "log" / "gateway.jsonl"
    assert stack.post("/v1/track", {"userId": "n", "event": "E"}).status == 200
    wait_for(lambda: log.exists() and log.stat().st_size > 0, "a first line")
    log.rename(log.with_suffix(".1"))
    for pid in stack.pids():
        stack.kill(pid, signal.SIGUSR1)
    wait_for(log.exists, "the new file")
    assert stack.post("/v1/track", {"userId": "n", "event": "E"}).status == 200
    wait_for(lambda: lines(stack, "intake"), "the line in the new file")


def test_sigterm_under_load_drops_nothing(stack: Stack) -> None:
    """nginx takes the other responder; what is in flight is answered."""
    with under_load(stack, clients=4) as load:
        load.passes(50)
        victim = stack.pids()[0]
        stack.kill(victim, signal.SIGTERM)
        wait_for(lambda: victim not in stack.pids(), "the responder's end", timeout=10)
        load.passes(50)
    assert load.acknowledged.failures == 0
