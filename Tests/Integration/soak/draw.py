"""The faults that are drawn: each leaves the product whole again when it returns."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from support import faults
from support.scripted_hydra import Answer, ScriptedHydra, Trick, accept
from support.stack import Stack
from support.waiting import wait_for


@dataclass
class Site:
    """What faults are done to."""

    stack: Stack
    hydra: ScriptedHydra
    dice: random.Random

    def pause(self, least: float, most: float) -> None:
        """How long a fault lasts, which is a part of it."""
        time.sleep(self.dice.uniform(least, most))

    def delivering(self) -> int:
        return wait_for(lambda: faults.deliverer(self.stack), "a delivering process", timeout=30)


def kill_responder(site: Site) -> None:
    faults.crash(site.stack, site.dice.choice(site.stack.pids()))


def kill_deliverer(site: Site) -> None:
    faults.crash(site.stack, site.delivering())


def kill_all(site: Site) -> None:
    pids = site.stack.pids()
    lines = [site.stack.command_line(pid) for pid in pids]
    for pid in pids:
        site.stack.kill(pid)
    for pid in pids:
        wait_for(lambda pid=pid: site.stack.has_ended(pid), "the process gone", interval=0.002)
    for line in lines:
        site.stack.respawn(line)
    wait_for(lambda: len(site.stack.pids()) == len(pids), "all responders running", interval=0.005)
    for line in lines:
        wait_for(lambda line=line: faults.listens(faults.socket_of(line)), "a responder listening", interval=0.005)


def terminate(site: Site) -> None:
    faults.replace(site.stack, site.dice.choice(site.stack.pids()), signal.SIGTERM)


def rolling_restart(site: Site) -> None:
    for pid in site.stack.pids():
        faults.replace(site.stack, pid, signal.SIGTERM)


def freeze(site: Site) -> None:
    pid = site.dice.choice(site.stack.pids())
    faults.freeze(site.stack, pid)
    site.pause(0.5, 4)
    faults.thaw(site.stack, pid)


def freeze_deliverer(site: Site) -> None:
    pid = site.delivering()
    faults.freeze(site.stack, pid)
    site.pause(0.5, 4)
    faults.thaw(site.stack, pid)


def reload_nginx(site: Site) -> None:
    faults.reload_nginx(site.stack)


def restart_nginx(site: Site) -> None:
    faults.restart_nginx(site.stack)


def hydra_down(site: Site) -> None:
    site.hydra.down()
    site.pause(0.2, 3)
    site.hydra.up()


def hydra_hangs_up(site: Site) -> None:
    site.hydra.hang_up()


def trick(which: Trick) -> Callable[[Site], None]:
    def play(site: Site) -> None:
        site.hydra.delay = site.dice.uniform(0.05, 0.5)
        site.hydra.trick = which
        site.pause(0.3, 3)
        site.hydra.trick = Trick.NONE
        if which in (Trick.HANG, Trick.ENDLESS):
            site.hydra.hang_up()

    return play


def answers(status: int, *retry_after: str | None) -> Callable[[Site], None]:
    def play(site: Site) -> None:
        wait = site.dice.choice(retry_after or (None,))
        answer: Answer = status, {} if wait is None else {"Retry-After": wait}, {"code": "no", "message": "not now"}
        site.hydra.answer = lambda call: answer
        site.pause(0.3, 2)
        site.hydra.answer = accept

    return play


def hydra_at_random(site: Site) -> None:
    """Each call is answered by chance: some users wait, others go on."""
    dice = random.Random(site.dice.random())
    site.hydra.answer = lambda call: accept(call) if dice.random() < 0.7 else (503, {}, {"code": "no", "message": "no"})
    site.pause(1, 4)
    site.hydra.answer = accept


KILLS: dict[str, Callable[[Site], None]] = {
    "kill -9 of a responder": kill_responder,
    "kill -9 of the delivering process": kill_deliverer,
    "kill -9 of all responders": kill_all,
}

ENDING: dict[str, Callable[[Site], None]] = {
    **KILLS,
    "SIGTERM of a responder": terminate,
    "rolling restart": rolling_restart,
}

# These leave the responders alive.
LASTING: dict[str, Callable[[Site], None]] = {
    "SIGSTOP of a responder": freeze,
    "SIGSTOP of the delivering process": freeze_deliverer,
    "nginx reload": reload_nginx,
    "nginx restart": restart_nginx,
    "Hydra down": hydra_down,
    "Hydra's connections cut": hydra_hangs_up,
    **{f"Hydra {each.value}": trick(each) for each in Trick if each != Trick.NONE},
    "Hydra answers 401": answers(401),
    "Hydra answers 429": answers(429, "1", None, "soon"),
    "Hydra answers 500": answers(500),
    "Hydra answers 503 by chance": hydra_at_random,
}
