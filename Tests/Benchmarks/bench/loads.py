"""Load: wrk for programs that do nothing, load/load.c where every answer has to be accounted for."""

import http.client
import json
from dataclasses import dataclass
from pathlib import Path

from .context import SOURCES, TOOLS, Bench, Failure, run
from .events import USERS
from .programs import AUTHORIZATION

ANSWER = '{"success":true}'


@dataclass
class Sample:
    """What one round gave. `wrong` is empty if every answer was right."""

    rate: float
    answers: int
    seconds: float
    p50_us: float
    p99_us: float
    p999_us: float | None = None
    max_us: float | None = None
    wrong: str = ""
    # Events acknowledged at least and, where the load was cut off at its end, at most.
    acknowledged: int = 0
    acknowledged_at_most: int = 0


def probe(port: int, method: str, path: str, body: str | None, expected: str = ANSWER) -> int:
    """One request, looked at in every part. The number of bytes of the whole answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"} if body else {}
        connection.request(method, path, body.encode() if body else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        if answer.status != 200 or text != expected:
            raise Failure(f"{method} {path} was answered {answer.status} {text[:300]!r}, not 200 {expected!r}")
        # The status line, the headers, two empty line ends, the body.
        head = len(f"HTTP/1.1 {answer.status} {answer.reason}\r\n")
        return head + sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 2 + len(text)
    finally:
        connection.close()


def drive_wrk(bench: Bench, port: int, *, connections: int, seconds: float, answer_bytes: int) -> Sample:
    """The same GET again and again. Every status is looked at, and the bytes of all answers together have to be those
    of so many right answers: that is how a wrong body is noticed without Lua for each answer."""
    figures = json.loads(run(
        ["wrk", f"-t{min(bench.cores, connections, 4)}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s",
         str(SOURCES / "load" / "report.lua"), f"http://127.0.0.1:{port}/v1/track"], timeout=seconds + 60,
    ).strip().splitlines()[-1])
    return sample_of_wrk(figures, answer_bytes=answer_bytes, connections=connections)


def drive_wrk_unique(bench: Bench, https: int, *, body: Path, connections: int, seconds: float, seed: int,
                     answer_bytes: int | None = None) -> Sample:
    """By TLS, a body with a new id in each request."""
    figures = json.loads(run(
        ["wrk", f"-t{min(bench.cores, connections, 4)}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s",
         str(SOURCES / "load" / "unique.lua"), f"https://127.0.0.1:{https}"], timeout=seconds + 60,
        environment={"BENCH_BODY": str(body), "BENCH_AUTHORIZATION": AUTHORIZATION, "BENCH_SEED": f"{seed:08x}",
                     "BENCH_USERS": str(USERS)},
    ).strip().splitlines()[-1])
    sample = sample_of_wrk(figures, answer_bytes=answer_bytes, connections=connections)
    sample.acknowledged = sample.answers
    sample.acknowledged_at_most = sample.answers + connections
    return sample


def sample_of_wrk(figures: dict[str, int], *, answer_bytes: int | None, connections: int) -> Sample:
    seconds = figures["duration_us"] / 1e6
    answers = figures["requests"]
    wrong = ""
    if figures["status_errors"] or figures["socket_errors"]:
        wrong = f"{figures['status_errors']} answers with another status, {figures['socket_errors']} broken connections"
    elif answer_bytes is not None:
        # Cut off at the end: each connection may have got one more, or a part of it.
        surplus = figures["bytes"] - answers * answer_bytes
        if not -16 <= surplus <= connections * answer_bytes:
            wrong = f"{figures['bytes']} bytes are not {answers} answers of {answer_bytes}"
    if answers == 0:
        wrong = wrong or "there were no answers"
    return Sample(answers / seconds, answers, seconds, figures["p50_us"], figures["p99_us"], wrong=wrong)


def drive(port: int, *, body: Path | None = None, pool: Path | None = None, events: int = 1, connections: int = 64,
          seconds: float = 2, rate: float | None = None, count: int | None = None, seed: int = 1,
          path: str = "/v1/track", users: int = USERS) -> Sample:
    """load/load.c: closed loop, or open loop with `rate` requests a second. `count` ends it after so many requests."""
    command = [str(TOOLS / "load"), "--port", str(port), "--path", path, "--connections", str(connections),
               "--seconds", str(seconds), "--header", f"Authorization: {AUTHORIZATION}", "--expect", ANSWER,
               "--seed", str(seed), "--users", str(users)]
    if body is not None:
        command += ["--body", str(body)]
    if pool is not None:
        command += ["--gzip-pool", str(pool)]
    if rate is not None:
        command += ["--rate", f"{rate:.3f}"]
    if count is not None:
        command += ["--count", str(count)]
    figures = json.loads(run(command, timeout=seconds + 90))
    wrong = ""
    if figures["wrong"] or figures["broken"] or figures["unanswered"]:
        wrong = (f"{figures['wrong']} wrong, {figures['broken']} broken, {figures['unanswered']} unanswered; "
                 f"the first: {figures['first_wrong']}")
    elif figures["unsent"]:
        wrong = f"{figures['unsent']} requests could not even be sent in time: the rate is too high"
    elif figures["right"] == 0:
        wrong = "there were no answers"
    return Sample(
        figures["right_in_time"] * events / figures["seconds"] if figures["seconds"] else 0, figures["right"],
        figures["seconds"], figures["p50_us"], figures["p99_us"], figures["p999_us"], figures["max_us"], wrong,
        figures["right"] * events, figures["right"] * events)
