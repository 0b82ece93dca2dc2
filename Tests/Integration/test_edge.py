"""Routes that browsers, phones, mails and Segment's own servers use, through nginx and TLS."""

import base64
import hashlib
import hmac
import itertools
import json

import pytest
from support.stack import Stack
from support.waiting import wait_for


def arrived(stack: Stack, user: str) -> dict:
    person = wait_for(lambda: stack.persons(f"userId={user}"), f"person {user}")[0]
    return wait_for(lambda: stack.events(person["id"]), f"an event of {user}")[-1]


@pytest.mark.parametrize("path", ["/v1/track", "/track", "/v1/v1/track", "/v1/track/", "/v1/t", "/t"])
def test_each_spelling_of_a_route_arrives(shared_stack: Stack, path: str) -> None:
    user = "path" + path.replace("/", "-")
    assert shared_stack.post(path, {"userId": user, "event": "Seen"}).status == 200
    assert arrived(shared_stack, user)["event"] == "Seen"


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import", "/v1/import/", "/v1/b", "/b", "/import"])
def test_each_spelling_of_a_batch_arrives(shared_stack: Stack, path: str) -> None:
    user = "batch" + path.replace("/", "-")
    body = {"writeKey": "demo-write-key", "batch": [{"type": "track", "userId": user, "event": "Seen"}]}
    assert shared_stack.post(path, body, key=None).status == 200
    assert arrived(shared_stack, user)["event"] == "Seen"


def test_an_upload_without_a_length_arrives(shared_stack: Stack) -> None:
    """Kotlin and Android send chunked bodies; nginx buffers them."""
    import http.client
    import ssl

    connection = http.client.HTTPSConnection("127.0.0.1", shared_stack.https, timeout=10,
                                             context=ssl.create_default_context(cafile=shared_stack.ca))
    body = json.dumps({"writeKey": "demo-write-key", "userId": "chunked", "event": "Seen"}).encode()
    connection.request("POST", "/v1/track", iter([body[:10], body[10:]]), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})
    assert connection.getresponse().status == 200
    assert arrived(shared_stack, "chunked")["event"] == "Seen"


def test_settings_lead_browser_and_mobile_sdks_here(shared_stack: Stack) -> None:
    for path in ("/v1/projects/demo-write-key/settings", "/projects/demo-write-key/settings"):
        reply = shared_stack.request("GET", path, key=None, headers={"Origin": "https://shop.example"})
        assert reply.status == 200
        assert reply.json["integrations"]["Segment.io"]["apiKey"] == "demo-write-key"
        assert reply.json["metrics"]["sampleRate"] == 0
        assert reply.headers["access-control-allow-origin"] in ("*", "https://shop.example")
    assert shared_stack.request("GET", "/v1/projects/unknown/settings", key=None).status in (400, 404)


def test_a_preflight_needs_no_key(shared_stack: Stack) -> None:
    reply = shared_stack.request("OPTIONS", "/v1/t", key=None, headers={
        "Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-retry-count"})
    assert reply.status in (200, 204)
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert "authorization" in reply.headers["access-control-allow-headers"].lower()
    assert "POST" in reply.headers["access-control-allow-methods"]


def test_scripts_may_read_errors_and_retry_headers(shared_stack: Stack) -> None:
    reply = shared_stack.post("/v1/t", b"{", headers={"Origin": "https://shop.example"})
    assert reply.status == 400
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert "Retry-After" in reply.headers["access-control-expose-headers"]


def test_a_pixel_is_always_an_image(shared_stack: Stack) -> None:
    data = base64.urlsafe_b64encode(json.dumps(
        {"writeKey": "demo-write-key", "userId": "mail", "event": "Opened"}).encode()).decode().rstrip("=")
    for query in (f"data={data}", "data=%%%broken", ""):
        reply = shared_stack.request("GET", f"/v1/pixel/track?{query}", key=None)
        assert (reply.status, reply.headers["content-type"]) == (200, "image/gif")
        assert reply.body.startswith(b"GIF89a") and "no-store" in reply.headers["cache-control"]
    assert arrived(shared_stack, "mail")["event"] == "Opened"


def test_jsonp_wraps_its_reply_and_refuses_a_hostile_name(shared_stack: Stack) -> None:
    data = base64.urlsafe_b64encode(json.dumps(
        {"writeKey": "demo-write-key", "userId": "jsonp", "event": "Clicked"}).encode()).decode()
    reply = shared_stack.request("GET", f"/v1/t?data={data}&callback=cb_1", key=None)
    assert reply.status == 200 and b"cb_1(" in reply.body
    hostile = shared_stack.request("GET", f"/v1/t?data={data}&callback=alert(1)//", key=None)
    assert b"alert" not in hostile.body
    assert arrived(shared_stack, "jsonp")["event"] == "Clicked"


