"""nginx as it is shipped: what it lets through, what it refuses, and that nobody reaches behind it."""

import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from support.stack import ROOT, Reply, Stack
from support.waiting import wait_for

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@pytest.mark.parametrize("setup", ["the gateway with hydra", "its live view for the signed in", "hydra alone"])
def test_every_site_that_is_shipped_is_read_by_nginx(shared_stack: Stack, tmp_path: Path, setup: str) -> None:
    etc = tmp_path / "etc" / "nginx"
    snippets = etc / "snippets" / "hydra-gateway"
    shutil.copytree(ROOT / "nginx" / "snippets", snippets)
    # Where Debian has it, beside the main configuration.
    shutil.copy("/etc/nginx/fastcgi_params", etc / "fastcgi_params")
    if setup == "hydra alone":
        (etc / "site.conf").write_text("".join(
            f"include snippets/hydra-gateway/{name}.conf;\n" for name in ("maps", "log", "hydra-site")))
    else:
        shutil.copy(ROOT / "nginx" / "hydra-gateway.conf", etc / "site.conf")
    if "signed in" in setup:
        live = snippets / "live-view.conf"
        live.write_text(live.read_text().replace("#on ", ""))
    tls = Path(shared_stack.ca).parent
    for file in etc.rglob("*.conf"):
        file.write_text(file.read_text().replace("/etc/hydra-gateway/tls/", f"{tls}/")
                        .replace("/var/log/nginx/", f"{tmp_path}/").replace("listen [::]:", "listen [::1]:"))
    (etc / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid; error_log stderr; events {{}} http {{ access_log off; include site.conf; }}")
    done = subprocess.run(
        [NGINX, "-t", "-p", str(tmp_path), "-c", str(etc / "nginx.conf")], capture_output=True, text=True, timeout=30,
        check=False)
    # Only root may name the user that the workers run as.
    warnings = [line for line in done.stderr.splitlines() if "[warn]" in line and '"user" directive' not in line]
    assert done.returncode == 0 and not warnings, done.stderr


@pytest.mark.parametrize("port", ["https", "hydra"])
def test_old_protocols_and_weak_ciphers_are_refused(shared_stack: Stack, port: str) -> None:
    address = f"127.0.0.1:{getattr(shared_stack, port)}"

    def shake(*options: str) -> tuple[bool, str]:
        done = subprocess.run(
            ["openssl", "s_client", "-connect", address, "-CAfile", shared_stack.ca, *options], input="",
            capture_output=True, text=True, timeout=20, check=False)
        is_through = re.search(r"Cipher is (?!\(NONE\))\S+", done.stdout)
        return bool(is_through), done.stdout

    for options in (("-tls1_3",), ("-tls1_2",), ("-tls1_2", "-cipher", "ECDHE+AESGCM")):
        through, output = shake(*options)
        assert through, f"{options}: {output}"
        assert "Verification: OK" in output or "Verify return code: 0" in output
        # Forward secrecy: every key is agreed on anew.
        assert "Temp Key" in output or "TLSv1.3" in output
    # Level 0 lets this side speak what the other must refuse.
    for options in (
            ("-tls1", "-cipher", "ALL:@SECLEVEL=0"), ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            ("-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:@SECLEVEL=0"), ("-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"),
            ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"),
            ("-tls1_2", "-cipher", "aNULL:eNULL:@SECLEVEL=0")):
        through, output = shake(*options)
        assert not through, f"{options} came through: {output[-800:]}"


def test_http_2_works(shared_stack: Stack) -> None:
    done = subprocess.run(
        ["curl", "-sS", "--http2", "--cacert", shared_stack.ca, "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
         "-u", "demo-write-key:", "-H", "Content-Type: application/json", "-d",
         '{"userId":"h2","event":"E","messageId":"h2-1"}', f"https://127.0.0.1:{shared_stack.https}/v1/track"],
        capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "2 200"


def raw(stack: Stack, request: bytes, timeout: float = 15) -> bytes:
    """One connection to nginx: what comes back until it closes, or nothing more for a second after an answer."""
    context = ssl.create_default_context(cafile=stack.ca)
    with socket.create_connection(("127.0.0.1", stack.https), timeout=timeout) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            connection.sendall(request)
            data = b""
            try:
                while part := connection.recv(65536):
                    data += part
                    connection.settimeout(1)
            except TimeoutError:
                pass
            return data


BODY = b'{"userId":"smuggler","event":"E","messageId":"%s"}'


def track(name: str, *headers: bytes, key: bytes = b"Authorization: Basic ZGVtby13cml0ZS1rZXk6") -> bytes:
    body = BODY % name.encode()
    lines = [b"POST /v1/track HTTP/1.1", b"Host: 127.0.0.1", b"Connection: close", b"Content-Type: application/json",
             b"Content-Length: %d" % len(body), key, *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    match = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return int(match[1]) if match else 0


@pytest.mark.parametrize("header", [
    b"Remote-Addr: 6.6.6.6", b"REMOTE_ADDR: 6.6.6.6", b"X-Forwarded-For: 6.6.6.6", b"HTTPS: off",
    b"Script-Filename: /etc/passwd", b"FCGI_ROLE: AUTHORIZER", b"Fcgi-Role: AUTHORIZER", b"Request-Method: GET",
    b"REQUEST_URI: /-/status", b"Hydra-Gateway-Admit: 1", b"HYDRA_GATEWAY_ADMIT: 1", b"Proxy: http://6.6.6.6/",
    b"Content_Length: 0", b"X-Request-Id: ffffffffffffffffffffffffffffffff"])
def test_a_header_is_never_more_than_a_header(shared_stack: Stack, header: bytes) -> None:
    """FastCGI has one name space for what the server says and for what the client says; a prefix keeps them apart."""
    name = "smuggled-" + re.sub(rb"\W", b"-", header).decode()
    answer = raw(shared_stack, track(name, header))
    assert status(answer) == 200, answer[:400]
    found = wait_for(lambda: shared_stack.persons("userId=smuggler"), "the person", timeout=20)

    def event() -> dict | None:
        events = shared_stack.events(found[0]["id"])
        return next((one for one in events if one["messageId"] == name), None)

    assert wait_for(event, "the event")["event"] == "E"
    if b"Request-Id" in header:
        trace = re.search(rb"(?i)x-request-id: (\w+)", answer)
        assert trace and trace[1] != b"f" * 32, "the trace is ours to name"
    log = shared_stack.log_text()
    assert "6.6.6.6" not in log and "/etc/passwd" not in log


def test_what_only_an_administrator_may_ask_cannot_be_asked_by_tricks(shared_stack: Stack) -> None:
    for target in (b"/v1/../-/status", b"/%2d/status", b"//-/status", b"/-%2fstatus", b"/v1/%2e%2e/-/status",
                   b"http://127.0.0.1/-/nothing", b"/v1/track/../../-/metrics"):
        answer = raw(shared_stack, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        # From this machine the pages are there; through another spelling they must be the same, or nothing.
        assert status(answer) in (200, 400, 403, 404, 405), answer[:200]
        assert b"HYDRA_GATEWAY_ADMIT" not in answer


@pytest.mark.parametrize("request_line", [
    b"GET /v1/track HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nhello",
    b"POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /-/status HTTP/1.1\r\n\r\n",
    b"GET /v1/\x00track HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/track HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01" + b"\x00" * 100 + b"\r\n\r\n",
])
def test_requests_that_two_servers_could_read_differently_are_refused(shared_stack: Stack, request_line: bytes) -> None:
    answer = raw(shared_stack, request_line)
    assert status(answer) in (0, 400, 405, 413, 414, 431, 494), answer[:300]
    assert answer.count(b"HTTP/1.1 ") <= 1, "one request has one answer"
    assert shared_stack.request("GET", "/v1/projects/demo-write-key/settings", key=None).status == 200, "it goes on"


def test_slow_clients_are_let_go(shared_stack: Stack) -> None:
    """Each sends a byte now and then: after 10 s of waiting for the rest nginx is through with them."""
    context = ssl.create_default_context(cafile=shared_stack.ca)
    head = b"POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"
    connections = []
    for start in (head, head + b"\r\n{"):
        plain = socket.create_connection(("127.0.0.1", shared_stack.https), timeout=30)
        connection = context.wrap_socket(plain, server_hostname="127.0.0.1")
        connection.sendall(start)
        connections.append(connection)
    begin = time.monotonic()
    assert shared_stack.post("/v1/track", {"userId": "quick", "event": "E"}).status == 200, "others do not wait"
    for connection in connections:
        with connection:
            while connection.recv(4096):
                pass
    assert time.monotonic() - begin < 25


def test_too_many_requests_of_one_sender_at_once_are_told_to_come_again(shared_stack: Stack) -> None:
    """limit_conn as the site has it, by so many requests whose bodies have not come yet."""
    site = (ROOT / "nginx" / "hydra-gateway.conf").read_text()
    most = int(re.search(r"limit_conn hydra_open (\d+);", site)[1])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < most + 500:
        pytest.skip("too few descriptors here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most + 500), hard))
    head = (b"POST /v1/track HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ZGVtby13cml0ZS1rZXk6\r\n"
            b"Content-Type: application/json\r\nContent-Length: 40\r\n\r\n")
    event = {"userId": "crowd", "event": "E"}
    held: list[socket.socket] = []
    try:
        for _ in range(most):
            held.append(socket.create_connection(("127.0.0.1", shared_stack.http), timeout=20))
            held[-1].sendall(head)

        def limited() -> Reply | None:
            reply = shared_stack.post("/v1/track", event, headers={"Origin": "https://shop.example"})
            assert reply.status in (200, 429)
            return reply if reply.status == 429 else None

        reply = wait_for(limited, "the limit, once nginx has read all the heads", timeout=8)
        assert reply.json["success"] is False and reply.json["code"] == "too_many_requests"
        assert reply.json["message"] and reply.json["error"]
        assert reply.headers["content-type"] == "application/json"
        assert 0 < int(reply.headers["retry-after"]) <= 300
        assert reply.headers["x-ratelimit-reset"] == reply.headers["retry-after"]
        assert reply.headers["access-control-allow-origin"] == "https://shop.example"
        # Another sender is not held back: its key is wrong, which only the gateway can say.
        assert shared_stack.post("/v1/track", event, key="another").json["code"] == "write_key_unknown"
    finally:
        for connection in held:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    wait_for(lambda: shared_stack.post("/v1/track", event).status == 200, "the crowd gone")
    wait_for(lambda: any(
        line.get("labels.limited_open") == "REJECTED" for line in shared_stack.logs("nginx-access")), "a line that says it")


def test_a_responder_that_dies_with_a_request_costs_the_client_nothing(relay: Stack, scripted: object) -> None:
    """The other one answers: SDKs' calls may be sent to it again, since it knows them by their message id."""
    from threading import Thread

    answers: list[Reply] = []

    def send(number: int) -> None:
        for part in range(40):
            answers.append(relay.post("/v1/track", {"userId": f"u{number}", "event": "E", "messageId": f"{number}-{part}"}))

    threads = [Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answers) > 20, "load")
    victim = relay.pids()[0]
    command = relay.command_line(victim)
    relay.kill(victim)
    for thread in threads:
        thread.join()
    relay.respawn(command)
    assert len(answers) == 320
    # Both of a request's tries can meet the dead one while nginx still has its connections; that answer says when to come back.
    assert {answer.status for answer in answers} <= {200, 429}
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 429)
    assert sum(answer.status == 200 for answer in answers) >= 310
    os.stat(f"/proc/{relay.pids()[0]}")


PREFLIGHT = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization,content-type,x-retry-count"}


def is_granted(reply: Reply) -> bool:
    """What a browser asks of a preflight before it sends the POST (Fetch, section 4.8)."""
    names = {name.strip() for name in reply.headers.get("access-control-allow-headers", "").split(",")}
    return (200 <= reply.status <= 299
            and reply.headers.get("access-control-allow-origin") == PREFLIGHT["Origin"]
            and reply.headers.get("access-control-allow-credentials") == "true"
            and "POST" in reply.headers.get("access-control-allow-methods", "")
            and {"authorization", "content-type", "x-retry-count"} <= names)


def test_a_preflight_is_answered_whatever_the_post_will_be_told(relay: Stack) -> None:
    """Else a script sees "failed to fetch" where it could read a 429 and how long to wait."""
    event = {"userId": "u", "event": "E"}

    def asks(path: str = "/v1/t") -> Reply:
        return relay.request("OPTIONS", path, key=None, headers=PREFLIGHT)

    def told_to_wait(reply: Reply) -> bool:
        return (reply.status == 429 and 0 < int(reply.headers["retry-after"]) <= 300
                and reply.headers["access-control-allow-origin"] == PREFLIGHT["Origin"]
                and "Retry-After" in reply.headers["access-control-expose-headers"])

    assert all(is_granted(asks(path)) for path in ("/v1/t", "/v1/batch", "/v1/i", "/v1/partner/demo"))
    assert "access-control-allow-origin" not in relay.request("OPTIONS", "/v1/t", key=None).headers

    # No responder answers.
    commands = [relay.command_line(pid) for pid in relay.pids()]
    for pid in relay.pids():
        relay.kill(pid)
    assert told_to_wait(relay.post("/v1/t", event, headers={"Origin": PREFLIGHT["Origin"]}))
    reply = asks()
    assert is_granted(reply) and reply.status == 204 and not reply.body
    for command in commands:
        relay.respawn(command)
    wait_for(lambda: relay.post("/v1/t", event).status == 200, "the responders")

    # A limit refuses: one request in a second, and the second one at once.
    relay.limit_rate("1r/s")
    wait_for(lambda: told_to_wait(relay.post("/v1/t", event, headers={"Origin": PREFLIGHT["Origin"]})), "the limit")
    for _ in range(5):
        assert is_granted(asks())
    assert told_to_wait(relay.post("/v1/t", event, headers={"Origin": PREFLIGHT["Origin"]}))
