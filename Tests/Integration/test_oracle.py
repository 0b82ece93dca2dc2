"""The oracle itself: it must see what the fault tests rely on it to see."""

import pytest
from support.load import settle
from support.oracle import Acknowledged, Arrivals, judge
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack


@pytest.fixture(autouse=True)
def no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planted here does not belong into the table."""
    monkeypatch.setattr("support.oracle.TABLE", [])


def arrived(*numbers: int) -> Arrivals:
    arrivals = Arrivals()
    for number in numbers:
        arrivals.take("u", number, f"u-{number}")
    return arrivals


def acknowledged(count: int) -> Acknowledged:
    told = Acknowledged()
    told.note("u", count)
    return told


def test_all_in_order_is_clean() -> None:
    figures = judge("none", 0, acknowledged(3), arrived(0, 1, 2, 3))
    assert figures.is_clean and figures.acknowledged == 3


def test_what_is_missing_is_lost_behind_and_before_what_came() -> None:
    arrivals = arrived(0, 2, 3)
    assert arrivals.missing({"u": 6}) == 3
    assert arrivals.examples({"u": 6}) == ["u-1", "u-4", "u-5"]
    assert arrivals.missing({"u": 3, "v": 2}) == 3
    assert not judge("lost", 1, acknowledged(6), arrivals).is_clean


def test_a_repeat_under_its_own_id_is_no_second_event_under_another_it_is() -> None:
    arrivals = arrived(0, 1, 0, 1)
    assert (arrivals.repeats, arrivals.twice) == (2, 0)
    assert judge("repeat", 1, acknowledged(2), arrivals).is_clean
    arrivals.take("u", 1, "made-up")
    assert arrivals.twice == 1
    assert not judge("twice", 1, acknowledged(2), arrivals).is_clean
    foreign = Arrivals()
    foreign.take("u", 0, "made-up")
    assert foreign.twice == 1


def test_a_later_one_first_is_disorder_even_when_both_came() -> None:
    arrivals = arrived(0, 2, 1, 3)
    assert arrivals.missing({"u": 4}) == 0
    assert arrivals.disorder == 1
    assert not judge("order", 1, acknowledged(4), arrivals).is_clean


def test_other_users_do_not_matter_to_a_users_order() -> None:
    arrivals = arrived(0, 1, 2)
    arrivals.take("v", 0, "v-0")
    assert arrivals.disorder == 0


def test_a_lost_event_fails_the_question_that_fault_tests_ask(relay: Stack, scripted: ScriptedHydra) -> None:
    """The whole chain: one event less at Hydra than was acknowledged."""
    told = Acknowledged()
    for number in range(3):
        assert relay.post("/v1/track", {"userId": "u", "event": "Load", "messageId": f"u-{number}",
                                        "properties": {"n": number}}).status == 200
        told.note("u")
    assert settle("none", 0, relay, scripted, told).is_clean
    told.note("u")
    with pytest.raises(AssertionError, match="missing: \\['u-3'\\]"):
        settle("one lost, planted", 0, relay, scripted, told, timeout=1)
