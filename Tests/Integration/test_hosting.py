"""Hosts that start and end the program as they like, started for real, from the examples that are shipped."""

import base64
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import fastcgi
from support.oracle import Acknowledged, judge, message_id
from support.ports import free_ports
from support.scripted_hydra import ScriptedHydra
from support.stack import GATEWAY, ROOT, serving
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
        fastcgi.track(place)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_the_wrapper_finds_its_own_directory(tmp_path: Path) -> None:
    """The script of the guide, in a directory that was moved, started from another one without HOME."""
    script = re.search(r"```sh\n(#!/bin/sh\n.*?)```", (EXAMPLES / "README.md").read_text(), flags=re.DOTALL)
    assert script
    home = tmp_path / "old"
    for name in ("bin", "public_html", "spool"):
        (home / name).mkdir(parents=True)
    (home / "bin" / "hydra-gateway").symlink_to(GATEWAY)
    write_configuration(home, listen=["inherited"])
    (home / "public_html" / "hydra.fcgi").write_text(script[1])
    (home / "public_html" / "hydra.fcgi").chmod(0o755)
    home = home.rename(tmp_path / "new")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "handed.sock"))
        listener.listen(64)
        process = subprocess.Popen([str(home / "public_html" / "hydra.fcgi")], stdin=listener.fileno(), cwd="/",
                                   env={"PATH": "/usr/bin:/bin"})
    try:
        fastcgi.track(tmp_path / "handed.sock")
        assert (home / "spool" / "spool.sqlite").exists()
        # Lines are written beside the answers, not before them.
        wait_for(lambda: (home / "hydra-gateway.jsonl").stat().st_size > 0, "a line in the log")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@dataclass
class WebServer:
    """A web server that starts responders itself, on a configuration in `folder`."""

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
        return responders(self.folder)

    def log(self) -> str:
        return "".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))


def responders(folder: Path) -> list[int]:
    """The gateway's processes that serve on the configuration in this directory."""
    return serving("hydra-gateway", folder)


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
def apache(scripted: ScriptedHydra) -> Iterator[WebServer]:
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
    server = WebServer(folder, port, process)
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


def test_mod_fcgid_takes_a_batch_above_its_own_limit(apache: WebServer, scripted: ScriptedHydra) -> None:
    batch = [{"type": "track", "userId": "u", "event": "E", "messageId": f"large-{number}",
              "properties": {"text": "x" * 20_000}} for number in range(20)]
    status, body = apache.post("/v1/batch", {"batch": batch})
    assert status == 200, (body, (apache.folder / "apache.log").read_text())
    scripted.wait_taken(20)


USERS, CALLS = 4, 40