def test_segments_servers_use_the_partner_form_with_hydras_key(shared_stack: Stack) -> None:
    event = {"type": "track", "userId": "partner", "event": "Forwarded", "messageId": "p-1"}
    assert shared_stack.post("/v1/partner/demo", event, key=shared_stack.api_key).status == 200
    assert shared_stack.post("/v1/partner/demo", event, key="wrong").status == 401
    assert shared_stack.post("/v1/partner/demo", b"{", key=shared_stack.api_key).status == 400
    assert shared_stack.post("/v1/partner/demo", {"type": "page", "userId": "partner"},
                             key=shared_stack.api_key).status == 501
    assert arrived(shared_stack, "partner")["event"] == "Forwarded"


def test_a_webhook_needs_its_signature_over_the_raw_bytes(stack: Stack) -> None:
    stack.configure(lambda configuration: configuration["sources"]["demo"].update(webhookSecret="shared-secret"))

    def signed(body: bytes, part: bytes | None = None) -> dict[str, str]:
        return {"X-Signature": hmac.new(b"shared-secret", part if part is not None else body, hashlib.sha1).hexdigest()}

    single = b'{"type":"track","userId":"hook","event":"Signed","properties":{"price":1.00}}'
    assert stack.post("/v1/webhook/demo", single, headers=signed(single), key=None).status == 200
    assert stack.post("/v1/webhook/demo", single, key=None).status == 401
    assert stack.post("/v1/webhook/demo", single + b" ", headers=signed(single), key=None).status == 401
    array = b"[" + single + b', {"type":"track","userId":"hook","event":"Second"}]'
    assert stack.post("/v1/webhook/demo", array, headers=signed(array, single), key=None).status == 200
    person = wait_for(lambda: stack.persons("userId=hook"), "the person")[0]
    wait_for(lambda: len(stack.events(person["id"])) == 3, "three events")


def test_wrong_routes_and_methods_are_told_so_in_json(shared_stack: Stack) -> None:
    for path in ("/v1/nothing", "/v2/track", "//v1/track", "/V1/TRACK"):
        reply = shared_stack.post(path, {})
        assert reply.status == 404 and reply.json["success"] is False
    reply = shared_stack.request("GET", "/v1/track", key=None)
    assert reply.status == 405 and "POST" in reply.headers["allow"] and reply.json["success"] is False


def test_repeats_are_answered_200_and_relayed_once(shared_stack: Stack) -> None:
    event = {"userId": "again", "event": "Once", "messageId": "again-1"}
    for _ in range(3):
        assert shared_stack.post("/v1/track", event).status == 200
    shared_stack.drained()
    person = shared_stack.persons("userId=again")[0]
    assert len(shared_stack.events(person["id"])) == 1


def test_health_metrics_and_status_answer_for_all_responders(shared_stack: Stack) -> None:
    assert shared_stack.request("GET", "/-/live", key=None).status == 200
    assert shared_stack.request("GET", "/-/ready", key=None).status == 200
    assert shared_stack.post("/v1/track", {"userId": "m", "event": "E"}).status == 200
    metrics = wait_for(lambda: (text := shared_stack.request("GET", "/-/metrics", key=None).body.decode())
                       and text.count("responder=") > 1 and text, "metrics of both responders")
    names = {line.split('responder="')[1].split('"')[0] for line in metrics.splitlines() if 'responder="' in line}
    assert len(names) == 2, names
    page = shared_stack.request("GET", "/-/status", key=None)
    assert page.headers["content-type"].startswith("text/html")
    status = shared_stack.request("GET", "/-/status?json", key=None).json
    assert status["spool"]["depth"] >= 0 and len(status["responders"]) == 2
    assert "demo" in {source["name"] for source in status["sources"]}


def test_limits_of_nginx_answer_429_with_retry_after(stack: Stack) -> None:
    """The site's limits are far above what a test client can send: the same rules, with a lower rate."""
    stack.limit_rate("5r/s")

    def limited() -> object:
        reply = stack.request("GET", "/v1/nothing", key="flooding-key", headers={"Origin": "https://shop.example"})
        return reply if reply.status == 429 else None

    reply = wait_for(limited, "the rate limit", interval=0.001)
    # A key of its own for each request does not help: the address is limited too.
    keys = itertools.count()
    wait_for(lambda: stack.request("GET", "/v1/nothing", key=f"made-up-{next(keys)}").status == 429,
             "the address' rate limit", interval=0.001)
    assert 0 < int(reply.headers["retry-after"]) <= 300
    assert reply.headers["x-ratelimit-reset"] == reply.headers["retry-after"]
    assert reply.headers["access-control-allow-origin"] == "https://shop.example"
    assert reply.json["success"] is False and reply.json["code"] and reply.json["message"]
