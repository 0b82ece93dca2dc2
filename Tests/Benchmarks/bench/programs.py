"""The programs that are compared: how each is started, and how one finds out what it has stored."""

import base64
import json
import os
import pwd
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .context import PROGRAMS, SOURCES, TOOLS, Bench, Failure, run
from .processes import Process
from .servers import Servers
from .site import fill

WRITE_KEY = "bench-write-key"
AUTHORIZATION = "Basic " + base64.b64encode(f"{WRITE_KEY}:".encode()).decode()


@dataclass
class Program:
    """A running responder: its processes and the sockets that nginx is to use."""

    name: str
    sockets: list[Path]
    processes: list[Process] = field(default_factory=list)
    # What nginx has to tell it beside what it tells everybody.
    parameters: dict[str, str] = field(default_factory=dict)
    # What keeps its spool, if that is not itself.
    servers: Servers | None = None

    @property
    def cpu_seconds(self) -> float:
        return sum(process.cpu_seconds for process in self.processes)

    @property
    def resident_bytes(self) -> int:
        return sum(process.resident_bytes for process in self.processes)

    @property
    def pids(self) -> list[int]:
        return [pid for process in self.processes for pid in process.pids]

    def stored(self) -> int | None:
        """How many events it has taken durably so far; None if it keeps none."""
        return None

    def check(self) -> None:
        for process in self.processes:
            process.check()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for process in self.processes:
            process.stop()


def start(bench: Bench, name: str, command: list[str], socket: Path) -> Program:
    process = Process(command, bench.data / f"{name}.out")
    program = Program(name, [socket], [process])
    try:
        process.wait_for_socket(socket)
    except BaseException:
        process.stop()
        raise
    return program


def socket_of(bench: Bench, name: str) -> Path:
    return bench.directory / f"{name}.sock"


def connections_for(bench: Bench, clients: int) -> int:
    """How many kept connections nginx may open: those in use, and 64 idle ones of each other worker; and some to spare,
    for those that are being replaced. With 64 clients and two workers these are 160."""
    return clients + 64 * (bench.workers - 1) + 32


# MARK: Programs that do nothing

def empty_responder(bench: Bench, connections: int = 4096) -> Program:
    """Our FastCGI target and nothing else: four threads, as the gateway has."""
    name = bench.fresh("ours-empty")
    socket = socket_of(bench, name)
    return start(bench, name, [str(PROGRAMS / "empty-responder"), str(socket), str(connections)], socket)


def c_pool(bench: Bench, threads: int | None = None) -> Program:
    """libfcgi's thread pool, with a thread for each connection that nginx may have open for 64 clients."""
    threads = threads or connections_for(bench, 64)
    name = bench.fresh("c-pool")
    socket = socket_of(bench, name)
    return start(bench, name, [str(TOOLS / "c-responder"), str(socket), str(threads)], socket)


def go(bench: Bench) -> Program:
    name = bench.fresh("go")
    socket = socket_of(bench, name)
    return start(bench, name, [str(TOOLS / "go-responder"), str(socket)], socket)


def php(bench: Bench, script: str, children: int, parameters: dict[str, str] | None = None) -> Program:
    name = bench.fresh("php")
    socket = socket_of(bench, name)
    configuration = bench.directory / f"{name}.conf"
    user = pwd.getpwuid(os.geteuid()).pw_name
    configuration.write_text(fill((SOURCES / "php" / "fpm.conf.template").read_text(), {
        "log": bench.data / f"{name}.log", "socket": socket, "children": children,
        "account": f"user = {user}\nlisten.owner = {user}" if os.geteuid() == 0 else "",
    }))
    binary = sorted(Path("/usr/sbin").glob("php-fpm*"))
    if not binary:
        raise Failure("there is no /usr/sbin/php-fpm*")
    command = [str(binary[-1]), "--nodaemonize", "--fpm-config", str(configuration)]
    program = start(bench, name, command + (["--allow-to-run-as-root"] if os.geteuid() == 0 else []), socket)
    program.parameters = {"SCRIPT_FILENAME": str(SOURCES / "php" / script), "BENCH_AUTHORIZATION": AUTHORIZATION,
                          **(parameters or {})}
    return program