def storm(post: Callable[[str, object], tuple[int, bytes]], running: Callable[[], list[int]],
          log: Callable[[], str], kills: int = 10) -> tuple[Acknowledged, int]:
    """Load of some users, each with one call after the other, while so many processes are killed under it."""
    acknowledged, seen, errors = Acknowledged(), set(), []

    def send(user: str) -> None:
        for number in range(CALLS):
            message = message_id(user, number)
            event = {"userId": user, "event": "Load", "messageId": message, "properties": {"n": number}}

            def taken() -> bool:
                try:
                    status, body = post("/v1/track", event)
                except (OSError, http.client.HTTPException):
                    acknowledged.failed()
                    return False
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

    threads = [threading.Thread(target=send, args=(f"user-{number}",), daemon=True) for number in range(USERS)]
    for thread in threads:
        thread.start()
    killed = 0
    for kill in range(1, kills + 1):
        goal = USERS * CALLS * kill // (kills + 1)
        wait_for(lambda: errors or acknowledged.total >= goal, f"{goal} calls", timeout=60)
        alive = running()
        seen.update(alive)
        if alive:
            try:
                os.kill(alive[0], signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
    for thread in threads:
        thread.join(60)
    seen.update(running())
    assert not errors, (errors, log())
    assert acknowledged.total == USERS * CALLS and killed > 2 and len(seen) > killed
    print(f"{killed} processes killed, {len(seen)} seen, {acknowledged.failures} requests sent again")
    return acknowledged, killed


def deliver(folder: Path, within: int = 20) -> None:
    """What the host's cron does, whoever is still there, as the account that owns the directory."""
    account = folder.stat()
    done = subprocess.run([str(GATEWAY), "deliver", "--once", "--within", str(within), "--config",
                           str(folder / "hydra-gateway.yaml")], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, user=account.st_uid, group=account.st_gid, extra_groups=[])
    assert done.returncode == 0, done.stdout + done.stderr


def test_processes_of_mod_fcgid_that_come_and_die_lose_nothing(apache: WebServer, scripted: ScriptedHydra) -> None:
    # mod_fcgid makes those wait whose program ends often (FcgidSpawnScoreUpLimit).
    acknowledged, killed = storm(apache.post, apache.responders, apache.log, kills=4)
    deliver(apache.folder)
    scripted.wait_taken(USERS * CALLS)
    figures = judge("kill -9 below mod_fcgid", killed, acknowledged, scripted.arrivals)
    assert figures.is_clean, figures


@pytest.fixture
def lighttpd(tmp_path: Path, scripted: ScriptedHydra) -> Iterator[WebServer]:
    """lighttpd that starts three responders, from the line of the example; they only take in."""
    program = shutil.which("lighttpd", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.skip("lighttpd is not installed here")
    configuration = write_configuration(tmp_path, listen=["inherited"], hydra={"url": scripted.url},
                                        delivery={"enabled": False}, log={"file": str(tmp_path / "log.jsonl")})
    (port,) = free_ports(1)
    text = (EXAMPLES / "lighttpd.conf").read_text()
    own = re.search(r"^#   (\( \"bin-path\".*\n)#     (.*)$", text, flags=re.MULTILINE)
    assert own, "the example tells how lighttpd starts the responders itself"
    text = re.sub(r'^    \( "socket".*\n^    \( "socket".*$', lambda _: own[1] + own[2], text, flags=re.MULTILINE)
    text = text.replace("/usr/bin/hydra-gateway", str(GATEWAY)).replace("/run/lighttpd/", f"{tmp_path}/")
    text = text.replace("/etc/hydra-gateway/hydra-gateway.yaml", str(configuration))
    text = re.sub(r'"max-procs" => \d+', '"max-procs" => 3', text)
    # No certificate here.
    text = text.replace('"mod_openssl", ', "")
    assert '"bin-path"' in text and "gateway-1.sock" not in text
    (tmp_path / "lighttpd.conf").write_text(f"""
server.document-root = "{tmp_path}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{tmp_path}/lighttpd.log"
{text}""")
    process = subprocess.Popen([program, "-D", "-f", str(tmp_path / "lighttpd.conf")], stdin=subprocess.DEVNULL)
    server = WebServer(tmp_path, port, process)
    try:
        def listens() -> bool:
            assert process.poll() is None, server.log()
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return True

        wait_for(listens, "lighttpd listening")
        wait_for(lambda: len(server.responders()) == 3, "three responders")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        wait_for(lambda: not server.responders(), "its responders gone", timeout=30)


def test_processes_of_lighttpd_take_in_what_cron_delivers(lighttpd: WebServer, scripted: ScriptedHydra) -> None:
    """The responders deliver nothing; one delivery after the other runs beside them, as cron would start it."""
    over, errors, runs = threading.Event(), [], []

    def cron() -> None:
        try:
            while not over.is_set():
                deliver(lighttpd.folder, within=5)
                runs.append(len(scripted.taken))
        except BaseException as error:  # noqa: BLE001 - the test reads it
            errors.append(error)

    thread = threading.Thread(target=cron, daemon=True)
    thread.start()
    try:
        acknowledged, killed = storm(lighttpd.post, lighttpd.responders, lighttpd.log)
    finally:
        over.set()
        thread.join(60)
    assert not errors, errors
    deliver(lighttpd.folder)
    scripted.wait_taken(USERS * CALLS)
    figures = judge("kill -9 below lighttpd", killed, acknowledged, scripted.arrivals)
    assert figures.is_clean, figures
    # It delivered on the way, not only at the end.
    assert len(runs) > 1 and any(0 < taken < USERS * CALLS for taken in runs), runs


def test_multiwatch_keeps_several_on_one_socket(tmp_path: Path, scripted: ScriptedHydra) -> None:
    if shutil.which("multiwatch") is None or shutil.which("spawn-fcgi") is None:
        pytest.skip("spawn-fcgi and multiwatch are not installed here")
    path = write_configuration(tmp_path, listen=["inherited"], hydra={"url": scripted.url},
                               log={"file": str(tmp_path / "log.jsonl")})
    place = tmp_path / "shared.sock"
    script = tmp_path / "multiwatch.sh"
    text = (EXAMPLES / "multiwatch.sh").read_text()
    for told, here in (("-u hydra-gateway -g hydra-gateway -G www-data ", ""), ("/usr/bin/hydra-gateway", str(GATEWAY)),
                       ("/run/hydra-gateway/gateway.sock", str(place)),
                       ("/etc/hydra-gateway/hydra-gateway.yaml", str(path))):
        assert told in text
        text = text.replace(told, here)
    script.write_text(text)
    process = subprocess.Popen(["sh", str(script)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def post(route: str, event: object) -> tuple[int, bytes]:
        answer = fastcgi.ask(place, fastcgi.request("POST", route, {"HTTP_AUTHORIZATION": AUTHORIZATION},
                                                    json.dumps(event).encode(), keep=False))
        return int(re.search(rb"Status: (\d+)", answer)[1]), answer

    try:
        wait_for(lambda: len(responders(tmp_path)) == 3, "three responders")
        acknowledged, killed = storm(post, lambda: responders(tmp_path), lambda: "")
        wait_for(lambda: len(responders(tmp_path)) == 3, "three responders again")
        scripted.wait_taken(USERS * CALLS)
        figures = judge("kill -9 below multiwatch", killed, acknowledged, scripted.arrivals)
        assert figures.is_clean, figures
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    wait_for(lambda: not responders(tmp_path), "its responders gone", timeout=30)
