"""What Hydra found out, from a sample through the gateway to its API, and the API against its own contract."""

import json
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from openapi_spec_validator import validate

from support.stack import GATEWAY, Stack
from support.waiting import wait_for


def sample(stack: Stack, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GATEWAY.parent / "hydra", "sample", "--state", stack.state, "--gateway", f"https://127.0.0.1:{stack.https}",
         "--hydra", f"https://127.0.0.1:{stack.hydra}", *options],
        capture_output=True, text=True, timeout=120, check=False)


def counts(stack: Stack) -> tuple[int, int]:
    sources = stack.ask_hydra("/v1/settings/sources").json["items"]
    return sum(source["tracks"] for source in sources), sum(source["identifies"] for source in sources)


def test_a_sample_fills_every_answer_and_the_second_time_changes_nothing(stack: Stack) -> None:
    first = sample(stack, "--persons", "60", "--days", "40", "--seed", "5")
    assert first.returncode == 0, first.stderr
    assert "/v1/persons/p_" in first.stdout
    taken = counts(stack)
    assert taken[0] > 60 * 10 and taken[1] >= 40

    persons = stack.persons("limit=200")
    assert len([person for person in persons if person["userId"]]) >= 40
    titled = next(person for person in persons if person["title"] and person["company"])

    def person() -> dict:
        return stack.ask_hydra(f"/v1/persons/{titled['id']}").json

    found = wait_for(lambda: (found := person())["role"] and found["persona"] and found, "the findings", timeout=20)
    assert found["role"]["reasons"] or found["role"]["label"] == "other"
    assert {"email.kind", "country", "browser.name"} & {point["name"] for point in found["dataPoints"]}

    def company() -> dict:
        return stack.ask_hydra(f"/v1/companies/{titled['company']['id']}").json

    fit = wait_for(lambda: company()["icp"], "the company's fit", timeout=20)
    assert 0 <= fit["score"] <= 100 and 3 <= len(fit["reasons"]) <= 5

    uses = 0
    for one in persons:
        answer = stack.ask_hydra(f"/v1/persons/{one['id']}/features?days=all").json
        uses += sum(item["uses"] for item in answer["items"])
    assert uses == taken[0], "every tracked event of the sample has a feature and counts once"

    again = sample(stack, "--persons", "60", "--days", "40", "--seed", "5")
    assert again.returncode == 0, again.stderr
    stack.drained()
    # Minutes may have passed, and with them a few events that were in the future the first time.
    assert 0 <= counts(stack)[0] - taken[0] < 20


def test_what_was_planted_in_the_sample_is_found_with_its_evidence(stack: Stack) -> None:
    # The sample depends on the day: with half of it, what is planted is not beyond chance on every day.
    done = sample(stack, "--persons", "800", "--days", "90", "--seed", "3")
    assert done.returncode == 0, done.stderr
    stack.drained()

    def pass_over_one_event_more(user: str) -> None:
        """What is mined now has all that was sent before."""
        before = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        stack.post("/v1/track", {"userId": user, "event": "Used", "properties": {"feature": "Search"}})
        wait_for(lambda: (stack.ask_hydra("/v1/patterns").json["minedAt"] or "") > before, "the next pass", timeout=60)

    pass_over_one_event_more("somebody-else")
    found = stack.persons("label=power_user&sort=-uses&limit=200")
    assert len(found) >= 3
    answer = stack.ask_hydra(f"/v1/persons/{found[0]['id']}/patterns").json
    pattern = next(item for item in answer["items"] if item["kind"] == "power_user")
    evidence = pattern["evidence"]
    assert evidence["adjusted"] <= evidence["falseDiscoveryRate"] == 0.05
    assert evidence["effect"]["low"] > 1 and evidence["comparison"]["size"] >= 29
    assert pattern["features"][0] in pattern["label"] and str(int(evidence["counts"][0]["value"])) in pattern["text"]
    features = stack.ask_hydra(f"/v1/persons/{found[0]['id']}/features?days=30").json["items"]
    assert pattern["features"][0] in [item["feature"] for item in features[:2]]

    kinds = {label["kind"] for person in stack.persons("limit=200") for label in person["labels"]}
    assert {"power_user", "gone_quiet"} <= kinds
    adopted = stack.ask_hydra("/v1/patterns").json
    assert ["Dashboards", "Alerts"] in [item["features"] for item in adopted["items"]]
    assert all("associated" in item["text"] for item in adopted["items"])

    # An event of today changes nothing of the days that are over, for the increment as for a whole pass.
    pass_over_one_event_more(found[0]["userId"])
    after = stack.ask_hydra(f"/v1/persons/{found[0]['id']}/patterns").json["items"]
    assert [item["evidence"] for item in after] == [item["evidence"] for item in answer["items"]]


