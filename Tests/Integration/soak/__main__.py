"""Tests/soak: see usage below."""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.oracle import Figures, table
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

from .draw import ENDING, KILLS, LASTING, Site
from .load_process import LoadProcess
from .planted import PLANTED
from .samples import Sampler


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Tests/soak", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="The product behind nginx with two responders, under load, and faults drawn at random.",
        epilog="Ends with 1 if anything acknowledged was lost, an event was taken twice under two ids, a user's order was\n"
               "broken, a call became a dead letter, or a responder ended by itself.\n\n"
               "The second half of --minutes leaves the responders alive, so that their memory and descriptors tell.")
    parser.add_argument("--minutes", type=float, default=None, metavar="N", help="how long (10, without --kills)")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="only kill -9, so often")
    parser.add_argument("--seed", type=int, default=None, metavar="S", help="of what is drawn; printed when it is not given")
    parser.add_argument("--rate", default="half", metavar="half|N",
                        help="events a second; half of what this machine was just seen to bear")
    parser.add_argument("--measure", type=float, default=10, metavar="SECONDS", help="for finding the maximum")
    parser.add_argument("--single", action="store_true", help="one call a request to Hydra; else batches")
    parser.add_argument("--patience", type=float, default=120, metavar="SECONDS",
                        help="how long what was acknowledged before the end of a fault may take to arrive, beside new load")
    parser.add_argument("--plant", choices=list(PLANTED), help="have Hydra do this to an event in a thousand: proves the soak")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    asked = parser.parse_args()
    if asked.rate != "half":
        try:
            asked.rate = float(asked.rate)
        except ValueError:
            parser.error("--rate is half or a number")
    if asked.minutes is None:
        asked.minutes = 0.0 if asked.kills else 10.0
    return asked


