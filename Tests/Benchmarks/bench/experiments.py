"""What is more than rounds of load: latency at a fixed rate, the way to Hydra, memory, and long queues."""

import json
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from . import events, loads, programs
from .context import TOOLS, Bench, Failure
from .fastcgi import Connection, is_success
from .processes import wait_for
from .programs import Gateway, Program
from .results import Result, Section
from .servers import Servers, record_servers
from .site import Nginx, Site, fixed, plain, production

Wanted = Callable[[str], bool]


def body_file(bench: Bench, size: int = 350, count: int = 1) -> Path:
    path = bench.data / f"{bench.fresh('body')}.json"
    path.write_text(events.body(size, count))
    return path


# MARK: Latency

def latency(bench: Bench, wanted: Wanted) -> Section:
    """Each program at half of what it can do at most, found out just before. Open loop: see load/load.c."""
    section = Section("Latency at half of its own maximum: p99", "latency/c-empty")
    section.notes.append("Open loop: counted from when a request was due. 64 connections; the product's site for all.")
    candidates: tuple[tuple[str, str, Callable[[Bench], Program], bool], ...] = (
        ("latency/ours", "ours, durable", programs.gateway, True),
        ("latency/php-sqlite", "PHP-FPM, SQLite, durable", programs.php_spool, False),
        ("latency/ours-empty", "ours, without work", programs.empty_responder, True),
        ("latency/c-empty", "C pool, without work", programs.c_pool, True),
        ("latency/go-empty", "Go, without work", programs.go, True),
        ("latency/php-empty", "PHP-FPM, without work", programs.php_empty, False),
    )
    with ExitStack() as stack:
        running: list[tuple[Result, Program, Site]] = []
        for key, label, make, kept in candidates:
            if not wanted(key):
                continue
            program = stack.enter_context(make(bench))
            site = production(bench, program.name, program.sockets, kept=kept, parameters=program.parameters)
            running.append((Result(key, label, "ms", less_is_better=True), program, site))
        if not running:
            return section
        stack.enter_context(Nginx(bench, [site for _, _, site in running]))
        body = body_file(bench)
        for result, _, site in running:
            most = loads.drive(site.port, body=body, seconds=min(bench.seconds, 3), seed=seed(bench))
            result.void = most.wrong
            result.more["requests/s"] = round(most.rate / 2)
        for _ in range(bench.rounds):
            for result, program, site in running:
                if result.void:
                    continue
                sample = loads.drive(site.port, body=body, seconds=bench.seconds, rate=result.more["requests/s"],
                                     seed=seed(bench))
                program.check()
                result.void = sample.wrong
                result.values.append(sample.p99_us / 1000)
                for name, value in (("p50", sample.p50_us), ("p99.9", sample.p999_us), ("longest", sample.max_us)):
                    result.more.setdefault(f"{name} ms", []).append(round((value or 0) / 1000, 2))
        section.results = [result for result, _, _ in running]
    return section


def seed(bench: Bench) -> int:
    bench.number += 1
    return bench.number


# MARK: The whole way

class Hydra:
    """Sites that stand for Hydra: one takes everything, one is away."""

    def __init__(self, bench: Bench, stack: ExitStack) -> None:
        stub = stack.enter_context(programs.hydra_stub(bench))
        self.takes = fixed("hydra_takes", "{}")
        self.away = fixed("hydra_away", '{"code":"unavailable","message":"away"}', 503)
        self.batches = plain("hydra_batches", stub.sockets[0], kept=True)
        stack.enter_context(Nginx(bench, [self.takes, self.away, self.batches]))

    def for_batches(self, batch: bool) -> int:
        return self.batches.port if batch else self.takes.port