def test_a_killed_hydra_counts_every_event_once(stack: Stack) -> None:
    made = stack.post("/v1/scanners", {"kind": "product_usage", "name": "Use"}, key=stack.api_key, port=stack.hydra)
    assert made.status == 201

    command = stack.command_line(stack.pids("hydra")[0])
    sent = 0
    for cycle in range(8):
        for _ in range(10):
            batch = [{"type": "track", "userId": f"u{number % 7}", "messageId": f"m-{sent + number}", "event": "Used",
                      "properties": {"feature": f"F{number % 3}", "eventFlag": "positive"}} for number in range(30)]
            assert stack.post("/v1/batch", {"batch": batch}).status == 200
            sent += len(batch)
        if cycle % 2 == 0:
            pid = stack.pids("hydra")[0]
            stack.kill(pid)
            wait_for(lambda: stack.has_ended(pid), "the end of hydra", timeout=10)
            stack.respawn(command)

    def total() -> int:
        uses = 0
        for number in range(7):
            found = stack.persons(f"userId=u{number}")
            if found:
                answer = stack.ask_hydra(f"/v1/persons/{found[0]['id']}/features?days=all").json
                uses += sum(item["uses"] for item in answer["items"])
        return uses
    wait_for(lambda: stack.ask_hydra("/-/ready").status == 200, "hydra after the last kill", timeout=10)
    wait_for(lambda: total() >= sent, f"all {sent} events", timeout=60)
    assert total() == sent


def test_the_contract_is_openapi_and_the_answers_keep_to_it(stack: Stack) -> None:
    contract = stack.ask_hydra("/v1/openapi.json").json
    validate(contract)
    assert sample(stack, "--persons", "30", "--days", "10").returncode == 0
    path = Path(stack.state) / "openapi.json"
    path.write_text(json.dumps(contract))

    def schemathesis(*options: str) -> None:
        done = subprocess.run(
            [Path(sys.executable).parent / "schemathesis", "run", "--url", f"https://127.0.0.1:{stack.hydra}",
             "--auth", f"{stack.api_key}:", f"--tls-verify={stack.ca}", "--max-examples", "15", "--seed", "7",
             "--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color", *options, str(path)],
            capture_output=True, text=True, timeout=300, check=False,
            env={**os.environ, "REQUESTS_CA_BUNDLE": stack.ca})
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        print(done.stdout[-400:])

    # Left out: revoking and rotating, which would take away the key that asks; what a schema cannot say (a cursor, a
    # definition: answered 400 and 422 as described); undeclared methods, since nginx itself answers TRACE; and bad data
    # where the contract has it answered 200 (a batch judges each call) or passed over (unknown query parameters).
    schemathesis(
        "--checks", "all", "--exclude-checks", "positive_data_acceptance,unsupported_method,negative_data_rejection",
        "--exclude-operation-id", "revokeKey", "--exclude-operation-id", "rotateKey")
    # What is read strictly refuses everything that its schema does not allow.
    schemathesis(
        "--checks", "negative_data_rejection", "--include-operation-id", "createScanner",
        "--include-operation-id", "changeScanner", "--include-operation-id", "previewScanner",
        "--include-operation-id", "createKey", "--include-operation-id", "changeSourcing")
