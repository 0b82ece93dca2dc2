"""Hosts that start and end the program as they like, started for real, from the examples that are shipped."""

import base64
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import fastcgi
from support.oracle import Acknowledged, judge, message_id
from support.ports import free_ports
from support.scripted_hydra import ScriptedHydra
from support.stack import GATEWAY, ROOT
from support.waiting import wait_for
from test_bad_input import write_configuration

EXAMPLES = ROOT / "nginx" / "examples"
AUTHORIZATION = "Basic " + base64.b64encode(b"demo-write-key:").decode()


def test_spawn_fcgi_hands_its_socket_over(tmp_path: Path) -> None:
    if shutil.which("spawn-fcgi") is None:
        pytest.skip("spawn-fcgi is not installed here")
    path = write_configuration(tmp_path, listen=["inherited"], log={"file": str(tmp_path / "log.jsonl")})
    place = tmp_path / "spawned.sock"
    process = subprocess.Popen(["spawn-fcgi", "-n", "-s", str(place), "-M", "0660", "-b", "1024", "--", str(GATEWAY),
                                "serve", "--config", str(path), "--listen", "inherited", "--name", "gateway-1"])
    try:
        wait_for(place.is_socket, "the socket")
        assert place.stat().st_mode & 0o777 == 0o660
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(place))
            body = json.dumps({"writeKey": "demo-write-key", "userId": "u", "event": "E"}).encode()
            connection.sendall(fastcgi.request("POST", "/v1/track", {}, body))
            assert b"Status: 200" in fastcgi.answer(connection)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@dataclass
class Apache:
    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def post(self, path: str, body: object) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", path, json.dumps(body), {"Authorization": AUTHORIZATION,
                                                                "Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def responders(self) -> list[int]:
        """The gateway's processes that this Apache has started."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if Path(words[0].decode(errors="replace")).name == "hydra-gateway" and str(self.folder).encode() in b" ".join(words):
                found.append(int(entry.name))
        return found


def second_part() -> tuple[str, str]:
    """The .htaccess and the wrapper, as the example tells people to write them."""
    blocks: list[list[str]] = [[]]
    for line in (EXAMPLES / "apache-mod_fcgid.conf").read_text().splitlines():
        if line.startswith("#   "):
            blocks[-1].append(line[4:])
        elif blocks[-1]:
            blocks.append([])
    texts = ["\n".join(block) + "\n" for block in blocks if block]
    return (next(text for text in texts if "RewriteRule" in text), next(text for text in texts if text.startswith("#!")))


@pytest.fixture
def apache(scripted: ScriptedHydra) -> Iterator[Apache]:
    """Apache with mod_fcgid under an account without privileges, as on a shared host."""
    program = shutil.which("apache2", path=os.environ["PATH"] + ":/usr/sbin")
    modules = Path("/usr/lib/apache2/modules")
    if program is None or not (modules / "mod_fcgid.so").exists():
        pytest.skip("Apache with mod_fcgid is not installed here")
    account = pwd.getpwnam("www-data" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    # Not below pytest's directory, which is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="hydra-apache-"))
    folder.chmod(0o755)
    write_configuration(folder, listen=["inherited"], hydra={"url": scripted.url},
                        log={"file": str(folder / "log.jsonl")})
    site, (port,) = folder / "public_html", free_ports(1)
    htaccess, wrapper = second_part()
    (folder / "bin").mkdir()
    (folder / "bin" / "hydra-gateway").symlink_to(GATEWAY)
    site.mkdir()
    (site / ".htaccess").write_text(htaccess)
    (site / "hydra.fcgi").write_text(wrapper.replace("/home/you", str(folder)))
    (site / "hydra.fcgi").chmod(0o755)
    loads = "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n"
                    for name in ("mpm_event", "authz_core", "mime", "rewrite", "fcgid"))
    (folder / "apache.conf").write_text(f"""{loads}
ServerRoot {folder}
ServerName localhost
TypesConfig /dev/null
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DefaultRuntimeDir {folder}
FcgidIPCDir {folder}/ipc
FcgidProcessTableFile {folder}/shm
Include {EXAMPLES}/apache-mod_fcgid.conf
# Processes come and go while requests flow.
FcgidMaxRequestsPerProcess 15
DocumentRoot {site}
<Directory {site}>
    AllowOverride All
    Require all granted
</Directory>
""")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    # No HOME: neither mod_fcgid nor suexec gives one to a program.
    process = subprocess.Popen([program, "-f", str(folder / "apache.conf"), "-DFOREGROUND"], user=account.pw_uid,
                               group=account.pw_gid, extra_groups=[], stdin=subprocess.DEVNULL,
                               env={"PATH": "/usr/bin:/bin"})
    server = Apache(folder, port, process)
    try:
        def listens() -> bool:
            assert process.poll() is None, (folder / "apache.log").read_text()
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return True

        wait_for(listens, "Apache listening")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        wait_for(lambda: not server.responders(), "its responders gone", timeout=30)
        shutil.rmtree(folder)


def test_mod_fcgid_takes_a_batch_above_its_own_limit(apache: Apache, scripted: ScriptedHydra) -> None:
    batch = [{"type": "track", "userId": "u", "event": "E", "messageId": f"large-{number}",
              "properties": {"text": "x" * 20_000}} for number in range(20)]
    status, body = apache.post("/v1/batch", {"batch": batch})
    assert status == 200, (body, (apache.folder / "apache.log").read_text())
    scripted.wait_taken(20)


def test_processes_of_mod_fcgid_that_come_and_die_lose_nothing(apache: Apache, scripted: ScriptedHydra) -> None:
    acknowledged, seen, errors = Acknowledged(), set(), []

    def send(user: str) -> None:
        for number in range(40):
            message = message_id(user, number)
            event = {"userId": user, "event": "Load", "messageId": message, "properties": {"n": number}}

            def taken() -> bool:
                status, body = apache.post("/v1/track", event)
                if status != 200:
                    acknowledged.failed()
                    assert status in (429, 500, 502, 503, 504), (status, body)
                return status == 200

            try:
                wait_for(taken, "a 200", timeout=30, interval=0.05)
            except Exception as error:  # noqa: BLE001 - the test reads it
                errors.append(error)
                return
            acknowledged.note(user)

    threads = [threading.Thread(target=send, args=(f"user-{number}",), daemon=True) for number in range(4)]
    for thread in threads:
        thread.start()
    killed = 0
    for goal in (30, 60, 90, 120):
        wait_for(lambda: errors or acknowledged.total >= goal, f"{goal} calls", timeout=60)
        running = apache.responders()
        seen.update(running)
        if running:
            try:
                os.kill(running[0], signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
    for thread in threads:
        thread.join(60)
    seen.update(apache.responders())
    assert not errors, (errors, (apache.folder / "apache.log").read_text()[-2000:])
    assert acknowledged.total == 160 and killed > 0

    # What the host's cron does, whoever is still there.
    account = apache.folder.stat()
    done = subprocess.run([str(GATEWAY), "deliver", "--once", "--within", "20", "--config",
                           str(apache.folder / "hydra-gateway.yaml")], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, user=account.st_uid, group=account.st_gid, extra_groups=[])
    assert done.returncode == 0, done.stdout + done.stderr
    scripted.wait_taken(160)
    figures = judge("kill -9 below mod_fcgid", killed, acknowledged, scripted.arrivals)
    assert figures.is_clean, figures
    print(f"{len(seen)} processes seen")