def figures(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/status?json", timeout=30) as answer:
        return json.load(answer)["spool"]


def whole_way(bench: Bench, wanted: Wanted) -> Section:
    """Intake at full load while calls are delivered; until the last one was."""
    section = Section("Intake and delivery, Hydra answers at once", None)
    section.notes.append("From the first request until the last call was delivered.")
    for key, label, count, batch in (
            ("way/single", "one track a request, one call a request", 1, False),
            ("way/single-batched", "one track a request, delivery.batch", 1, True),
            ("way/batch-batched", "batches of 100, delivery.batch", 100, True)):
        if not wanted(key):
            continue
        result = Result(key, label, "events/s", checked="delivered as many as acknowledged")
        section.results.append(result)
        with ExitStack() as stack:
            hydra = Hydra(bench, stack)
            program = stack.enter_context(
                programs.gateway(bench, delivers=True, batch=batch, hydra=hydra.for_batches(batch)))
            go_the_way(bench, stack, program, count, result)
    return section


def go_the_way(bench: Bench, stack: ExitStack, program: Gateway, count: int, result: Result) -> None:
    """Rounds of intake at full load, each until its last call was delivered."""
    site = production(bench, program.name, program.sockets)
    stack.enter_context(Nginx(bench, [site]))
    body = body_file(bench, 350, count)
    for _ in range(bench.rounds):
        before = figures(site.port)["delivered"]
        cpu = program.cpu_seconds
        of_servers = program.servers.figures if program.servers else (0, 0, 0)
        start = time.monotonic()
        sample = loads.drive(site.port, body=body, events=count, seconds=bench.seconds, seed=seed(bench),
                             path="/v1/batch" if count > 1 else "/v1/track")
        result.void = sample.wrong
        if result.void:
            break
        wait_for(lambda: figures(site.port)["depth"] == 0, "the queue to be empty", timeout=300, interval=0.05)
        taken = time.monotonic() - start
        cpu = program.cpu_seconds - cpu
        # What another gateway has delivered it says once a second.
        patience = time.monotonic() + (5 if program.servers else 0)
        while (delivered := figures(site.port)["delivered"] - before) != sample.acknowledged:
            if time.monotonic() > patience:
                result.void = f"{sample.acknowledged} events were acknowledged, {delivered} delivered"
                return
            time.sleep(0.1)
        result.values.append(delivered / taken)
        result.cpu_us.append(cpu / delivered * 1e6)
        if program.servers:
            record_servers(result, program.servers, of_servers, delivered)
        result.p99_ms.append(sample.p99_us / 1000)
        result.more.setdefault("intake events/s meanwhile", []).append(round(sample.rate))


def cluster_way(bench: Bench, wanted: Wanted) -> Section:
    """The same past one machine: the gateways share the partitions."""
    section = Section("Past one machine: intake and delivery, Hydra answers at once", "cluster-way/files")
    section.notes.append("From the first request until the last call was delivered; one track a request, delivery.batch.")
    rows = [(key, gateways) for key, gateways in (("files", 0), ("1", 1), ("2", 2), ("4", 4))
            if wanted(f"cluster-way/{key}")]
    if not rows:
        return section
    with ExitStack() as outer:
        hydra = Hydra(bench, outer)
        servers = outer.enter_context(Servers(bench))
        for key, gateways in rows:
            label = f"three NATS servers; gateways: {gateways}" if gateways else "spool in files, one gateway"
            result = Result(f"cluster-way/{key}", label, "events/s", checked="delivered as many as acknowledged")
            section.results.append(result)
            with ExitStack() as stack:
                program = stack.enter_context(programs.gateway(
                    bench, delivers=True, batch=True, hydra=hydra.for_batches(True),
                    servers=servers if gateways else None, responders=gateways or 1))
                go_the_way(bench, stack, program, 1, result)
    return section


def fill(bench: Bench, site: Site, gateway: Gateway, depth: int) -> float:
    """Queues calls by the front door until there are so many; the rate in events/s."""
    count = 500
    missing = depth - gateway.status()["spool"]["depth"]
    if missing <= 0:
        return 0
    sample = loads.drive(site.port, body=body_file(bench, 350, count), events=count, connections=8,
                         seconds=max(120, missing / 2_000), count=-(-missing // count), seed=seed(bench),
                         path="/v1/batch", users=100_000)
    if sample.wrong:
        raise Failure(f"filling the queue: {sample.wrong}")
    return sample.rate


def drain(bench: Bench, wanted: Wanted) -> Section:
    """A queue that has grown while Hydra was away, and events that still come in."""
    depth = 100_000 if bench.quick else 500_000
    rate = 1_000
    section = Section(f"Drain of {depth:,} calls while {rate:,}/s come in".replace(",", " "), None,
                      notes=["p99 is that of the intake meanwhile."])
    for key, label, batch in (("drain/single", "one call a request", False),
                              ("drain/batched", "delivery.batch", True)):
        if not wanted(key):
            continue
        result = Result(key, label, "calls/s", checked="all delivered, none dead")
        section.results.append(result)
        with ExitStack() as stack:
            hydra = Hydra(bench, stack)
            with programs.gateway(bench) as program:
                site = production(bench, program.name, program.sockets)
                with Nginx(bench, [site]):
                    fill(bench, site, program, depth)
                spool = program.spool
            # From here: it delivers before anybody can ask it how much.
            start = time.monotonic()
            program = stack.enter_context(
                programs.gateway(bench, delivers=True, batch=batch, hydra=hydra.for_batches(batch), spool=spool))
            site = production(bench, program.name, program.sockets)
            stack.enter_context(Nginx(bench, [site]))
            load = subprocess.Popen(
                [str(TOOLS / "load"), "--port", str(site.port), "--path", "/v1/track", "--seconds", "900", "--rate",
                 str(rate), "--body", str(body_file(bench)), "--seed", str(seed(bench)), "--header",
                 f"Authorization: {programs.AUTHORIZATION}"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True)
            stack.callback(end, load)
            delivered = wait_for(lambda: (number := figures(site.port)["delivered"]) >= depth and number,
                                 "the queue to be drained", timeout=800, interval=0.02)
            taken = time.monotonic() - start
            used = program.cpu_seconds
            load.send_signal(signal.SIGINT)
            intake = json.loads(load.communicate(timeout=60)[0])
            wait_for(lambda: figures(site.port)["depth"] == 0, "the queue to be empty", timeout=120, interval=0.1)
            last = figures(site.port)
            if intake["wrong"] or intake["broken"] or intake["unanswered"]:
                result.void = f"intake: {intake['first_wrong']}"
            elif last["dead"] or last["delivered"] != last["appended"]:
                result.void = f"{last['appended']} taken, {last['delivered']} delivered, {last['dead']} dead"
            else:
                result.values.append(delivered / taken)
                result.cpu_us.append(used / delivered * 1e6)
                result.p99_ms.append(intake["p99_us"] / 1000)
    return section


def end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait(20)


# MARK: Memory

def idle(bench: Bench, wanted: Wanted) -> Section:
    """Kept connections that nobody uses: what they cost a responder in memory and CPU."""
    count = 2_000 if bench.quick else 10_000
    watched = 3 if bench.quick else 10
    section = Section(f"{count:,} idle kept connections: memory".replace(",", " "), "idle/c-pool")
    section.notes.append("PHP-FPM has no row: it would need as many processes.")
    for key, label, make, path in (
            ("idle/ours", "ours, the whole gateway",
             lambda: programs.gateway(bench, connections=count + 64), "/-/live"),
            ("idle/c-pool", "C libfcgi thread pool, as many threads", lambda: programs.c_pool(bench, count + 32), "/"),
            ("idle/go", "Go net/http/fcgi", lambda: programs.go(bench), "/")):
        if not wanted(key):
            continue
        result = Result(key, label, "MB", less_is_better=True, checked="first, middle and last answer afterwards")
        section.results.append(result)
        with ExitStack() as stack:
            program = stack.enter_context(make())
            before = program.resident_bytes
            connections: list[Connection] = []
            stack.callback(lambda: [each.close() for each in connections])
            try:
                for _ in range(count):
                    connections.append(Connection(program.sockets[0]))
                    if not is_success(connections[-1].ask(path)):
                        raise Failure("an answer was wrong")
                cpu = program.cpu_seconds
                time.sleep(watched)
                used = program.cpu_seconds - cpu
                memory = program.resident_bytes
                for each in (connections[0], connections[count // 2], connections[-1]):
                    if not is_success(each.ask(path)):
                        raise Failure("an answer was wrong")
            except (OSError, Failure) as error:
                result.void = f"after {len(connections)} connections: {error}"
                continue
            result.values.append(memory / 1e6)
            result.more = {"MB without connections": round(before / 1e6, 1),
                           "bytes for each": round((memory - before) / count),
                           f"CPU ms in {watched} s": round(used * 1000)}
    return section


# MARK: Queues

def start_to_ready(gateway: Gateway, started: float, patience: float = 120) -> float:
    """Seconds from `started` until /-/ready says yes."""
    def is_ready() -> bool:
        gateway.check()
        with closing(Connection(gateway.sockets[0])) as connection:
            return is_success(connection.ask("/-/ready"))

    wait_for(is_ready, "the gateway to be ready", timeout=patience, interval=0.001)
    return time.monotonic() - started


def queues(bench: Bench, wanted: Wanted) -> Section:
    """What a long queue costs: memory, files, intake, and the time to start."""
    section = Section("Growth: queued calls", "queue/0")
    section.notes.append("Intake of one track a request, 64 clients, onto a queue of that length. Hydra is away.")
    sizes = [0, bench.scale] + ([10 * bench.scale] if bench.full else [])
    sizes = [size for size in sizes if wanted(f"queue/{size}")]
    if not sizes:
        return section
    with ExitStack() as stack:
        hydra = Hydra(bench, stack)
        body = body_file(bench)
        for size in sizes:
            result = Result(f"queue/{size}", f"{size:,} queued".replace(",", " "), "events/s",
                            checked="as many queued as acknowledged")
            section.results.append(result)
            # Some 1,100 bytes a call of 350, and as much again for the log that is being checkpointed.
            needed = size * 2_500
            if shutil.disk_usage(bench.data).free < needed + (1 << 30):
                result.void = f"not measured: {needed / 1e9:.0f} GB of free disk are needed"
                continue
            measure_queue(bench, result, size, body, hydra)
    return section


def measure_queue(bench: Bench, result: Result, size: int, body: Path, hydra: Hydra) -> None:
    with ExitStack() as stack:
        gateway = stack.enter_context(programs.gateway(bench))
        spool = gateway.spool
        site = production(bench, gateway.name, gateway.sockets)
        stack.enter_context(Nginx(bench, [site]))
        rate = fill(bench, site, gateway, size)
        depth = gateway.status()["spool"]["depth"]
        if rate:
            result.more["filled in batches of 500, events/s"] = round(rate)
        result.more["MB of memory, no delivery"] = round(gateway.resident_bytes / 1e6, 1)
        result.more["MB of files"] = round(gateway.spool_bytes / 1e6, 1)
        for _ in range(bench.rounds):
            cpu = gateway.cpu_seconds
            sample = loads.drive(site.port, body=body, seconds=bench.seconds, seed=seed(bench))
            after = gateway.status()["spool"]["depth"]
            result.void = sample.wrong
            if not result.void and after - depth != sample.acknowledged:
                result.void = f"{sample.acknowledged} events were acknowledged, {after - depth} queued"
            if result.void:
                return
            depth = after
            result.values.append(sample.rate)
            result.p99_ms.append(sample.p99_us / 1000)
            result.cpu_us.append((gateway.cpu_seconds - cpu) / sample.acknowledged * 1e6)
    result.more["queued at the end"] = depth
    started = time.monotonic()
    with programs.gateway(bench, delivers=True, hydra=hydra.away.port, spool=spool, waits=False) as gateway:
        result.more["ms from start to ready"] = round(start_to_ready(gateway, started) * 1000)
        # Long enough for it to look for work, to fail, and to wait for the next try.
        time.sleep(bench.seconds)
        gateway.check()
        result.more["MB of memory, Hydra away"] = round(gateway.resident_bytes / 1e6, 1)
    for label, batch in (("one call a request", False), ("in batches", True)):
        with programs.gateway(bench, delivers=True, batch=batch, hydra=hydra.for_batches(batch), spool=spool) as gateway:
            start_to_ready(gateway, time.monotonic())
            result.more[f"drains {label}, calls/s"] = round(drain_rate(gateway, bench.seconds))
            result.more[f"MB of memory, draining {label}"] = round(gateway.resident_bytes / 1e6, 1)
    shutil.rmtree(spool)


def drain_rate(gateway: Gateway, seconds: float) -> float:
    """Calls delivered in a second, for so long or until none is left."""
    start, before = time.monotonic(), gateway.status()["spool"]["delivered"]
    while True:
        # Asking takes a part of the machine.
        time.sleep(0.5)
        gateway.check()
        spool, taken = gateway.status()["spool"], time.monotonic() - start
        if spool["depth"] == 0 or taken >= seconds:
            return (spool["delivered"] - before) / taken


EXPERIMENTS: dict[str, tuple[tuple[str, ...], Callable[[Bench, Wanted], Section]]] = {
    "latency": (("latency/ours", "latency/php-sqlite", "latency/ours-empty", "latency/c-empty", "latency/go-empty",
                 "latency/php-empty"), latency),
    "way": (("way/single", "way/single-batched", "way/batch-batched"), whole_way),
    "drain": (("drain/single", "drain/batched"), drain),
    "cluster-way": (("cluster-way/files", "cluster-way/1", "cluster-way/2", "cluster-way/4"), cluster_way),
    "idle": (("idle/ours", "idle/c-pool", "idle/go"), idle),
    "queue": (("queue/0", "queue/N"), queues),
}
