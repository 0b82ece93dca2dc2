"""What is planted in calls, keys and passwords is nowhere but where it belongs: the spool and Hydra's database."""

import json
import stat
from pathlib import Path
from typing import Any

from support.scripted_hydra import Answer, ScriptedHydra, accept
from support.stack import Stack
from support.waiting import wait_for

PLANTED = {
    "e-mail": "planted.person@secret-mail.example", "name": "Plantadora", "title": "Chief Planted Officer",
    "property": "planted-property-value", "feature": "Planted feature", "event": "Planted event",
    "user id": "planted-user-id", "anonymous id": "planted-anonymous-id", "company": "Plantedcorp", "ip": "203.0.113.77",
    "wrong write key": "planted-wrong-write-key", "wrong api key": "hk_plantedwrongapikey", "user agent": "PlantedAgent/7",
}


def everything_written(stack: Stack) -> dict[str, str]:
    """All text that the processes wrote or show, but the two databases."""
    written = {}
    for file in stack.state.rglob("*"):
        if file.is_file() and "sqlite" not in file.name:
            written[str(file.relative_to(stack.state))] = file.read_bytes().decode(errors="replace")
    for page in ("/-/status", "/-/status?json", "/-/metrics", "/-/live-events", "/-/live-events?json", "/-/ready"):
        written[page] = stack.request("GET", page, key=None).body.decode()
    written["status"] = stack.command("status").stdout + stack.command("status", "--json").stdout
    written["dead list"] = stack.command("dead", "list").stdout
    written["check"] = stack.command("check", check=False).stdout
    for pid in stack.pids() + stack.pids("hydra"):
        written[f"command line of {pid}"] = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        written[f"environment of {pid}"] = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    return written


def test_nothing_secret_or_personal_is_written_anywhere(relay: Stack, scripted: ScriptedHydra) -> None:
    stack = relay
    body: dict[str, Any] = {
        "userId": PLANTED["user id"], "anonymousId": PLANTED["anonymous id"], "event": PLANTED["event"],
        "traits": {"email": PLANTED["e-mail"], "firstName": PLANTED["name"], "title": PLANTED["title"],
                   "company": PLANTED["company"]},
        "properties": {"feature": PLANTED["feature"], "x": PLANTED["property"]},
        "context": {"ip": PLANTED["ip"], "userAgent": PLANTED["user agent"], "traits": {"email": PLANTED["e-mail"]}}}
    replies = []
    # Delivered, refused by Hydra, retried; rejected as events; broken; by wrong keys; in batches and pixels.
    tries: dict[str, int] = {}

    def answer(call: dict[str, Any]) -> Answer:
        tries[call["messageId"]] = tries.get(call["messageId"], 0) + 1
        if call["messageId"].endswith("identify"):
            return 422, {}, {"code": "traits_invalid", "message": "`traits` is not what it should be."}
        if call["messageId"].endswith("track") and tries[call["messageId"]] < 3:
            return 503, {}, {"code": "unavailable", "message": "later"}
        return accept(call)

    scripted.answer = answer
    for path in ("/v1/identify", "/v1/track", "/v1/page"):
        replies.append(stack.post(path, {**body, "messageId": f"planted-{path}"}))
    replies.append(stack.post("/v1/batch", {"batch": [
        {**body, "type": "track"}, {"type": "track", "event": 5, "properties": PLANTED}, {"type": "nonsense", **body}]}))
    text = json.dumps(body).encode()
    for broken in (text[:-1], text + b"}", b"[" * 300 + text, text.replace(b'"event"', b'"even\xff"')):
        replies.append(stack.post("/v1/track", broken))
    replies.append(stack.post("/v1/track", body, key=PLANTED["wrong write key"]))
    replies.append(stack.request("GET", f"/v1/pixel/track?data={PLANTED['e-mail']}", key=None))
    replies.append(stack.request("GET", f"/v1/projects/{PLANTED['wrong write key']}/settings", key=None))
    replies.append(stack.post("/v1/partner/demo", body, key=PLANTED["wrong api key"]))
    replies.append(stack.post("/v1/webhook/demo", body, headers={"X-Signature": PLANTED["wrong api key"]}))
    # Hydra itself, with all that it can be asked.
    for query in (f"email={PLANTED['e-mail']}", f"q={PLANTED['name']}", f"userId={PLANTED['user id']}"):
        replies.append(stack.request("GET", f"/v1/persons?{query}", key=PLANTED["wrong api key"], port=stack.hydra))
        assert stack.ask_hydra(f"/v1/persons?{query}").status == 200
    direct = stack.post("/v1/identify", {**body, "type": "identify", "messageId": "planted-direct"}, key=stack.api_key, port=stack.hydra)
    assert direct.status == 200, direct.body
    wait_for(lambda: stack.persons(f"userId={PLANTED['user id']}"), "the person")
    stack.ask_hydra(f"/v1/persons?email={PLANTED['e-mail']}&sort=nonsense")
    wait_for(lambda: tries.get("planted-/v1/track", 0) >= 3, "a call that is tried again")
    stack.drained()
    assert stack.status()["spool"]["dead"] >= 1, "and one that is dead"

    password = (stack.state / "hydra-admin-password").read_text().strip()
    secrets = {**PLANTED, "api key": stack.api_key, "write key": "demo-write-key", "password": password}
    allowed = {
        # Where they are kept on purpose, for their owner alone.
        ("api key", "hydra-api-key"), ("password", "hydra-admin-password"), ("write key", "hydra-gateway.yaml"),
        ("api key", "hydra-gateway.yaml")}
    found = []
    for place, written in everything_written(stack).items():
        for name, secret in secrets.items():
            if secret in written and (name, place) not in allowed:
                # A demo's write key stands on Hydra's command line, to fill the snippets in; it is in every web page too.
                if name == "write key" and "command line" in place:
                    continue
                at = written.index(secret)
                found.append(f"the {name} is in {place}: …{written[max(0, at - 60):at + len(secret) + 20]}…")
    assert found == []
    for reply in replies:
        for name in ("e-mail", "api key", "password", "property", "wrong write key", "wrong api key"):
            assert secrets[name].encode() not in reply.body, f"{name} comes back in {reply.body[:300]!r}"


def test_files_are_their_owners_alone(relay: Stack) -> None:
    relay.post("/v1/track", {"userId": "u", "event": "E"})
    relay.drained()
    loose = []
    for file in relay.state.rglob("*"):
        mode = file.lstat().st_mode
        is_public = file.name in ("certificate.pem",) or "nginx" in file.relative_to(relay.state).parts
        if file.is_symlink() or is_public or stat.S_ISSOCK(mode):
            continue
        if mode & 0o007:
            loose.append(f"{file.relative_to(relay.state)} is {stat.filemode(mode)}")
    assert relay.state.lstat().st_mode & 0o077 == 0 or loose == []
    for name in ("hydra-api-key", "hydra-admin-password", "tls/key.pem"):
        assert (relay.state / name).stat().st_mode & 0o077 == 0, name
    for name in ("spool/spool.sqlite", "hydra/hydra.sqlite"):
        assert (relay.state / name).stat().st_mode & 0o077 == 0, name
