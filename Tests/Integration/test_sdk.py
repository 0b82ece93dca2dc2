"""Segment's own Python SDK, unmodified."""

import os
import subprocess
import sys

import pytest
from support.scripted_hydra import ScriptedHydra
from support.stack import Stack
from support.waiting import wait_for

PROGRAM = """
import sys
import segment.analytics as analytics
host, gzip, prefix, users, events = sys.argv[1], sys.argv[2] == "gzip", sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
failures = []
analytics.write_key = "demo-write-key"
analytics.host = host
analytics.gzip = gzip
analytics.max_queue_size = users * events + 10
analytics.on_error = lambda error, items: failures.append(str(error))
for number in range(events):
    for user in range(users):
        analytics.track(f"{prefix}-{user}", "Counted", {"n": number, "feature": "SDK", "eventFlag": "positive"})
analytics.shutdown()
print(len(failures), failures[:1])
sys.exit(1 if failures else 0)
"""


USERS, EVENTS = 30, 100


def send(stack: Stack, encoding: str) -> None:
    """3,000 track calls of 30 users through the SDK's own queue and batches."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"https://127.0.0.1:{stack.https}", encoding, encoding, str(USERS),
         str(EVENTS)],
        env={**os.environ, "REQUESTS_CA_BUNDLE": stack.ca}, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["plain", "gzip"])
def test_three_thousand_events_are_all_at_hydra_and_none_twice(shared_stack: Stack, encoding: str) -> None:
    send(shared_stack, encoding)
    shared_stack.drained()
    for user in range(USERS):
        person = wait_for(lambda: shared_stack.persons(f"userId={encoding}-{user}"), "the person")[0]
        # The list is by time, and the correction of each batch's clock differs by milliseconds: order is looked at
        # where calls arrive, in the next test.
        numbers = [event["properties"]["n"] for event in shared_stack.events(person["id"])]
        assert sorted(numbers) == list(range(EVENTS))


@pytest.mark.parametrize("encoding", ["plain", "gzip"])
def test_three_thousand_events_arrive_once_and_in_order_for_each_user(
        relay: Stack, scripted: ScriptedHydra, encoding: str) -> None:
    send(relay, encoding)
    scripted.wait_taken(USERS * EVENTS)
    assert scripted.repeats == 0
    for calls in scripted.by_user().values():
        assert [call["properties"]["n"] for call in calls] == list(range(EVENTS))
