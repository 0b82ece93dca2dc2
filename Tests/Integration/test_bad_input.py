"""What strangers send, and what administrators get wrong."""

import gzip
import json
import os
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from support import fastcgi
from support.ports import free_ports
from support.stack import GATEWAY, Stack
from support.waiting import wait_for

EVENT = {"userId": "u", "event": "E"}


def assert_error(reply, code: str, status: int = 400) -> None:  # noqa: ANN001
    assert reply.status == status, reply.body
    body = reply.json
    assert body["success"] is False
    assert body["code"] == code
    assert isinstance(body["message"], str) and body["message"]
    assert isinstance(body["error"], str) and body["error"]


@pytest.mark.parametrize(("body", "code"), [
    (b"", "empty_body"),
    (b"{", "not_json"),
    (b"hello", "not_json"),
    (b'{"userId":"u","event":"\xff"}', "not_json"),
    (b"\x1f\x8b\x08garbage", "bad_gzip"),
    (json.dumps({**EVENT, "properties": {"x": "y" * 40_000}}).encode(), "body_too_large"),
    (gzip.compress(b" " * 50_000_000), "body_too_large"),
])
def test_a_bad_body_is_answered_400_with_code_and_message(shared_stack: Stack, body: bytes, code: str) -> None:
    assert_error(shared_stack.post("/v1/track", body), code)


def test_a_body_over_nginxs_limit_is_answered_in_the_same_form(shared_stack: Stack) -> None:
    assert_error(shared_stack.post("/v1/batch", b"x" * (20 << 20)), "body_too_large")


@pytest.mark.parametrize(("key", "code"), [
    ("nobody-knows-this", "write_key_unknown"),
    (None, "write_key_missing"),
    ("", "write_key_missing"),
])
def test_a_write_key_that_is_not_ours_is_answered_400(shared_stack: Stack, key: str | None, code: str) -> None:
    assert_error(shared_stack.post("/v1/track", EVENT, key=key), code)


def test_a_disabled_source_is_answered_400(stack: Stack) -> None:
    stack.configure(lambda configuration: configuration["sources"]["demo"].update(enabled=False))
    assert_error(stack.post("/v1/track", EVENT), "source_disabled")


def test_one_bad_event_does_not_cost_the_others(shared_stack: Stack) -> None:
    deep = "[" * 1000 + "]" * 1000
    batch = ('{"batch":[' + ",".join([
        '{"type":"track","userId":"survivor","event":"first"}',
        '{"type":"track","event":"nobody"}',
        f'{{"type":"track","userId":"survivor","event":"deep","properties":{{"d":{deep}}}}}',
        '{"type":"track","userId":"survivor","event":"large","properties":{"x":"' + "y" * 40_000 + '"}}',
        '"a string"',
        '{"type":"track","userId":"survivor","event":"last"}',
    ]) + "]}").encode()
    assert shared_stack.post("/v1/batch", batch).status == 200
    shared_stack.drained()
    person = shared_stack.persons("userId=survivor")[0]
    assert [event["event"] for event in shared_stack.events(person["id"])] == ["first", "last"]


def test_odd_header_bytes_harm_nobody(shared_stack: Stack) -> None:
    context = ssl.create_default_context(cafile=shared_stack.ca)
    for line in (b"Authorization: Basic \x00\x01\xff\r\n", b"X-Signature: " + b"\xfe" * 500 + b"\r\n",
                 b"Authorization: " + b"Basic " * 900 + b"\r\n", b"Origin: http://\x7f\"<script>\r\n"):
        with socket.create_connection(("127.0.0.1", shared_stack.https), timeout=10) as raw:
            with context.wrap_socket(raw, server_hostname="localhost") as connection:
                body = json.dumps(EVENT).encode()
                connection.sendall(b"POST /v1/track HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + line
                                   + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    assert shared_stack.post("/v1/track", EVENT).status == 200


def test_half_sent_records_and_garbage_on_the_socket_leave_it_serving(shared_stack: Stack) -> None:
    path = str(sorted(shared_stack.state.glob("**/gateway-*.sock"))[0])
    whole = fastcgi.request("POST", "/v1/track", {}, json.dumps({**EVENT, "writeKey": "demo-write-key"}).encode())
    pieces = [whole[:5], whole[:20], whole[:-12], b"GET / HTTP/1.1\r\n\r\n", os.urandom(4096),
              fastcgi.record(9, b"\x0e\x00FCGI_MAX_CONNS" * 8, request=0)]
    for piece in pieces:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(path)
            connection.sendall(piece)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(path)
        connection.sendall(whole)
        assert b"Status: 200" in fastcgi.answer(connection)


def write_configuration(folder: Path, **changes: object) -> Path:
    import yaml

    configuration = {
        "listen": [f"unix:{folder}/gateway.sock"],
        "spool": {"directory": str(folder / "spool")},
        "hydra": {"url": "http://127.0.0.1:9"},
        "log": {"file": "-"},
        "sources": {"demo": {"writeKey": "demo-write-key", "apiKey": "secret-api-key"}},
    }
    configuration.update(changes)
    path = folder / "hydra-gateway.yaml"
    path.write_text(yaml.safe_dump(configuration, sort_keys=False))
    path.chmod(0o600)
    return path


def serve(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(GATEWAY), "serve", "--config", str(path)], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL)


