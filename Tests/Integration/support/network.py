"""Hosts that can be cut off: network namespaces on a bridge of their own. Nothing of it leads out of the machine."""

import ipaddress
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


class NetworkError(Exception):
    """The kernel does not let this user make namespaces or links, or `ip` is not there."""


def ip(*words: str) -> str:
    program = shutil.which("ip", path=PATH)
    if program is None:
        raise NetworkError("there is no program ip (Debian's iproute2)")
    done = subprocess.run([program, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)
    if done.returncode != 0:
        raise NetworkError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def free_prefix() -> str:
    """The first three numbers of a private network that this machine has no way to."""
    ways = [ipaddress.ip_network(way["dst"]) for way in json.loads(ip("-json", "-4", "route", "show", "table", "all"))
            if way["dst"] != "default" and way.get("type", "unicast") == "unicast"]
    while True:
        prefix = f"10.{random.randrange(64, 256)}.{random.randrange(256)}"
        network = ipaddress.ip_network(f"{prefix}.0/24")
        if not any(network.overlaps(way) for way in ways):
            return prefix


class Network:
    """Numbered hosts and this one, which is .254. `close` ends what still runs on them."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self.numbers = numbers
        self.name = f"hg{secrets.token_hex(3)}"
        self.prefix = free_prefix()
        try:
            ip("link", "add", "name", self.name, "type", "bridge")
            ip("address", "add", f"{self.prefix}.254/24", "dev", self.name)
            ip("link", "set", self.name, "up")
            for number in numbers:
                space = self.space(number)
                ip("netns", "add", space)
                ip("link", "add", "name", space, "type", "veth", "peer", "name", "eth0", "netns", space)
                ip("link", "set", space, "master", self.name, "up")
                ip("-n", space, "address", "add", f"{self.address(number)}/24", "dev", "eth0")
                ip("-n", space, "link", "set", "eth0", "up")
                ip("-n", space, "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Never fails: what was not made cannot be taken away."""
        for number in self.numbers:
            space = self.space(number)
            for words in (("link", "del", space), ("netns", "del", space)):
                try:
                    if words[0] == "netns":
                        for pid in ip("netns", "pids", space).split():
                            os.kill(int(pid), signal.SIGKILL)
                    ip(*words)
                except (NetworkError, ProcessLookupError):
                    pass
        try:
            ip("link", "del", self.name)
        except NetworkError:
            pass

    # Hosts

    def space(self, number: int) -> str:
        """A host's namespace; the near end of its cable has the same name."""
        return f"{self.name}-{number}"

    def address(self, number: int) -> str:
        return f"{self.prefix}.{number}"

    def inside(self, number: int, command_line: list[str]) -> list[str]:
        """The command line that runs another one on a host; `ip` becomes that program."""
        return [shutil.which("ip", path=PATH) or "ip", "netns", "exec", self.space(number), *command_line]

    def reaches(self, number: int, other: int, port: int) -> bool:
        """Whether a host gets a connection to a port of another one within a second."""
        try:
            return subprocess.run(
                self.inside(number, ["bash", "-c", f"exec 3<>/dev/tcp/{self.address(other)}/{port}"]),
                capture_output=True, stdin=subprocess.DEVNULL, timeout=1).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    # Faults

    @contextmanager
    def cut(self, number: int) -> Iterator[None]:
        """Pulls a host's cable for the time of the block: no connection ends, and nothing comes through any more."""
        ip("link", "set", self.space(number), "down")
        try:
            yield
        finally:
            ip("link", "set", self.space(number), "up")

    @contextmanager
    def apart(self, number: int) -> Iterator[None]:
        """Keeps a host from its peers for the time of the block; clients go on to reach it."""
        others = [self.address(other) for other in self.numbers if other != number]
        done: list[str] = []
        try:
            for address in others:
                ip("-n", self.space(number), "route", "add", "blackhole", f"{address}/32")
                done.append(address)
            yield
        finally:
            for address in done:
                ip("-n", self.space(number), "route", "del", "blackhole", f"{address}/32")
