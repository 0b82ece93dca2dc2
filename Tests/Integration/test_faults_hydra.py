"""Hydra misbehaves under load. Intake does not notice; nothing is lost, doubled or overtaken, and it is over when Hydra is well."""

import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from support.load import Load, settle, under_load
from support.oracle import Arrivals
from support.scripted_hydra import Answer, ScriptedHydra, Trick, accept
from support.stack import Stack
from support.waiting import wait_for

# Intake is not what is tried here: enough traffic for every fault to meet some, and a queue that drains in moments.
RATE = 300


def quick(configuration: dict[str, Any], url: str) -> None:
    configuration["hydra"].update(url=url, timeout="1s", connectTimeout="500ms")
    configuration["hydra"].pop("caFile", None)
    configuration.setdefault("delivery", {}).update(retryBase="50ms", retryCap="500ms", probeInterval="1s")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, ScriptedHydra]]:
    hydra = ScriptedHydra(keeps=False)
    stack = Stack(tmp_path_factory.mktemp("faults") / "state")
    try:
        stack.up()
        stack.configure(lambda configuration: quick(configuration, hydra.url))
        yield stack, hydra
    finally:
        stack.down()
        hydra.close()


@pytest.fixture
def well(site: tuple[Stack, ScriptedHydra], request: pytest.FixtureRequest) -> Iterator[tuple[Stack, ScriptedHydra]]:
    """The same product for each fault, well at the beginning and at the end; what arrived before is forgotten."""
    stack, hydra = site
    hydra.arrivals = Arrivals()
    try:
        yield site
    finally:
        hydra.trick, hydra.answer = Trick.NONE, accept
        hydra.up()
        stack.drained()


def load_of(stack: Stack, name: str) -> Any:
    # A user of one fault is none of another's.
    return under_load(stack, clients=6, users=8, rate=RATE, prefix=f"{name.replace(' ', '-')}-user")


def intake_is_undisturbed(load: Load, events: int = 150) -> None:
    """So many events are acknowledged, and none was refused: Hydra's troubles are not the senders'."""
    load.passes(events)
    assert load.acknowledged.failures == 0, load.refusals


@pytest.mark.parametrize("trick", [trick for trick in Trick if trick != Trick.NONE])
def test_a_trick_on_the_wire(well: tuple[Stack, ScriptedHydra], trick: Trick) -> None:
    stack, hydra = well
    with load_of(stack, trick.name) as load:
        load.passes(100)
        for _ in range(2):
            met = hydra.requests
            hydra.trick = trick
            intake_is_undisturbed(load)
            wait_for(lambda: hydra.requests > met + 1, f"requests that met it: {trick.value}")
            hydra.trick = Trick.NONE
            intake_is_undisturbed(load)
    figures = settle(f"Hydra {trick.value}", 2, stack, hydra, load.acknowledged)
    if "takes" in trick.value:
        assert figures.repeats > 0, "what was taken without an answer has to be sent again"
    else:
        assert figures.repeats == 0, figures


def test_down(well: tuple[Stack, ScriptedHydra]) -> None:
    stack, hydra = well
    with load_of(stack, "down") as load:
        for _ in range(3):
            load.passes(100)
            hydra.down()
            intake_is_undisturbed(load)
            hydra.up()
    settle("Hydra down", 3, stack, hydra, load.acknowledged)


def test_connections_cut_at_any_moment(well: tuple[Stack, ScriptedHydra]) -> None:
    stack, hydra = well
    with load_of(stack, "cut") as load:
        for _ in range(20):
            load.passes(25)
            hydra.hang_up()
        intake_is_undisturbed(load)
    settle("Hydra's connections cut", 20, stack, hydra, load.acknowledged)


