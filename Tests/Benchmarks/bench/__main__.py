"""Tests/bench: see usage below."""

import argparse
import fnmatch
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from . import machine, tools
from .context import Bench, Failure
from .experiments import EXPERIMENTS
from .results import Section, print_section, write_json
from .rows import GROUPS
from .throughput import measure


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Tests/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Compares the gateway with what people write instead, behind the same nginx on this machine.",
        epilog="Rows are called GROUP/NAME: empty, single, batch, tls, way, drain, latency, idle, queue, clients,\n"
               "cluster, cluster-batch, cluster-way. "
               "A quiet machine\nis needed for figures that mean something; the load runs on it too.")
    parser.add_argument("--quick", action="store_true", help="short rounds, short queues: under five minutes")
    parser.add_argument("--full", action="store_true", help="a queue of ten times --scale too")
    parser.add_argument("--rows", default="*", metavar="PATTERN",
                        help="only these, such as 'single/*' or 'empty/ours*,empty/c*'")
    parser.add_argument("--list", action="store_true", help="print the names of the rows and end")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures of all rounds")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each row (5; quick: 2)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of a round (5; quick: 1.5)")
    parser.add_argument("--scale", type=int, metavar="N", help="queued calls (1000000; quick: 100000)")
    parser.add_argument("--responders", type=int, default=1, metavar="N", help="processes of the gateway (1)")
    asked = parser.parse_args()
    for name, least in (("rounds", 1), ("seconds", 1), ("scale", 1), ("responders", 1)):
        value = getattr(asked, name)
        if value is not None and value < least:
            parser.error(f"--{name} is at least {least}")
    return asked


def main() -> int:
    asked = arguments()
    patterns = asked.rows.split(",")

    def wanted(key: str) -> bool:
        return any(fnmatch.fnmatch(key, pattern) for pattern in patterns)

    if asked.list:
        for group in GROUPS:
            print(*(row.key for row in group.rows), sep="\n")
        for keys, _ in EXPERIMENTS.values():
            print(*keys, sep="\n")
        return 0

    def interrupt(*_: object) -> None:
        # A second Ctrl-C must not leave programs behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    tools.build()
    bench = Bench(
        quick=asked.quick, full=asked.full, scale=asked.scale or (100_000 if asked.quick else 1_000_000),
        rounds=asked.rounds or (2 if asked.quick else 5), seconds=asked.seconds or (1.5 if asked.quick else 5),
        responders=asked.responders)
    sections: list[Section] = []
    facts: dict[str, Any] = {}
    begin = time.monotonic()
    status = 0
    try:
        facts = machine.describe(bench)
        introduce(facts, bench)
        run_all(bench, wanted, sections, facts["instructions"])
    except KeyboardInterrupt:
        print("\nTests/bench: interrupted", file=sys.stderr)
        status = 130
    except Failure as failure:
        print(f"\nTests/bench: {failure}", file=sys.stderr)
        status = 1
    finally:
        bench.close()
    void = [result.key for section in sections for result in section.results if result.void]
    if asked.json and sections:
        write_json(asked.json, facts, {key: str(value) if isinstance(value, Path) else value
                                       for key, value in vars(asked).items()}, sections)
    verdict = f"; void: {', '.join(void)}" if void else "" if status else "; every answer was right"
    print(f"\n{time.monotonic() - begin:.0f} s{verdict}")
    return status or (1 if void else 0)


def introduce(facts: dict[str, Any], bench: Bench) -> None:
    print(f"{facts['processor']}, {facts['cores']} cores, {facts['memory_bytes'] / 2**30:.0f} GiB, Linux "
          f"{facts['kernel']}; {facts['file_system']}, a durable write of 4 KiB takes {facts['fdatasync_us']:.0f} µs")
    print(f"{bench.rounds} rounds of {bench.seconds:g} s; nginx with {bench.workers} workers; load, nginx and programs "
          "share the machine")
    print("CPU µs: user and system time of the program alone, without nginx, for each event. Instructions: "
          + ("by perf stat" if facts["instructions"] else "not available here"))
    if facts["file_system"] in ("tmpfs", "ramfs"):
        print("WARNING: the spool lies in memory. Durable rows are worth nothing here.")
    if facts["load_average"] > 0.5:
        print(f"WARNING: the machine is busy (load average {facts['load_average']:.1f}).")


def run_all(bench: Bench, wanted: Any, sections: list[Section], has_instructions: bool) -> None:
    for group in GROUPS:
        rows = [row for row in group.rows if wanted(row.key)]
        if rows:
            sections.append(measure(bench, group, rows, has_instructions))
            print_section(sections[-1])
            sys.stdout.flush()
    for _, experiment in EXPERIMENTS.values():
        # What is not wanted is skipped in there: the names of some rows depend on the options.
        section = experiment(bench, wanted)
        if section.results:
            sections.append(section)
            print_section(section)
            sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