def test_check_names_all_five_mistakes_by_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "hydra-gateway.yaml"
    path.write_text("""\
listen: [unix:/run/hydra-gateway.sock]
workerz: 4
spool:
  directory: /var/spool/hydra-gateway
  maximumBytes: lots
hydra:
  url: not a url
delivery:
  retryFor: 72 parsecs
sources:
  web:
    writeKey: k1
    apiKey: a1
    ipPolicy: hide
""")
    done = subprocess.run([str(GATEWAY), "check", "--config", str(path)], capture_output=True, text=True, timeout=30)
    assert done.returncode != 0
    lines = [line for line in (done.stdout + done.stderr).splitlines() if f"{path}:" in line or "hydra-gateway.yaml:" in line]
    assert len(lines) == 5, done.stdout + done.stderr
    for number, key, line in zip((2, 5, 7, 9, 14), ("workerz", "spool.maximumBytes", "hydra.url", "delivery.retryFor",
                                                    "sources.web.ipPolicy"), lines, strict=True):
        assert f":{number}:" in line and key in line


def test_a_missing_file_named_by_the_configuration_is_a_clear_error(tmp_path: Path) -> None:
    path = write_configuration(tmp_path, sources={"demo": {"writeKey": "k", "apiKeyFile": str(tmp_path / "nowhere")}})
    done = serve(path)
    assert done.returncode != 0
    assert "nowhere" in done.stderr and "apiKeyFile" in done.stderr
    assert not (tmp_path / "gateway.sock").exists()


def test_a_spool_directory_that_cannot_be_made_ends_before_listening(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = write_configuration(tmp_path, spool={"directory": str(tmp_path / "file" / "spool")})
    done = serve(path)
    assert done.returncode != 0
    assert str(tmp_path / "file") in done.stderr
    assert not (tmp_path / "gateway.sock").exists()


def test_a_read_only_spool_directory_ends_before_listening(tmp_path: Path, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    path = write_configuration(tmp_path, spool={"directory": str(small_disk / "spool")})
    done = serve(path)
    assert done.returncode != 0
    assert str(small_disk) in done.stderr and "read-only" in done.stderr.lower()
    assert not (tmp_path / "gateway.sock").exists()


def test_a_port_or_socket_in_use_is_a_clear_error(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        done = serve(write_configuration(tmp_path, listen=[f"tcp:127.0.0.1:{port}"]))
    assert done.returncode != 0
    assert str(port) in done.stderr and "in use" in done.stderr


def test_a_full_disk_is_429_and_recovers_by_itself(tmp_path: Path, small_disk: Path) -> None:
    stack = Stack(tmp_path / "state")

    def on_small_disk(configuration: dict) -> None:
        configuration["spool"] = {"directory": str(small_disk / "spool"), "minimumFreeBytes": "1MiB"}
        configuration["hydra"]["url"] = "http://127.0.0.1:9"

    try:
        stack.up()
        stack.configure(on_small_disk)
        filler = small_disk / "filler"
        assert stack.post("/v1/track", EVENT).status == 200
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass
        refused = wait_for(lambda: (r := stack.post("/v1/track", EVENT)).status != 200 and r, "a refusal")
        assert refused.status == 429
        assert 0 < int(refused.headers["retry-after"]) <= 300
        assert refused.headers["x-ratelimit-reset"] == refused.headers["retry-after"]
        assert refused.json["success"] is False
        wait_for(lambda: stack.request("GET", "/-/ready", key=None).status == 503, "both responders not ready")
        filler.unlink()
        wait_for(lambda: stack.post("/v1/track", EVENT).status == 200, "intake again", timeout=30, interval=0.2)
        wait_for(lambda: stack.request("GET", "/-/ready", key=None).status == 200, "ready again")
    finally:
        stack.down()
