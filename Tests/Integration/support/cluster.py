"""`nginx/up --cluster`: the product with its spool in three NATS servers, and what is done to those."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import faults
from .network import Network
from .oracle import NOTES
from .stack import ROOT, Stack
from .waiting import wait_for

NODES = (1, 2, 3)
PORTS_OF_NODES = 9


def free_row(count: int) -> int:
    """The first of so many ports in a row that were free a moment ago; another row than a run beside this one takes."""
    rows = list(range(21000, 32000, count))
    random.shuffle(rows)
    for first in rows:
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
        # One for all tests, fetched once: each has a directory of its own.
        done = subprocess.run([ROOT / "nginx" / "get-nats-server", ROOT / ".build"], check=True, stdout=subprocess.PIPE,
                              text=True)
        self.environment["NATS_SERVER"] = done.stdout.strip()

    def up(self) -> str:
        text = super().up()
        NOTES["NATS server"] = self.ask_node(1, "/varz")["version"]
        return text

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
        url = f"http://{self.address(number)}:{self.nats + 5 + number}{path}"
        # Never by a proxy of this machine's user.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as response:
            return json.loads(response.read())

    def address(self, number: int) -> str:
        return "127.0.0.1"

    def is_healthy(self, numbers: list[int] | None = None, timeout: float = 60) -> None:
        """Waits until servers have a leader and have caught up."""
        def well(number: int) -> bool:
            try:
                return self.ask_node(number, "/healthz")["status"] == "ok"
            except (OSError, urllib.error.URLError):
                return False

        for number in numbers or NODES:
            wait_for(lambda: well(number), f"server {number} well", timeout, interval=0.05)

    def streams(self, numbers: tuple[int, ...] = NODES) -> dict[str, dict[str, Any]]:
        """What each stream's servers say of it, by its name, as the first of these that lives sees it."""
        found: dict[str, dict[str, Any]] = {}
        for number in numbers:
            try:
                answer = self.ask_node(number, "/jsz?accounts=true&streams=true")
            except (OSError, urllib.error.URLError):
                continue
            for account in answer.get("account_details", []):
                for stream in account.get("stream_detail", []):
                    found.setdefault(stream["name"], stream)
        return found

    def leads(self, numbers: tuple[int, ...] = NODES) -> dict[int, int]:
        """How many streams each server leads, as these servers see it. Those that have no leader count nowhere."""
        counts = dict.fromkeys(NODES, 0)
        for stream in self.streams(numbers).values():
            name = (stream.get("cluster") or {}).get("leader", "")
            if name.startswith("node-"):
                counts[int(name.removeprefix("node-"))] += 1
        return counts

    def leader(self) -> int:
        """The server that leads most streams; waits out an election."""
        counts = wait_for(lambda: any((found := self.leads()).values()) and found, "a server that leads a stream")
        return max(counts, key=lambda number: counts[number])

    # Gateways

    def sockets(self) -> list[Path]:
        """Where each gateway listens, for asking that one alone."""
        return [self.state / "run" / f"gateway-{number}.sock" for number in range(1, self.responders + 1)]

    def shares(self) -> dict[str, int]:
        """How many partitions each gateway delivers."""
        return {each["name"]: each["partitions"] for each in self.status()["responders"]}

    def partitions(self) -> int:
        spool = self.configuration()["spool"]
        return int(spool.get("partitions") or 8)

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


@dataclass
class SpreadCluster(Cluster):
    """Servers on hosts of their own, as far as the network goes; the gateways stay where they are."""

    network: Network | None = None
    is_spread: bool = False

    def spread(self) -> None:
        """Moves the servers of a running cluster to their hosts. `configure` and `up` would move them back."""
        lines = [self.kill_node(number, signal.SIGTERM) for number in NODES]
        self.is_spread = True
        for path in [self.state / "nats" / str(number) / "server.conf" for number in NODES] \
                + [self.state / "hydra-gateway.yaml"]:
            path.write_text(re.sub(r"127\.0\.0\.1:(\d+)", self.moved, path.read_text()))
        for line in lines:
            self.start_node(line)
        self.is_healthy()
        for pid in self.pids():
            faults.replace(self, pid, signal.SIGTERM)
        self.all_delivered()

    def moved(self, found: re.Match[str]) -> str:
        """An address of one of the nine ports, on that server's host."""
        offset = int(found[1]) - self.nats
        return f"{self.address(offset % len(NODES) + 1)}:{found[1]}" if 0 <= offset < PORTS_OF_NODES else found[0]

    def address(self, number: int) -> str:
        return self.network.address(number) if self.network and self.is_spread else "127.0.0.1"

    def start_node(self, command_line: list[str]) -> None:
        number = int(Path(command_line[command_line.index("-c") + 1]).parent.name)
        assert self.network is not None
        self.respawn(self.network.inside(number, command_line))
        # `ip` is not the server yet.
        wait_for(lambda: self.node(number), f"server {number} running")