class Soak:
    def __init__(self, asked: argparse.Namespace, stack: Stack, hydra: ScriptedHydra) -> None:
        self.asked, self.stack, self.hydra = asked, stack, hydra
        self.seed = asked.seed if asked.seed is not None else random.SystemRandom().randrange(1 << 32)
        self.dice = random.Random(self.seed)
        self.site = Site(stack, hydra, self.dice)
        self.rows: dict[str, Figures] = {}
        # Ends that nobody ordered.
        self.deaths = 0
        self.spans: dict[str, list[float]] = defaultdict(list)

    def maximum(self) -> float:
        """Events a second, from the first that was sent to the last that arrived, as fast as it goes."""
        load = LoadProcess(self.stack, "flat-out", 0)
        wait_for(lambda: load.acknowledged.total > 0, "a first event", timeout=60)
        began, first = time.monotonic(), load.acknowledged.total
        time.sleep(self.asked.measure)
        taken = (load.acknowledged.total - first) / (time.monotonic() - began)
        load.stop()
        self.arrived(load.acknowledged.snapshot(), 600)
        rate = (load.acknowledged.total - first) / (time.monotonic() - began)
        assert self.hydra.missing(load.acknowledged.snapshot()) == 0, "lost without any fault"
        say(f"maximum: {taken:.0f} events/s taken in, {rate:.0f} events/s from the first to the last at Hydra")
        return rate

    def arrived(self, counts: dict[str, int], patience: float) -> int:
        """Waits for what is acknowledged; how many did not come."""
        try:
            wait_for(lambda: self.hydra.missing(counts) == 0, "all that was acknowledged", patience, interval=0.02)
            return 0
        except AssertionError:
            return self.hydra.missing(counts)

    def strike(self, name: str, fault: Callable[[Site], None], load: LoadProcess) -> None:
        """One cycle: traffic, the fault, traffic again, and then everything that was acknowledged until then."""
        wanted = load.acknowledged.total + self.dice.randrange(1, 100)
        wait_for(lambda: load.acknowledged.total >= wanted, "load going on", timeout=60, interval=0.002)
        arrivals, before = self.hydra.arrivals, load.acknowledged.total
        was = (arrivals.repeats, arrivals.twice, arrivals.disorder, load.acknowledged.failures)
        pids = self.stack.pids()
        if len(pids) != self.stack.responders:
            self.deaths += 1
            raise AssertionError(f"{len(pids)} responders run: one has ended by itself before {name}")
        began = time.monotonic()
        fault(self.site)
        lost = self.arrived(load.acknowledged.snapshot(), self.asked.patience)
        self.spans[name].append(time.monotonic() - began)
        if name in LASTING and self.stack.pids() != pids:
            self.deaths += 1
            say(f"{name} ended a responder: {pids} became {self.stack.pids()}")
        row = self.rows.setdefault(name, Figures(name, 0, 0, 0, 0, 0, 0, 0, 0))
        self.rows[name] = replace(
            row, cycles=row.cycles + 1, acknowledged=row.acknowledged + load.acknowledged.total - before,
            lost=row.lost + lost, twice=row.twice + arrivals.twice - was[1],
            repeats=row.repeats + arrivals.repeats - was[0], disorder=row.disorder + arrivals.disorder - was[2],
            resent=row.resent + load.acknowledged.failures - was[3])
        if lost:
            say(f"{lost} events did not arrive within {self.asked.patience:.0f} s of {name}: "
                f"{self.hydra.arrivals.examples(load.acknowledged.snapshot())}")

    def draw(self, faults: dict[str, Callable[[Site], None]], load: LoadProcess, until: Callable[[], bool],
             quiet: float) -> None:
        """Every kind comes up before any comes up again."""
        deck: list[str] = []
        while not until():
            if not deck:
                deck = list(faults)
                self.dice.shuffle(deck)
            name = deck.pop()
            self.strike(name, faults[name], load)
            time.sleep(self.dice.uniform(0, quiet))

    def run(self) -> dict[str, Any]:
        rate = self.maximum() / 2 if self.asked.rate == "half" else self.asked.rate
        say(f"seed {self.seed}, {rate:.0f} events/s")
        load = LoadProcess(self.stack, "soak", rate)
        wait_for(lambda: load.acknowledged.total > 0, "a first event", timeout=60)
        sampler = Sampler(self.stack, self.hydra, load.acknowledged)
        sampler.start()
        began = time.monotonic()
        seconds = self.asked.minutes * 60
        marks = {}
        if self.asked.kills:
            left = iter(range(self.asked.kills))
            self.draw(KILLS, load, lambda: next(left, None) is None, 0)
            marks = {"start": 2.0, "middle": (time.monotonic() - began) / 2, "end": time.monotonic() - began - 2}
        if seconds:
            begin = time.monotonic()
            self.draw({**ENDING, **LASTING}, load, lambda: time.monotonic() - begin > seconds / 2, 2)
            calm = time.monotonic()
            self.draw(LASTING, load, lambda: time.monotonic() - begin > seconds, 2)
            end = time.monotonic()
            marks |= {"start": begin - began + 2, "half-way, after all kinds of faults": calm - began + 2,
                      "three quarters, nothing ended any more": (calm + end) / 2 - began, "end": end - began - 2}
        sampler.stop()
        load.stop()
        lost = self.arrived(load.acknowledged.snapshot(), self.asked.patience * 2)
        self.stack.drained()
        window = max(4.0, (time.monotonic() - began) / 10)
        samples = [sampler.report(name, at, window) for name, at in marks.items()]
        status = self.stack.status()["spool"]
        arrivals = self.hydra.arrivals
        rows = list(self.rows.values())
        total = Figures("all", sum(row.cycles for row in rows), load.acknowledged.total, lost, arrivals.twice,
                        arrivals.repeats, arrivals.disorder, status["dead"], load.acknowledged.failures)
        print(table(sorted(rows, key=lambda row: row.fault) + [total]))
        print(f"\n{'':40}  acknowledged/s  arrived/s  responders: resident memory, descriptors (age)")
        for sample in samples:
            each = ", ".join(f"{one['resident'] / (1 << 20):.0f} MiB {one['descriptors']} ({one['age']:.0f} s)"
                             for one in sample["responders"])
            print(f"{sample['name']:34} {sample['at']:5}  {sample['acknowledgedEachSecond']:14}  "
                  f"{sample['arrivedEachSecond']:9}  {each}")
        most = max(one.resident for sample in sampler.samples for one in sample.responders)
        files = max(one.descriptors for sample in sampler.samples for one in sample.responders)
        print(f"most of any responder at any time: {most / (1 << 20):.0f} MiB, {files} descriptors")
        print(f"{time.monotonic() - began:.0f} s, {load.acknowledged.total} events acknowledged, "
              f"{self.deaths} unordered ends of responders, seed {self.seed}")
        return {
            "seed": self.seed, "rate": rate, "seconds": time.monotonic() - began, "deaths": self.deaths,
            "total": total.json, "rows": [row.json for row in rows], "samples": samples,
            "mostResidentBytes": most, "mostDescriptors": files,
            "secondsOfEachFault": {name: [round(span, 3) for span in spans] for name, spans in self.spans.items()},
            "isClean": self.deaths == 0 and all(row.is_clean for row in [*rows, total]),
        }


def main() -> int:
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="hydra-soak-") as directory:
        hydra = ScriptedHydra(keeps=False)
        if asked.plant:
            hydra.arrivals = PLANTED[asked.plant]()
        stack = Stack(Path(directory) / "state")

        def towards_script(configuration: dict[str, Any]) -> None:
            configuration["hydra"].update(url=hydra.url, timeout="2s")
            configuration["hydra"].pop("caFile", None)
            configuration.setdefault("delivery", {}).update(
                retryBase="50ms", retryCap="500ms", probeInterval="1s", batch=not asked.single)
            # A line for each call would be gigabytes.
            configuration["log"]["level"] = "notice"

        try:
            say("starting")
            stack.up()
            stack.configure(towards_script)
            figures = Soak(asked, stack, hydra).run()
        except BaseException:
            for line in stack.log_text().splitlines()[-400:]:
                if '"log.level":"info"' not in line:
                    say(line[:500])
            raise
        finally:
            stack.down()
            hydra.close()
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))
    return 0 if figures["isClean"] else 1


if __name__ == "__main__":
    sys.exit(main())
