"""The two calls of Hydra's specification, from curl to the person, and one trace id through all logs."""

import json
import subprocess

from support.stack import Stack, trace_id
from support.waiting import wait_for

IDENTIFY = {
    "type": "identify", "userId": "userId123",
    "traits": {"email": "john.doe@example.com", "firstName": "John", "lastName": "Doe", "title": "VP of Happiness"},
}
TRACK = {
    "type": "track", "userId": "userId123", "event": "Device deploy started",
    "properties": {"feature": "Device management", "eventFlag": "Positive"},
}


def curl(stack: Stack, path: str, body: dict) -> tuple[int, str]:
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--cacert", stack.ca, "--user", "demo-write-key:",
         "--json", json.dumps(body), "--dump-header", "-", f"https://127.0.0.1:{stack.https}{path}"],
        capture_output=True, text=True, timeout=20, check=True)
    head, _, text = done.stdout.partition("\n\n")  # curl's line ends were made one
    status = int(head.split()[1])
    assert json.loads(text) == {"success": True}
    identifier = [line.split(": ")[1] for line in head.splitlines() if line.lower().startswith("x-request-id")]
    return status, identifier[0]


def test_both_calls_reach_the_person_within_two_seconds(shared_stack: Stack) -> None:
    first, first_trace = curl(shared_stack, "/v1/identify", IDENTIFY)
    second, second_trace = curl(shared_stack, "/v1/track", TRACK)
    assert (first, second) == (200, 200)

    person = wait_for(lambda: shared_stack.persons("userId=userId123"), "the person", timeout=2)[0]
    assert person["email"] == "john.doe@example.com"
    assert person["traits"]["title"] == "VP of Happiness"
    assert "John" in person["name"] and "Doe" in person["name"]
    assert person["company"]["domain"] == "example.com"
    event = wait_for(lambda: shared_stack.events(person["id"]), "the event", timeout=2)[0]
    assert event["event"] == "Device deploy started"
    assert event["feature"] == "Device management"
    assert event["eventFlag"] == "positive"

    for trace in (first_trace, second_trace):
        for log in ("nginx-access", "gateway", "hydra"):
            wait_for(lambda: any(line.get("trace.id") == trace for line in shared_stack.logs(log)),
                     f"trace {trace} in {log}", timeout=5)


def test_no_log_holds_a_trait_a_key_or_an_address(shared_stack: Stack) -> None:
    reply = shared_stack.post("/v1/batch", {"writeKey": "demo-write-key", "batch": [
        {"type": "identify", "userId": "secret-free", "traits": {"email": "jane.roe@example.org", "phone": "555-0199"},
         "context": {"ip": "203.0.113.77"}}]}, key=None)
    assert reply.status == 200
    wait_for(lambda: shared_stack.persons("userId=secret-free"), "the person", timeout=5)
    settings = shared_stack.request("GET", "/v1/projects/demo-write-key/settings", key=None)
    assert settings.status == 200
    shared_stack.request("GET", "/v1/pixel/track?writeKey=demo-write-key&userId=u&event=Opened", key=None)
    trace = trace_id(settings)
    wait_for(lambda: any(line.get("trace.id") == trace for line in shared_stack.logs("nginx-access")), "the request")
    text = shared_stack.log_text()
    for secret in ("jane.roe", "john.doe", "555-0199", "203.0.113", "demo-write-key", shared_stack.api_key,
                   "VP of Happiness", "Device management"):
        assert secret not in text, f"{secret!r} stands in a log"


def test_every_log_line_is_an_elastic_common_schema_document(shared_stack: Stack) -> None:
    assert shared_stack.post("/v1/track", TRACK).status == 200
    for log in ("nginx-access", "gateway", "hydra"):
        lines = wait_for(lambda: shared_stack.logs(log), f"lines in {log}")
        for line in lines:
            assert {"@timestamp", "log.level", "message", "ecs.version"} <= line.keys(), line
