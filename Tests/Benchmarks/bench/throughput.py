"""Rows that are rounds of load: all programs of a group run, and are driven one after the other, round by round.

Interleaved (A B C A B C), so that a machine that becomes slower or quicker meanwhile does so for all of them.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from . import events, loads
from .context import Bench
from .machine import counting_instructions
from .programs import Program
from .results import Result, Section
from .servers import Servers, record_servers
from .site import Nginx, Site, fixed, plain, production

# Events for each second of a round that are packed beforehand.
PACKED_EVENTS = 150_000


@dataclass(frozen=True)
class Load:
    """What is sent. `wrk`: a GET without a body. Otherwise POSTs of `events` events of `bytes` bytes each."""

    wrk: bool = False
    bytes: int = 350
    events: int = 1
    gzip: bool = False
    tls: bool = False
    connections: int = 64


@dataclass(frozen=True)
class Row:
    """One row: a program behind a site, under a load.

    `program` None is nginx answering by itself.
    """

    key: str
    label: str
    program: Callable[[Bench], Program] | None
    load: Load
    # With the group's servers, instead.
    in_servers: Callable[[Bench, Servers], Program] | None = None
    kept: bool = True
    production: bool = False


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    reference: str | None
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    # Whether there are NATS servers, for those programs that take them.
    servers: bool = False


def measure(bench: Bench, group: Group, rows: list[Row], has_instructions: bool) -> Section:
    section = Section(group.title, group.reference, notes=list(group.notes))
    with ExitStack() as stack:
        servers = stack.enter_context(Servers(bench)) if group.servers else None
        prepared = [prepare(bench, stack, row, servers) for row in rows]
        nginx = stack.enter_context(Nginx(bench, [each.site for each in prepared]))
        for each in prepared:
            each.probe()
        for number in range(bench.rounds):
            for each in prepared:
                if each.result.void:
                    continue
                each.round(number, has_instructions)
                nginx.check()
        for each in prepared:
            section.results.append(each.result)
    return section


@dataclass
class Prepared:
    """A row with its program and site."""

    bench: Bench
    row: Row
    program: Program | None
    site: Site
    result: Result
    body: Path | None = None
    answer_bytes: int = 0

    def probe(self) -> None:
        template = None
        if self.body is not None:
            # Ids that no load makes: those have digits only where these have letters.
            template = self.body.read_text().replace(events.ID_MARK, f"probe-{self.bench.fresh('id'):<30}".strip())
            template = template.replace(events.USER_MARK, "probe")
        self.answer_bytes = loads.probe(self.site.port, "POST" if template else "GET", "/v1/track" if
                                        self.row.load.events == 1 else "/v1/batch", template)

    def round(self, number: int, has_instructions: bool) -> None:
        load, result, program = self.row.load, self.result, self.program
        before = program.stored() if program else None
        cpu = program.cpu_seconds if program else 0
        servers = program.servers if program else None
        of_servers = servers.figures if servers else (0, 0, 0)
        self.bench.number += 1
        with counting_instructions(program.pids if program else [], has_instructions and program is not None) as count:
            sample = self.drive(self.bench.number)
        used = (program.cpu_seconds if program else 0) - cpu
        if program is not None:
            program.check()
        done = sample.answers * load.events
        result.void = sample.wrong
        if not result.void and before is not None and program is not None:
            kept = (program.stored() or 0) - before
            if not sample.acknowledged <= kept <= sample.acknowledged_at_most:
                result.void = f"{sample.acknowledged} events were acknowledged, but {kept} are stored"
        if result.void:
            return
        result.values.append(sample.rate)
        if program is not None and done:
            result.cpu_us.append(used / done * 1e6)
        if count.count is not None and done:
            result.instructions.append(count.count / done)
        if servers and done:
            record_servers(result, servers, of_servers, done)
        result.p99_ms.append(sample.p99_us / 1000)

    def drive(self, seed: int) -> loads.Sample:
        load, bench = self.row.load, self.bench
        path = "/v1/track" if load.events == 1 else "/v1/batch"
        if load.wrk:
            return loads.drive_wrk(bench, self.site.port, connections=load.connections, seconds=bench.seconds,
                                   answer_bytes=self.answer_bytes)
        assert self.body is not None
        if load.tls:
            assert self.site.https is not None
            return loads.drive_wrk_unique(bench, self.site.https, body=self.body, connections=load.connections,
                                          seconds=bench.seconds, seed=seed)
        if load.gzip:
            pool = self.body.with_suffix(".pool")
            # Packing takes longer than unpacking. A round whose bodies are used up is shorter, its rate still right.
            number = int(min(bench.seconds, 2.5) * PACKED_EVENTS / load.events)
            events.write_pool(pool, self.body.read_text(), max(500, number))
            return loads.drive(self.site.port, pool=pool, events=load.events, connections=load.connections,
                               seconds=bench.seconds, path=path)
        return loads.drive(self.site.port, body=self.body, events=load.events, connections=load.connections,
                           seconds=bench.seconds, seed=seed, path=path)


def prepare(bench: Bench, stack: ExitStack, row: Row, servers: Servers | None = None) -> Prepared:
    if row.program is None and row.in_servers is None:
        program = None
        site = fixed(row.key.replace("/", "_"), loads.ANSWER)
    else:
        if row.in_servers is not None and servers is not None:
            program = stack.enter_context(row.in_servers(bench, servers))
        else:
            assert row.program is not None
            program = stack.enter_context(row.program(bench))
        if row.production:
            site = production(bench, program.name, program.sockets, kept=row.kept, parameters=program.parameters)
        else:
            site = plain(program.name, program.sockets[0], kept=row.kept, parameters=program.parameters)
    body = None
    if not row.load.wrk:
        body = bench.data / f"{bench.fresh('body')}.json"
        body.write_text(events.body(row.load.bytes, row.load.events))
    unit = "answers/s" if program is None or row.load.wrk else "events/s"
    checked = "status and body of every answer"
    if program is not None and type(program).stored is not Program.stored:
        checked += "; as many stored as acknowledged"
    return Prepared(bench, row, program, site, Result(row.key, row.label, unit, checked=checked), body)
