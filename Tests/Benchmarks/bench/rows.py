"""The rows of the table, as data. Others, which are more than rounds of load, are in experiments.py."""

import urllib.request
from collections.abc import Callable

from . import programs
from .context import Bench
from .programs import Program
from .servers import Servers
from .site import Nginx, fixed
from .throughput import Group, Load, Row

GET = Load(wrk=True)
TRACK = Load()


def c_pool_for(clients: int) -> Callable[[Bench], Program]:
    return lambda bench: programs.c_pool(bench, programs.connections_for(bench, max(64, clients)))


class Forwarding(Program):
    """PHP that posts on, with the Hydra that it posts to."""

    hydra: Nginx
    hydra_port: int
    # Questions for the count count too.
    asked: int = 0

    def stored(self) -> int:
        """How many calls Hydra was given."""
        self.asked += 1
        with urllib.request.urlopen(f"http://127.0.0.1:{self.hydra_port}/-/count", timeout=10) as answer:
            # "server accepts handled requests", and the three numbers.
            return int(answer.read().split()[9]) - self.asked

    def stop(self) -> None:
        super().stop()
        self.hydra.stop()


def php_forward(bench: Bench) -> Program:
    site = fixed("hydra", "{}")
    hydra = Nginx(bench, [site])
    try:
        started = programs.php_forward(bench, site.port)
    except BaseException:
        hydra.stop()
        raise
    program = Forwarding(started.name, started.sockets, started.processes, started.parameters)
    program.hydra, program.hydra_port = hydra, site.port
    return program


def batch_rows() -> tuple[Row, ...]:
    rows = []
    for count in (10, 100):
        for size in (350, 2048):
            for packed in (False, True):
                if packed and size == 2048 and count == 10:
                    continue
                label = f"{count} events of {'350 B' if size == 350 else '2 kB'}{', gzip' if packed else ''}"
                key = f"batch/{count}x{size}{'-gzip' if packed else ''}"
                rows.append(Row(key, label, programs.gateway, Load(bytes=size, events=count, gzip=packed),
                                production=True))
    return tuple(rows)


def in_cluster(gateways: int) -> Callable[[Bench, Servers], Program]:
    return lambda bench, servers: programs.gateway(bench, servers=servers, responders=gateways)


def cluster_rows(key: str, load: Load) -> tuple[Row, ...]:
    return (
        Row(f"{key}/files", "spool in files, one gateway", programs.gateway, load, production=True),
        *(Row(f"{key}/{count}", f"three NATS servers; gateways: {count}", None, load, in_cluster(count), production=True)
          for count in (1, 2, 4)))


ON_ONE_MACHINE = "Servers, gateways, nginx and load share this machine; three copies of each call, on one disk."

GROUPS = (
    Group("empty", "Answer without work, kept connections", "empty/c-kept", (
        Row("empty/nginx", "nginx return 200: the limit", None, GET),
        Row("empty/ours-kept", "ours", programs.empty_responder, GET),
        Row("empty/c-kept", "C, libfcgi, thread pool", programs.c_pool, GET),
        Row("empty/go-kept", "Go, net/http/fcgi", programs.go, GET),
        Row("empty/php-kept", "PHP-FPM", programs.php_empty_kept, GET),
    ), ("64 clients, which keep their connections to nginx; nginx keeps those to the program. A plain site.",)),
    Group("empty-once", "Answer without work, a connection each", "empty/c-once", (
        Row("empty/ours-once", "ours", programs.empty_responder, GET, kept=False),
        Row("empty/c-once", "C, libfcgi, thread pool", programs.c_pool, GET, kept=False),
        Row("empty/go-once", "Go, net/http/fcgi", programs.go, GET, kept=False),
        Row("empty/php-once", "PHP-FPM", programs.php_empty, GET, kept=False),
    )),
    Group("single", "One track, durable before the 200", "single/php-sqlite", (
        Row("single/ours", "ours, whole edge, dedupe, logs", programs.gateway, TRACK, production=True),
        Row("single/php-sqlite", "PHP-FPM, SQLite synchronous=FULL", programs.php_spool, TRACK, kept=False,
            production=True),
        Row("single/php-forward", "PHP-FPM, posts on while the client waits", php_forward, TRACK, kept=False,
            production=True),
        Row("single/c-empty", "beside it: C pool, answers without work", programs.c_pool, TRACK, production=True),
    ), ("64 clients; the product's own site with TLS off, access log on, for all.",)),
    Group("batch", "Batches, durable before the 200", None, batch_rows(), (
        "p99 is that of requests. Packed bodies are made beforehand; a round ends when they are used up.",)),
    Group("tls", "One track by TLS, durable before the 200", None, (
        Row("tls/ours", "ours, https, kept", programs.gateway, Load(tls=True), production=True),
        Row("tls/c-empty", "beside it: C pool, answers without work", programs.c_pool, Load(tls=True), production=True),
    ), ("Driven by wrk with Lua, which takes a good part of the machine.",)),
    Group("clients", "Growth: clients", None, tuple(
        row for clients in (1, 8, 64, 512) for row in (
            Row(f"clients/ours-{clients}", f"ours, durable; clients: {clients}", programs.gateway,
                Load(connections=clients), production=True),
            Row(f"clients/c-{clients}", f"C pool, without work; clients: {clients}", c_pool_for(clients),
                Load(connections=clients), production=True),
        )), ("The C pool has as many threads as nginx may open connections.",)),
    Group("cluster", "Past one machine: one track, on three servers before the 200", "cluster/files",
          cluster_rows("cluster", TRACK), (ON_ONE_MACHINE,), servers=True),
    Group("cluster-batch", "Past one machine: batches of 100, on three servers before the 200", "cluster-batch/files",
          cluster_rows("cluster-batch", Load(events=100)), (ON_ONE_MACHINE,), servers=True),
)
