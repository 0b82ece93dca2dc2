"""`nginx/up --cluster`: the product with its spool in three NATS servers, and what is done to those."""

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .stack import Stack
from .waiting import wait_for

NODES = (1, 2, 3)
PORTS_OF_NODES = 9


def free_row(count: int) -> int:
    """The first of so many ports in a row that were free a moment ago."""
    for first in range(21000, 32000, count):
        sockets = [socket.socket() for _ in range(count)]
        try:
            for offset, each in enumerate(sockets):
                each.bind(("127.0.0.1", first + offset))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise AssertionError(f"no {count} free ports in a row")


@dataclass
class Cluster(Stack):
    nats: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.nats = self.nats or free_row(PORTS_OF_NODES)
        self.options = ["--cluster", "--nats", str(self.nats)]

    # Servers

    def node(self, number: int) -> int:
        """The process of a server, by its command line."""
        own = str(self.state / "nats" / str(number) / "server.conf").encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if Path(words[0].decode(errors="replace")).name == "nats-server" and own in words:
                return int(entry.name)
        raise AssertionError(f"server {number} of {self.state} does not run")

    def kill_node(self, number: int, signal_number: int = signal.SIGKILL) -> list[str]:
        """Ends a server; returns its command line. The kernel has closed everything of it when this returns."""
        pid = self.node(number)
        command_line = self.command_line(pid)
        os.kill(pid, signal_number)
        wait_for(lambda: self.has_ended(pid), f"server {number} gone", timeout=30, interval=0.005)
        return command_line

    def start_node(self, command_line: list[str]) -> None:
        self.respawn(command_line)

    def crash_node(self, number: int) -> None:
        """kill -9 of a server, and a new one in its place, which catches up."""
        self.start_node(self.kill_node(number))
        self.is_healthy([number])

    def freeze_node(self, number: int) -> None:
        os.kill(self.node(number), signal.SIGSTOP)

    def thaw_node(self, number: int) -> None:
        os.kill(self.node(number), signal.SIGCONT)

    # What they say

    def ask_node(self, number: int, path: str) -> Any:
        """What a server says of itself; its port is for monitoring."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.nats + 5 + number}{path}", timeout=5) as response:
            return json.loads(response.read())

    def is_healthy(self, numbers: list[int] | None = None, timeout: float = 60) -> None:
        """Waits until servers have a leader and have caught up."""
        def well(number: int) -> bool:
            try:
                return self.ask_node(number, "/healthz")["status"] == "ok"
            except (OSError, urllib.error.URLError):
                return False

        for number in numbers or NODES:
            wait_for(lambda: well(number), f"server {number} well", timeout, interval=0.05)

    def streams(self) -> dict[str, dict[str, Any]]:
        """What each stream's servers say of it, by its name, as one living server sees it."""
        found: dict[str, dict[str, Any]] = {}
        for number in NODES:
            try:
                answer = self.ask_node(number, "/jsz?accounts=true&streams=true")
            except (OSError, urllib.error.URLError):
                continue
            for account in answer.get("account_details", []):
                for stream in account.get("stream_detail", []):
                    found.setdefault(stream["name"], stream)
        return found

    def leader(self) -> int:
        """The server that leads most streams."""
        counts = dict.fromkeys(NODES, 0)
        for stream in self.streams().values():
            name = (stream.get("cluster") or {}).get("leader", "")
            if name.startswith("node-"):
                counts[int(name.removeprefix("node-"))] += 1
        assert any(counts.values()), "no server leads a stream"
        return max(counts, key=lambda number: counts[number])

    # Gateways

    def shares(self) -> dict[str, int]:
        """How many partitions each gateway delivers."""
        return {each["name"]: each["partitions"] for each in self.status()["responders"]}

    def partitions(self) -> int:
        spool = self.configuration()["spool"]
        return int(spool.get("partitions", 8))

    def configuration(self) -> dict[str, Any]:
        import yaml

        return yaml.safe_load((self.state / "hydra-gateway.yaml").read_text())

    def all_delivered(self, timeout: float = 30) -> dict[str, int]:
        """Waits until every partition has somebody who delivers it; returns who has how many."""
        wanted = self.partitions()
        return wait_for(lambda: (found := self.shares()) and sum(found.values()) == wanted and found,
                        "every partition delivered", timeout, interval=0.1)

    def leftovers(self) -> list[str]:
        """Processes that still name the directory."""
        done = subprocess.run(["pgrep", "-af", str(self.state)], capture_output=True, text=True)
        return [line for line in done.stdout.splitlines() if "nats-server" in line or "hydra" in line.split()[1]]
