"""The rules and the board that are shipped: read by the programs that will read them, and against what is really exposed."""

import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from support.ports import free_ports
from support.stack import ROOT, Stack
from support.waiting import wait_for

MONITORING = ROOT / "nginx" / "monitoring"
# What is there only after something has gone wrong, or beside several machines.
SOMETIMES = {"hydra_gateway_rejections_total", "hydra_gateway_deliveries_total", "hydra_gateway_destination_blocked"}


def program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is not installed: apt-get install prometheus")
    return path


def exposed(stack: Stack) -> tuple[str, str]:
    """The metrics of the gateway, and Hydra's."""
    return (stack.request("GET", "/-/metrics", key=None).body.decode(), stack.ask_hydra("/-/metrics").body.decode())


def test_rules_fire_at_their_faults_and_not_without() -> None:
    done = subprocess.run([program("promtool"), "test", "rules", "hydra-gateway.rules.test.yml"], cwd=MONITORING,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    rules = set(re.findall(r"alert: (\w+)", (MONITORING / "hydra-gateway.rules.yml").read_text()))
    faults = re.findall(r"alertname: (\w+)\n *exp_alerts:\n", (MONITORING / "hydra-gateway.rules.test.yml").read_text())
    assert rules == set(faults) and len(rules) >= 12


def test_metrics_are_conventional(shared_stack: Stack) -> None:
    shared_stack.post("/v1/track", {"userId": "measured", "event": "E"})
    for text in exposed(shared_stack):
        done = subprocess.run([program("promtool"), "check", "metrics"], input=text, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == 0 and not done.stderr.strip(), done.stdout + done.stderr


def test_rules_and_board_ask_for_what_is_exposed(shared_stack: Stack) -> None:
    shared_stack.post("/v1/track", {"userId": "measured", "event": "E"})
    wait_for(lambda: shared_stack.persons("userId=measured"), "the person")
    there = set(re.findall(r"^# TYPE (\S+)", "\n".join(exposed(shared_stack)), flags=re.MULTILINE)) | SOMETIMES
    board = json.loads((MONITORING / "hydra-gateway.board.json").read_text())
    asked = (MONITORING / "hydra-gateway.rules.yml").read_text() + " ".join(
        target["expr"] for panel in board["panels"] for target in panel["targets"])
    names = {re.sub(r"_(bucket|sum|count)$", "", name)
             for name in re.findall(r"\b(?:hydra|process)_[a-z0-9_]+(?=[^a-z0-9_:.])", asked)}
    assert names - there == set(), f"nobody exposes {sorted(names - there)}"
    assert len(names) > 20


def test_prometheus_tells_of_a_hydra_that_is_gone(stack: Stack, tmp_path: Path) -> None:
    port, = free_ports(1)
    rules = (MONITORING / "hydra-gateway.rules.yml").read_text()
    # As shipped but for the patience, which a test does not have.
    (tmp_path / "hydra-gateway.rules.yml").write_text(re.sub(r"for: \w+", "for: 0s", rules))
    (tmp_path / "prometheus.yml").write_text(
        (MONITORING / "prometheus.yml").read_text().replace("15s", "1s").replace("127.0.0.1:8080", f"127.0.0.1:{stack.http}")
        .replace("127.0.0.1:880", f"127.0.0.1:{stack.hydra}")
        .replace("job_name: hydra\n", f"job_name: hydra\n    scheme: https\n    tls_config: {{ca_file: {stack.ca}}}\n"))
    process = subprocess.Popen(
        [program("prometheus"), f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data",
         f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(path: str) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=5) as answer:
            return json.load(answer)["data"]

    def alerts() -> set[str]:
        return {one["labels"]["alertname"] for one in ask("alerts")["alerts"] if one["state"] == "firing"}

    try:
        wait_for(lambda: {one["health"] for one in ask("targets")["activeTargets"]} == {"up"}, "both targets", timeout=60)
        wait_for(lambda: ask("query?query=hydra_build_info")["result"], "Hydra's figures", timeout=30)
        wait_for(lambda: "HydraDown" not in alerts(), "no alert", timeout=30)
        stack.kill(stack.pids("hydra")[0])
        wait_for(lambda: "HydraDown" in alerts(), "the alert", timeout=90)
    finally:
        process.terminate()
        process.wait(30)
