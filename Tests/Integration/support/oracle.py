"""What every fault is asked: was anything lost that was acknowledged, taken twice, or delivered out of a user's order?

An event of the load is known by its user and its number n, and its messageId is `user-n`. So neither side has to keep
a list of ids: memory grows with users, and a run of an hour is judged like a test of a second.
"""

import threading
from dataclasses import asdict, dataclass, field
from typing import Any


def message_id(user: str, number: int) -> str:
    return f"{user}-{number}"


@dataclass
class Acknowledged:
    """What the clients were told is kept: of each user the numbers below its count, since one is sent after the other."""

    counts: dict[str, int] = field(default_factory=dict)
    total: int = 0
    failures: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, user: str, count: int = 1) -> None:
        with self.lock:
            self.counts[user] = self.counts.get(user, 0) + count
            self.total += count

    def failed(self) -> None:
        """A request was refused or cut off; its client sends it again."""
        with self.lock:
            self.failures += 1

    def snapshot(self) -> dict[str, int]:
        with self.lock:
            return dict(self.counts)


@dataclass
class UserArrivals:
    """One user's events as they arrived."""

    # All numbers below it were taken.
    next: int = 0
    # Taken beyond a gap.
    ahead: set[int] = field(default_factory=set)
    last: int = -1

    def has(self, number: int) -> bool:
        return number < self.next or number in self.ahead

    def add(self, number: int) -> None:
        self.last = max(self.last, number)
        self.ahead.add(number)
        while self.next in self.ahead:
            self.ahead.remove(self.next)
            self.next += 1


@dataclass
class Arrivals:
    """What Hydra answered 200, judged as it comes in."""

    users: dict[str, UserArrivals] = field(default_factory=dict)
    total: int = 0
    # The same event under the same id: what Hydra recognises.
    repeats: int = 0
    # The same event under another id: Hydra would have it twice.
    twice: int = 0
    # An event taken for the first time after a later one of its user.
    disorder: int = 0

    def take(self, user: str, number: int, identity: str) -> None:
        """Hydra takes an event that calls itself `identity`."""
        arrivals = self.users.setdefault(user, UserArrivals())
        is_own = identity == message_id(user, number)
        if arrivals.has(number):
            if is_own:
                self.repeats += 1
            else:
                self.twice += 1
            return
        if not is_own:
            # Under an id that is not the client's the next attempt of the client would not be recognised.
            self.twice += 1
        if number < arrivals.last:
            self.disorder += 1
        arrivals.add(number)
        self.total += 1

    def missing(self, acknowledged: dict[str, int]) -> int:
        """How many of the acknowledged events have not arrived."""
        missing = 0
        for user, count in acknowledged.items():
            arrivals = self.users.get(user, UserArrivals())
            if arrivals.next < count:
                missing += count - arrivals.next - sum(1 for number in arrivals.ahead if number < count)
        return missing

    def examples(self, acknowledged: dict[str, int], most: int = 3) -> list[str]:
        found: list[str] = []
        for user, count in acknowledged.items():
            arrivals = self.users.get(user, UserArrivals())
            for number in range(arrivals.next, count):
                if len(found) == most:
                    return found
                if number not in arrivals.ahead:
                    found.append(message_id(user, number))
        return found


@dataclass
class Figures:
    """The answer for one kind of fault; a row of the table."""

    fault: str
    cycles: int
    acknowledged: int
    lost: int
    twice: int
    repeats: int
    disorder: int
    dead: int
    resent: int

    @property
    def is_clean(self) -> bool:
        return self.lost == self.twice == self.disorder == self.dead == 0

    @property
    def json(self) -> dict[str, Any]:
        return asdict(self)


# The rows of this run, in the order in which they were judged; printed at its end.
TABLE: list[Figures] = []
# What they depend on besides this product, such as the version of a server.
NOTES: dict[str, str] = {}


def judge(fault: str, cycles: int, acknowledged: Acknowledged, arrivals: Arrivals, dead: int = 0) -> Figures:
    """The figures as they are now, also for the table. Asserts nothing."""
    figures = Figures(fault, cycles, acknowledged.total, arrivals.missing(acknowledged.snapshot()), arrivals.twice,
                      arrivals.repeats, arrivals.disorder, dead, acknowledged.failures)
    TABLE.append(figures)
    return figures


def table(rows: list[Figures]) -> str:
    width = max([len(row.fault) for row in rows] + [5])
    lines = [f"{'fault':{width}}  cycles  acknowledged  lost  twice  order  dead  repeats  resent"]
    for row in rows:
        lines.append(f"{row.fault:{width}}  {row.cycles:6}  {row.acknowledged:12}  {row.lost:4}  {row.twice:5}  "
                     f"{row.disorder:5}  {row.dead:4}  {row.repeats:7}  {row.resent:6}")
    return "\n".join(lines)
