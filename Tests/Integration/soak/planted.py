"""What the soak has to find: a Hydra that does to some events what must never happen."""

from dataclasses import dataclass

from support.oracle import Arrivals, message_id

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
    """The user's next event comes first."""

    asked: int = 0

    def take(self, user: str, number: int, identity: str) -> None:
        self.asked += 1
        if self.asked % EACH == 0:
            super().take(user, number + 1, message_id(user, number + 1))
        super().take(user, number, identity)


PLANTED = {"loss": Loses, "double": Doubles, "disorder": Disorders}