def php_empty_kept(bench: Bench) -> Program:
    """A worker for each connection that nginx may keep, as with the C pool."""
    return php(bench, "empty.php", connections_for(bench, 64))


def php_empty(bench: Bench) -> Program:
    """Eight workers for each core: the best of 1 to 32 workers on two cores."""
    return php(bench, "empty.php", 8 * bench.cores)


# MARK: Programs that keep what they take

class PHPSpool(Program):
    database: Path

    def stored(self) -> int:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return int(connection.execute("SELECT count(*) FROM calls").fetchone()[0])


def php_spool(bench: Bench) -> Program:
    """A worker for each core: the best of 1 to 32 workers on two cores. More only wait for the database's lock."""
    database = bench.data / f"{bench.fresh('php')}.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript("""
            PRAGMA journal_mode = WAL;
            CREATE TABLE calls (id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
                                received_at INTEGER NOT NULL, body TEXT NOT NULL);
        """)
    started = php(bench, "spool.php", bench.cores, {"BENCH_DATABASE": str(database)})
    program = PHPSpool(started.name, started.sockets, started.processes, started.parameters)
    program.database = database
    return program


def php_forward(bench: Bench, hydra: int) -> Program:
    """Eight workers for each core, which wait for Hydra most of the time: the best of 1 to 32 on two cores."""
    return php(bench, "forward.php", 8 * bench.cores, {"BENCH_HYDRA": f"http://127.0.0.1:{hydra}"})


class Gateway(Program):
    configuration: Path
    spool: Path

    def status(self) -> dict[str, Any]:
        return json.loads(run([str(PROGRAMS / "hydra-gateway"), "status", "--json", "--config",
                               str(self.configuration)], timeout=60))

    def stored(self) -> int:
        return int(self.status()["spool"]["appended"])

    @property
    def spool_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.spool.rglob("*") if file.is_file())


def gateway(bench: Bench, *, delivers: bool = False, hydra: int = 9, batch: bool = False, spool: Path | None = None,
            connections: int = 4096, waits: bool = True, servers: Servers | None = None, responders: int | None = None) -> Gateway:
    """The product with its defaults: the whole edge, deduplication, logs at info to a file.

    Delivery is off unless it is what is measured. `waits` false returns before it listens. `servers` keep the
    spool then, three copies of each call; `responders` are as many processes as there would be gateways.
    """
    name = bench.fresh("gateway")
    configuration = bench.directory / f"{name}.yaml"
    spool = spool or bench.data / f"{name}-spool"
    spool.mkdir(exist_ok=True)
    sockets = [socket_of(bench, f"{name}-{number}") for number in range(responders or bench.responders)]
    kept = (f"url: \"{servers.url}\", monitor: \"{servers.monitor}\", name: {name}, replicas: 3, partitions: 8, maximumBytes: 4GiB" if servers
            else "maximumBytes: 100GiB, minimumFreeBytes: 64MiB")
    configuration.write_text(f"""\
listen: ["unix:{sockets[0]}"]
limits: {{ connections: {connections} }}
spool: {{ directory: {spool}, {kept} }}
hydra: {{ url: "http://127.0.0.1:{hydra}" }}
delivery: {{ enabled: {str(delivers).lower()}, batch: {str(batch).lower()} }}
log: {{ file: {bench.data / f"{name}.jsonl"}, level: info }}
sources:
  bench: {{ writeKey: {WRITE_KEY}, apiKey: bench-api-key, allowedOrigins: ["*"] }}
""")
    program = Gateway(name, sockets)
    program.configuration, program.spool, program.servers = configuration, spool, servers
    try:
        for number, socket in enumerate(sockets):
            program.processes.append(Process(
                [str(PROGRAMS / "hydra-gateway"), "serve", "--config", str(configuration), "--listen", f"unix:{socket}",
                 "--name", f"bench-{number}"], bench.data / f"{name}.out"))
        if waits:
            for process, socket in zip(program.processes, sockets, strict=True):
                process.wait_for_socket(socket)
    except BaseException:
        program.stop()
        raise
    return program


def hydra_stub(bench: Bench) -> Program:
    """Answers batches; see its source."""
    name = bench.fresh("hydra-stub")
    socket = socket_of(bench, name)
    return start(bench, name, [str(TOOLS / "hydra-stub"), str(socket), "64"], socket)
