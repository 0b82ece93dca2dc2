"""The product as a person runs it: `nginx/up` on a state directory and ports of its own."""

import base64
import json
import os
import re
import resource
import signal
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .ports import free_ports
from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[3]
# The release programs, or those of another build.
PROGRAMS = Path(os.environ.get("HYDRA_BIN") or ROOT / ".build" / "release").resolve()
GATEWAY = PROGRAMS / "hydra-gateway"
HYDRA = PROGRAMS / "hydra"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def serving(program: str, folder: Path) -> list[int]:
    """The processes of a program that serve on files of a directory, by their command lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        # Commands such as `status` on the same directory are none of them.
        if Path(words[0].decode(errors="replace")).name == program and words[1:2] == [b"serve"] \
                and any(str(folder).encode() in word for word in words[2:]):
            found.append(int(entry.name))
    return sorted(found)


@dataclass
class Stack:
    """`nginx/up --detach` in a directory. `configure` edits the configuration and starts again."""

    state: Path
    responders: int = 2
    https: int = 0
    http: int = 0
    hydra: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    respawned: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.https:
            self.https, self.http, self.hydra = free_ports(3)

    # Life

    def up(self) -> str:
        done = subprocess.run(
            [str(ROOT / "nginx" / "up"), "--state", str(self.state), "--https", str(self.https), "--http",
             str(self.http), "--hydra", str(self.hydra), "--responders", str(self.responders), *self.options,
             "--detach"],
            capture_output=True, text=True, timeout=1500,
            env={**os.environ, "HYDRA_BIN": str(GATEWAY.parent), **self.environment}, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"nginx/up ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def down(self) -> None:
        done = subprocess.run([str(ROOT / "nginx" / "down"), "--state", str(self.state)], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"nginx/down ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        for process in self.respawned:
            if process.poll() is None:
                process.terminate()
            process.wait(15)
        self.respawned.clear()

    def edit(self, change: Any) -> None:
        """Changes the configuration file: `change` gets the parsed YAML and alters it."""
        import yaml

        path = self.state / "hydra-gateway.yaml"
        data = yaml.safe_load(path.read_text())
        change(data)
        path.write_text(yaml.safe_dump(data, sort_keys=False))

    def configure(self, change: Any) -> None:
        self.down()
        self.edit(change)
        self.up()

    # Processes

    def pids(self, program: str = "hydra-gateway") -> list[int]:
        """The gateway's responders of this state directory, or its `hydra`, by their command lines."""
        return serving(program, self.state)

    def kill(self, pid: int, number: int = signal.SIGKILL) -> None:
        assert pid in self.pids() + self.pids("hydra"), f"{pid} is not a process of {self.state}"
        os.kill(pid, number)

    def command_line(self, pid: int) -> list[str]:
        return [word.decode() for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") if word]

    def has_ended(self, pid: int) -> bool:
        """Whether the kernel has closed everything of a process; its command line is gone some time before.

        The first thread may be a zombie already while others still hold the process's descriptors.
        """
        try:
            first = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return first == "Z" and len(os.listdir(f"/proc/{pid}/task")) == 1
        except OSError:
            return True

    def respawn(self, command_line: list[str], environment: dict[str, str] | None = None,
                limit: tuple[int, int] | None = None) -> None:
        """Starts a responder that was killed, as a supervisor would: the same command line. `down` ends it.

        `limit` is a resource of `setrlimit` and how much of it the process may have.
        """
        self.respawned.append(subprocess.Popen(
            command_line, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, env=environment,
            preexec_fn=None if limit is None else lambda: resource.setrlimit(limit[0], (limit[1], limit[1]))))

    def limit_rate(self, rate: str) -> None:
        """Lowers nginx's limits, which `nginx/up` lifts because there all senders are one, and reloads it."""
        for path, pattern, text in (
                (self.state / "nginx" / "snippets" / "hydra-gateway" / "limits.conf", r"rate=\d+r/s", f"rate={rate}"),
                (self.state / "nginx" / "site.conf", r"burst=\d+", "burst=1")):
            path.write_text(re.sub(pattern, text, path.read_text()))
        os.kill(int((self.state / "run" / "nginx.pid").read_text()), signal.SIGHUP)

    # Talking

    @property
    def ca(self) -> str:
        return str(self.state / "tls" / "certificate.pem")

    @property
    def api_key(self) -> str:
        return (self.state / "hydra-api-key").read_text().strip()

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None,
                key: str | None = "demo-write-key", port: int | None = None) -> Reply:
        headers = dict(headers or {})
        if key is not None:
            headers.setdefault("Authorization", "Basic " + base64.b64encode(f"{key}:".encode()).decode())
        message = urllib.request.Request(
            f"https://127.0.0.1:{port or self.https}{path}", data=body, headers=headers, method=method)
        context = ssl.create_default_context(cafile=self.ca)
        try:
            with urllib.request.urlopen(message, context=context, timeout=20) as response:
                return Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def post(self, path: str, body: Any, **arguments: Any) -> Reply:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.request("POST", path, data, **arguments)

    def ask_hydra(self, path: str, method: str = "GET") -> Reply:
        return self.request(method, path, key=self.api_key, port=self.hydra)

    def persons(self, query: str) -> list[dict[str, Any]]:
        return self.ask_hydra(f"/v1/persons?{query}").json["items"]

    def events(self, person: str) -> list[dict[str, Any]]:
        """All events of a person, oldest first."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.ask_hydra(f"/v1/persons/{person}/events?limit=200{cursor}").json
            items += page["items"]
            if page["nextCursor"] is None:
                return items[::-1]
            cursor = f"&cursor={page['nextCursor']}"

    def command(self, *words: str, check: bool = True, **arguments: Any) -> subprocess.CompletedProcess[str]:
        """Runs `hydra-gateway <words> --config …`."""
        done = subprocess.run(
            [str(GATEWAY), *words, "--config", str(self.state / "hydra-gateway.yaml")], capture_output=True, text=True,
            timeout=60, stdin=subprocess.DEVNULL, **arguments)
        if check:
            assert done.returncode == 0, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def status(self) -> dict[str, Any]:
        return json.loads(self.command("status", "--json").stdout)

    def logs(self, name: str) -> list[dict[str, Any]]:
        path = self.state / "log" / f"{name}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines() if line]

    def log_text(self) -> str:
        return "".join(path.read_text() for path in sorted((self.state / "log").iterdir()) if path.is_file())

    def drained(self) -> None:
        wait_for(lambda: self.status()["spool"]["depth"] == 0, "an empty spool", timeout=60, interval=0.1)


def trace_id(reply: Reply) -> str:
    value = reply.headers.get("x-request-id", "")
    assert re.fullmatch(r"[0-9a-f]{32}", value), f"no trace id: {value!r}"
    return value
