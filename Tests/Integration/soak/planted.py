"""What the soak has to find: a Hydra that does to some events what must never happen."""

from dataclasses import dataclass

from support.oracle import Arrivals

EACH = 1000


@dataclass
class Loses(Arrivals):
    asked: int = 0

    def take(self, user: str, number: int, identity: str) -> None:
        self.asked += 1
        if self.asked % EACH:
            super().take(user, number, identity)


@dataclass
class Doubles(Arrivals):
    asked: int = 0

    def take(self, user: str, number: int, identity: str) -> None:
        self.asked += 1
        super().take(user, number, identity)
        if self.asked % EACH == 0:
            super().take(user, number, f"{identity}-again")


@dataclass
class Disorders(Arrivals):
    """Holds one event back until the next one of its user is there."""

    asked: int = 0
    held: tuple[str, int, str] | None = None

    def take(self, user: str, number: int, identity: str) -> None:
        self.asked += 1
        if self.asked == EACH:
            self.held = (user, number, identity)
            return
        super().take(user, number, identity)
        if self.held is not None and self.held[0] == user and self.held[1] < number:
            super().take(*self.held)
            self.held = None


PLANTED = {"loss": Loses, "double": Doubles, "disorder": Disorders}
