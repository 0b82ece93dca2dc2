"""The soak in its short form: the program itself works, and what it draws loses nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.oracle import TABLE, Figures
from support.stack import GATEWAY, ROOT

MINUTES = os.environ.get("SOAK_MINUTES", "0.5")


def test_faults_drawn_at_random_lose_nothing(tmp_path: Path) -> None:
    figures_file = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "soak", "--minutes", MINUTES, "--measure", "3", "--seed", "11", "--json", str(figures_file)],
        cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=float(MINUTES) * 60 + 600,
        env={**os.environ, "PYTHONPATH": str(ROOT / "Tests" / "Integration"), "HYDRA_BIN": str(GATEWAY.parent)})
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(figures_file.read_text())
    assert figures["isClean"] and figures["deaths"] == 0
    assert figures["total"]["cycles"] > 0 and figures["total"]["acknowledged"] > 0
    TABLE.append(Figures(**{**figures["total"], "fault": "soak: faults at random"}))
    print(done.stdout)
