"""What the embedded Hydra takes in and how fast it answers: Tests/bench --findings [PERSONS [DAYS]].

The whole product by `nginx/up` on a state directory of its own; the sample's history (some 100 tracked events a person in
90 days) through the gateway; then the answers about every person, and the miner's passes as Hydra logs them. Figures,
not a test: they hold for this machine, with everything on it.
"""

import http.client
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "Integration"))

from support.stack import GATEWAY, Stack  # noqa: E402
from support.waiting import wait_for  # noqa: E402


class Asker:
    """Questions to Hydra's API on one kept connection."""

    def __init__(self, stack: Stack) -> None:
        import base64

        context = ssl.create_default_context(cafile=stack.ca)
        self.connection = http.client.HTTPSConnection("127.0.0.1", stack.hydra, timeout=60, context=context)
        self.headers = {"Authorization": "Basic " + base64.b64encode(f"{stack.api_key}:".encode()).decode()}

    def ask(self, path: str, method: str = "GET", body: str | None = None) -> tuple[dict, float]:
        """The answer, and how long it took in milliseconds."""
        begin = time.perf_counter()
        self.connection.request(method, path, body, self.headers)
        response = self.connection.getresponse()
        data = response.read()
        took = (time.perf_counter() - begin) * 1000
        if response.status not in (200, 201):
            raise SystemExit(f"{method} {path} was answered {response.status}: {data[:300]!r}")
        return json.loads(data), took


def resident_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def passes(stack: Stack) -> list[float]:
    """The miner's passes so far, in seconds."""
    return [int(line["event.duration"]) / 1e9 for line in stack.logs("hydra") if line.get("event.action") == "patterns"]


def say(name: str, value: str) -> None:
    print(f"{name:<66}{value}", flush=True)


def send(stack: Stack, persons: int, days: int, seed: int) -> tuple[float, str]:
    begin = time.monotonic()
    done = subprocess.run(
        [GATEWAY.parent / "hydra", "sample", "--state", stack.state, "--gateway", f"https://127.0.0.1:{stack.https}",
         "--hydra", f"https://127.0.0.1:{stack.hydra}", "--persons", str(persons), "--days", str(days), "--seed",
         str(seed)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    stack.drained()
    return time.monotonic() - begin, done.stderr


def answers(asker: Asker, ids: list[str], question: str) -> None:
    times = sorted(asker.ask(f"/v1/persons/{person}/{question}")[1] for person in ids)
    say(f"GET …/{question}, {len(ids)} persons",
        f"median {statistics.median(times):.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms, worst {times[-1]:.1f} ms")


def run(stack: Stack, persons: int, days: int) -> None:
    stack.up()
    took, _ = send(stack, persons, days, 1)
    asker = Asker(stack)
    sources = asker.ask("/v1/settings/sources")[0]["items"]
    tracks = sum(source["tracks"] for source in sources)
    calls = tracks + sum(source["identifies"] for source in sources)
    say(f"{tracks} tracked events of {persons} persons, sent and delivered", f"{took:.1f} s, {calls / took:.0f} calls/s")

    ids: list[str] = []
    cursor = ""
    while True:
        page = asker.ask(f"/v1/persons?limit=200{cursor}")[0]
        ids += [person["id"] for person in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    for question in ("features?days=30", "features?days=all", "usage?days=90&by=day", "patterns"):
        answers(asker, ids, question)
    times = sorted(asker.ask(f"/v1/persons?sort=-uses&limit=50{filter}")[1] for filter in ("", "&trend=rising", "&q=an") * 20)
    say("GET /v1/persons, sorted and filtered, 50 a page", f"median {statistics.median(times):.1f} ms")

    # Counting anew makes everything anew, the miner's memory of the past too.
    scanner = next(item for item in asker.ask("/v1/scanners")[0]["items"] if item["kind"] == "product_usage")
    known = len(passes(stack))
    begin = time.monotonic()
    asker.ask(f"/v1/scanners/{scanner['id']}", "PATCH", '{"takeInPast":true}')
    wait_for(lambda: asker.ask(f"/v1/scanners/{scanner['id']}")[0]["lastRun"]["state"] == "finished", "the past", timeout=600)
    say("taking in the past anew", f"{time.monotonic() - begin:.1f} s")
    wait_for(lambda: len(passes(stack)) > known, "a full pass", timeout=900)
    say("the miner's full pass", f"{passes(stack)[-1]:.2f} s")

    known = len(passes(stack))
    added, _ = send(stack, persons // 10, 1, 99)
    wait_for(lambda: len(passes(stack)) > known, "an increment", timeout=900)
    say("the miner's increment for some new events", f"{passes(stack)[-1]:.2f} s")
    hydra = stack.pids("hydra")[0]
    say("most memory that hydra had", f"{resident_megabytes(hydra):.0f} MB")
    size = sum(path.stat().st_size for path in stack.state.rglob("hydra.sqlite*"))
    say("its database", f"{size / 1e6:.0f} MB")


def main() -> None:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 90
    with tempfile.TemporaryDirectory(prefix="hydra-findings-") as directory:
        stack = Stack(Path(directory) / "state")
        try:
            run(stack, persons, days)
        finally:
            stack.down()


if __name__ == "__main__":
    main()
