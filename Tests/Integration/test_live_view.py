"""The gateway's live view: every stage is seen on it, with and without scripts, and a dead letter is replayed by its form."""

import html
import http.client
import json
import os
import re
import signal
import ssl
from typing import Any
from urllib.parse import urlencode

from support.scripted_hydra import ScriptedHydra, accept
from support.stack import Reply, Stack
from support.waiting import wait_for

PAGE = "/-/live-events"


def ask(stack: Stack, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Reply:
    """By plain HTTP from this machine, following nothing, as a browser on it would ask."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.http, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def live(stack: Stack, query: str = "") -> dict[str, Any]:
    reply = ask(stack, "GET", f"{PAGE}?json{'&' + query if query else ''}")
    assert reply.status == 200, reply.body
    return reply.json


def page(stack: Stack, query: str = "") -> str:
    reply = ask(stack, "GET", f"{PAGE}{'?' + query if query else ''}")
    assert reply.status == 200, reply.body
    return reply.body.decode()


def stage(stack: Stack, message: str, name: str) -> dict[str, Any]:
    """The event once it is at this stage."""
    def reached() -> dict[str, Any] | None:
        found = live(stack, urlencode({"q": message, "stage": name}))["events"]
        return next((item for item in found if item["messageId"] == message), None)

    return wait_for(reached, f"{message} as {name}", timeout=30)


def send(stack: Stack, message: str, status: int = 200, **members: Any) -> None:
    body = {"userId": "person@example.com", "event": "E", "messageId": message, **members}
    path = "/v1/" + body.pop("path", "track")
    reply = stack.post(path, {key: value for key, value in body.items() if value is not None})
    assert reply.status == status, reply.body


def test_every_stage_is_on_the_page_and_nobody_is(relay: Stack, scripted: ScriptedHydra) -> None:
    tries: dict[str, int] = {}
    mended = {"dead": False}

    def answer(call: dict[str, Any]) -> tuple:
        message = call["messageId"]
        tries[message] = tries.get(message, 0) + 1
        if message == "dead" and not mended["dead"]:
            return 400, {}, {"code": "invalid_call", "message": "<b>person@example.com</b> is not welcome"}
        if message == "again" and tries[message] < 3:
            return 503, {}, {"code": "down", "message": "later"}
        if message == "stuck":
            return 503, {"Retry-After": "3600"}, {"code": "down", "message": "much later"}
        return accept(call)

    scripted.answer = answer
    send(relay, "good")
    scripted.wait_taken(1)
    send(relay, "good")
    send(relay, "nameless", status=400, event=None)
    send(relay, "off", integrations={"All": False})
    send(relay, "seen", path="page", event=None)
    send(relay, "again", userId="two")
    send(relay, "dead", userId="three")
    refused = relay.post("/v1/track", {"userId": "u", "event": "E"}, key="wrong-key")
    assert refused.status == 400

    good = stage(relay, "good", "delivered")
    assert good["way"][:2] == ["received", "queued"]
    assert re.fullmatch(r"delivered 200 after 1 attempt in .+", good["way"][2])
    stage(relay, "good", "duplicate")
    both = [item["stage"] for item in live(relay, "q=good")["events"] if item["messageId"] == "good"]
    assert sorted(both) == ["delivered", "duplicate"], "an event that came twice is shown twice, the second time as such"
    assert stage(relay, "nameless", "rejected")["reason"] == "event_not_defined"
    assert stage(relay, "off", "filtered")["reason"] == "integrations"
    assert stage(relay, "seen", "unsupported")["type"] == "page"
    assert stage(relay, "again", "delivered")["attempts"] == 3
    dead = stage(relay, "dead", "dead")
    assert (dead["reason"], dead["status"]) == ("invalid_call", 400)
    assert any(item["reason"] == "write_key_unknown" for item in live(relay, "stage=refused")["events"])

    def counted() -> dict[str, Any] | None:
        counts = {name: values["lastHour"] for name, values in live(relay)["stages"].items()}
        expected = {"received": 7, "queued": 3, "duplicate": 1, "rejected": 1, "filtered": 1, "unsupported": 1,
                    "delivered": 2, "retrying": 2, "dead": 1}
        return counts if all(counts[name] == count for name, count in expected.items()) else None

    wait_for(counted, "all counts over both responders", timeout=30)

    # The same without scripts.
    text = page(relay)
    for word in ("good", "nameless", "event_not_defined", "integrations", "invalid_call", "write_key_unknown",
                 "unsupported", "duplicate", scripted.url, "Refresh it"):
        assert word in text, word
    assert "person@example.com" not in text, "no personal data"
    assert "[hidden] is not welcome" in text, "a word with an @ is hidden with what surrounds it"
    assert f'href="#dead-{dead["deadLetter"]}"' in text
    assert "person@example.com" not in json.dumps(live(relay))

    # A button of the form.
    cookie = ask(relay, "GET", PAGE).headers["set-cookie"]
    assert "SameSite=Strict" in cookie and "HttpOnly" in cookie
    headers = {"Cookie": cookie.split(";")[0], "Content-Type": "application/x-www-form-urlencoded",
               "Origin": f"http://127.0.0.1:{relay.http}", "Sec-Fetch-Site": "same-origin"}
    form = ask(relay, "GET", PAGE, headers={"Cookie": headers["Cookie"]}).body.decode()
    token = html.unescape(re.search(r'name="token" value="([^"]+)"', form).group(1))
    button = f'id:{dead["deadLetter"]}'
    assert f'value="{button}"' in form
    fields = urlencode({"token": token, "what": button})
    for wrong in ({**headers, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
                  {**headers, "Cookie": "hydra_live=0"}):
        assert ask(relay, "POST", f"{PAGE}/replay", fields, wrong).status == 403
    mended["dead"] = True
    pressed = ask(relay, "POST", f"{PAGE}/replay", fields, headers)
    assert pressed.status == 303, pressed.body
    assert pressed.headers["location"] == f"{PAGE}?replayed=1#dead-title"
    assert "1 call was put back into the queue." in page(relay, "replayed=1")
    stage(relay, "dead", "delivered")
    assert live(relay)["deadLetters"]["count"] == 0

    # A call that cannot be delivered waits, and its destination says so.
    send(relay, "stuck", userId="four")
    stuck = stage(relay, "stuck", "retrying")
    assert stuck["retryAt"] is not None
    document = wait_for(lambda: (found := live(relay))["queue"]["deferred"] == 1 and found, "the call that waits")
    assert document["queue"]["depth"] == 1
    assert [destination["url"] for destination in document["destinations"]] == [scripted.url]
    assert "again at <time" in page(relay)


def test_it_shows_a_queue_that_grows_while_hydra_is_away(relay: Stack, scripted: ScriptedHydra) -> None:
    scripted.close()
    for number in range(12):
        send(relay, f"m{number}", userId=f"u{number}")

    def blocked() -> dict[str, Any] | None:
        document = live(relay)
        states = [destination["state"] for destination in document["destinations"]]
        return document if states == ["breaker_open"] else None

    document = wait_for(blocked, "the open breaker", timeout=30)
    assert document["queue"]["depth"] == 12
    assert document["queue"]["oldestAgeSeconds"] >= 0
    assert {item["stage"] for item in document["events"]} <= {"queued", "retrying"}
    text = page(relay)
    assert "breaker open" in text and "connect_refused" in text


def test_only_this_machine_sees_it(shared_stack: Stack) -> None:
    for path in (PAGE, f"{PAGE}.json", "/-/status"):
        reply = ask(shared_stack, "GET", path)
        assert reply.status == 200
        if not path.endswith(".json"):
            policy = reply.headers["content-security-policy"]
            assert "unsafe" not in policy and "default-src 'none'" in policy
            for asset in re.findall(r'(?:href|src)="(/-/assets/[^"]+)"', reply.body.decode()):
                file = ask(shared_stack, "GET", asset)
                assert file.status == 200 and "immutable" in file.headers["cache-control"], asset
    # nginx decides, by the address: on another one of this machine it listens only if it is told to.
    site = (shared_stack.state / "nginx" / "snippets" / "hydra-gateway" / "live-view.conf").read_text()
    lines = [line.strip() for line in site.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert lines.count("deny all;") == 2 and "satisfy any;" not in lines


def secure(stack: Stack, port: int, method: str, path: str, cookies: dict[str, str], body: str | None = None) -> Reply:
    """By TLS, with the cookies of one host, which do not care for ports."""
    context = ssl.create_default_context(cafile=stack.ca)
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    if body is not None:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://127.0.0.1:{port}"}
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0]
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def test_who_is_signed_in_to_hydra_may_watch(stack: Stack) -> None:
    snippet = stack.state / "nginx" / "snippets" / "hydra-gateway" / "live-view.conf"
    text = snippet.read_text().replace("#on ", "")
    # As for somebody who comes from elsewhere: being on this machine does not let in.
    snippet.write_text(re.sub(r"^ *allow [^;]*;\n", "", text, flags=re.M))
    os.kill(int((stack.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)
    cookies: dict[str, str] = {}
    wait_for(lambda: secure(stack, stack.https, "GET", PAGE, cookies).status == 401, "the door to be shut")
    refused = secure(stack, stack.https, "GET", PAGE, {"__Host-hydra": "x" * 52})
    assert refused.status == 401 and b"Sign in to Hydra" in refused.body

    form = secure(stack, stack.hydra, "GET", "/sign-in", cookies).body.decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    fields["password"] = (stack.state / "hydra-admin-password").read_text().strip()
    signed_in = secure(stack, stack.hydra, "POST", "/sign-in", cookies, urlencode(fields))
    assert signed_in.status == 303, signed_in.body

    stack.post("/v1/track", {"messageId": "seen", "userId": "u", "event": "E"})
    shown = secure(stack, stack.https, "GET", PAGE, cookies)
    assert shown.status == 200 and b"Live events" in shown.body
    asset = re.search(r'(?:href|src)="(/-/assets/[^"]+)"', shown.body.decode())
    assert asset and secure(stack, stack.https, "GET", asset[1], cookies).status == 200
    wait_for(lambda: b"seen" in secure(stack, stack.https, "GET", PAGE, cookies).body, "the event")
