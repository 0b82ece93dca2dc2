"""The soak in its short form: the program itself works, and what it draws loses nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.oracle import TABLE, Figures
from support.stack import GATEWAY, ROOT

MINUTES = os.environ.get("SOAK_MINUTES", "0.5")


def soak(*arguments: str, minutes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "soak", "--minutes", minutes, *arguments],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=float(minutes) * 60 + 600,
        env={**os.environ, "PYTHONPATH": str(ROOT / "Tests" / "Integration"), "HYDRA_BIN": str(GATEWAY.parent)})


def test_faults_drawn_at_random_lose_nothing(tmp_path: Path) -> None:
    figures_file = tmp_path / "figures.json"
    done = soak("--measure", "3", "--seed", "11", "--json", str(figures_file), minutes=MINUTES)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(figures_file.read_text())
    assert figures["isClean"] and figures["deaths"] == 0
    assert figures["total"]["cycles"] > 0 and figures["total"]["acknowledged"] > 0
    TABLE.append(Figures(**{**figures["total"], "fault": "soak: faults at random"}))
    print(done.stdout)


@pytest.mark.parametrize(("planted", "column"), [("loss", "lost"), ("double", "twice"), ("disorder", "disorder")])
def test_what_must_not_happen_ends_it_with_1(tmp_path: Path, planted: str, column: str) -> None:
    figures_file = tmp_path / "figures.json"
    done = soak("--rate", "1000", "--seed", "11", "--plant", planted, "--patience", "1", "--json", str(figures_file),
                minutes="0.05")
    assert done.returncode == 1, done.stdout + done.stderr
    figures = json.loads(figures_file.read_text())["total"]
    found = {name: figures[name] for name in ("lost", "twice", "disorder", "dead")}
    assert found.pop(column) > 0 and not any(found.values()), figures