def test_a_key_that_is_refused_and_then_mended(well: tuple[Stack, ScriptedHydra]) -> None:
    stack, hydra = well
    with load_of(stack, "401") as load:
        for status in (401, 403):
            load.passes(100)
            refused: list[str] = []

            def refuse(call: dict[str, Any]) -> Answer:
                refused.append(call["messageId"])
                return status, {}, {"code": "unauthorized", "message": "unknown API key"}

            hydra.answer = refuse
            wait_for(lambda: refused, "a refused call")
            intake_is_undisturbed(load, 300)
            # Its lane is at rest: the requests in flight, and a probe each second, not one refusal for each event.
            assert len(refused) <= 16 + 4, f"{len(refused)} calls were sent with a key that is refused"
            hydra.answer = accept
    settle("Hydra answers 401, then mended", 2, stack, hydra, load.acknowledged)


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(("form", "header", "rest"), [
    # The rest that it asks for, at least; 0 where nothing is asked for that is to be obeyed.
    ("seconds", lambda: "2", 2.0),
    ("a date", lambda: in_seconds(3), 2.0),
    ("missing", lambda: None, 0.0),
    ("nought", lambda: "0", 0.0),
    ("a date that is past", lambda: in_seconds(-3600), 0.0),
    ("absurd: too long", lambda: "99999999999999999999", 0.0),
    ("absurd: years", lambda: str(10 * 365 * 86_400), 0.0),
    ("absurd: negative", lambda: "-5", 0.0),
    ("absurd: words", lambda: "when you like", 0.0),
], ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "")
def test_429_with_each_form_of_retry_after(well: tuple[Stack, ScriptedHydra], form: str, header: Any, rest: float) -> None:
    stack, hydra = well
    limited: list[float] = []
    arrived: list[float] = []
    with load_of(stack, form) as load:
        load.passes(100)
        wait = header()

        def slow_down(call: dict[str, Any]) -> Answer:
            limited.append(time.monotonic())
            return 429, {} if wait is None else {"Retry-After": wait}, {"code": "slow_down", "message": "later"}

        hydra.answer = slow_down
        wait_for(lambda: limited, "a call answered 429")
        time.sleep(0.1)  # what was in flight at that moment is answered the same

        def take(call: dict[str, Any]) -> Answer:
            arrived.append(time.monotonic())
            return accept(call)

        hydra.answer = take
        intake_is_undisturbed(load)
        wait_for(lambda: arrived, "calls after the rest", timeout=20)
    settle(f"Hydra answers 429, Retry-After {form}", 1, stack, hydra, load.acknowledged)
    # The last 429 began the last rest; what does not ask for one is tried again by the gateway's own schedule.
    assert arrived[0] - limited[-1] >= rest - 0.1, f"obeyed for {arrived[0] - limited[-1]:.2f} s only"
    if rest == 0:
        assert arrived[0] - limited[-1] < 10, "an absurd Retry-After held everybody up"


def certificate(folder: Path, name: str) -> tuple[str, str]:
    files = str(folder / f"{name}.pem"), str(folder / f"{name}.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True)
    return files


def test_a_wrong_certificate_and_then_the_right_one(tmp_path: Path) -> None:
    right, wrong = certificate(tmp_path, "right"), certificate(tmp_path, "wrong")
    hydra = ScriptedHydra(keeps=False, certificate=right)
    stack = Stack(tmp_path / "state")

    def with_tls(configuration: dict[str, Any]) -> None:
        # By name: nginx/up takes this machine's address for the embedded Hydra's.
        quick(configuration, f"https://localhost:{hydra.port}")
        configuration["hydra"]["caFile"] = right[0]

    try:
        stack.up()
        stack.configure(with_tls)
        with load_of(stack, "certificate") as load:
            load.passes(100)
            wait_for(lambda: hydra.arrivals.total > 0, "calls over TLS")
            hydra.certificate = wrong
            hydra.hang_up()
            time.sleep(0.2)  # what was being answered on a connection with the right one
            before = hydra.arrivals.total
            intake_is_undisturbed(load, 300)
            assert hydra.arrivals.total == before, "a call went to who could not prove to be Hydra"
            assert stack.status()["spool"]["depth"] > 0
            hydra.certificate = right
        settle("Hydra's certificate wrong, then mended", 1, stack, hydra, load.acknowledged)
    finally:
        stack.down()
        hydra.close()
