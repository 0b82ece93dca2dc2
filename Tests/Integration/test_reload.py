"""SIGHUP, SIGTERM, SIGUSR1 on running responders."""

import json
import os
import signal
import subprocess

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


def test_a_changed_key_file_is_read_again_without_a_signal(stack: Stack) -> None:
    """A key is replaced without a gap: both in the file for a while, then the old one is gone."""
    path = stack.state / "write-key"
    path.write_text("old-key\n")
    path.chmod(0o640)

    def from_file(configuration: dict) -> None:
        source = configuration["sources"]["demo"]
        source.pop("writeKey", None)
        source["writeKeyFile"] = str(path)

    stack.configure(from_file)

    def taken(key: str) -> bool:
        return stack.post("/v1/track", {"userId": "rotated", "event": "E"}, key=key).status == 200

    def replace(text: str) -> None:
        new = path.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o640)
        new.rename(path)

    assert taken("old-key") and not taken("new-key")
    replace("new-key\nold-key\n")
    wait_for(lambda: all(taken("new-key") for _ in range(4)), "the new key at all responders", timeout=30, interval=0.2)
    assert taken("old-key")
    replace("new-key\n")
    wait_for(lambda: not any(taken("old-key") for _ in range(4)), "the end of the old key", timeout=30, interval=0.2)
    assert taken("new-key")


def test_a_renewed_certificate_of_hydra_is_trusted_without_a_restart(stack: Stack) -> None:
    """Self-signed, in the place of the old one, as `hydra.caFile` names it."""
    tls = stack.state / "tls"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(tls / "new.key"),
         "-out", str(tls / "new.pem")], check=True, capture_output=True, timeout=30)
    (tls / "new.key").rename(tls / "key.pem")
    (tls / "new.pem").rename(tls / "certificate.pem")
    os.kill(int((stack.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)
    wait_for(lambda: stack.post("/v1/identify", {"userId": "renewed", "traits": {}}).status == 200, "a 200 with the new one")
    wait_for(lambda: stack.persons("userId=renewed"), "the person", timeout=60)


def test_rejected_events_are_shown_and_taken_again_when_they_are_right(stack: Stack) -> None:
    stack.configure(lambda configuration: configuration["limits"].update(identifierBytes=64))
    long_name = "u" * 100
    batch = {"batch": [{"type": "identify", "userId": "short", "traits": {}},
                       {"type": "identify", "userId": long_name, "traits": {"plan": "pro"}, "messageId": "too-long"},
                       {"type": "identify", "traits": {}, "messageId": "nobody"}]}
    assert stack.post("/v1/batch", batch).status == 200
    listed = wait_for(lambda: json.loads(stack.command("rejected", "list", "--json").stdout), "the rejected events")
    assert {one["messageId"]: one["code"] for one in listed} == {"too-long": "identifier_too_long",
                                                                 "nobody": "no_user_anon_id"}
    ids = {one["messageId"]: str(one["id"]) for one in listed}
    assert long_name in stack.command("rejected", "show", ids["too-long"]).stdout
    early = stack.command("rejected", "retry", ids["too-long"], check=False)
    assert early.returncode == 1 and "identifier_too_long" in early.stdout
    stack.edit(lambda configuration: configuration["limits"].update(identifierBytes=1024))
    late = stack.command("rejected", "retry", ids["too-long"], ids["nobody"], "999999", check=False)
    assert late.returncode == 1
    assert [line.partition(": ")[2].partition(":")[0] for line in late.stdout.splitlines()] == [
        "in the queue", "left as it is", "there is no rejected event of this id"]
    wait_for(lambda: stack.persons(f"userId={long_name}"), "the person", timeout=30)
