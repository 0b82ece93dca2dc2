"""Builds the programs of the comparison. What is newer than its source is left alone."""

from pathlib import Path

from .context import SOURCES, TOOLS, run

WARNINGS = ["-std=c17", "-O2", "-Wall", "-Wextra", "-Werror"]


def build() -> None:
    TOOLS.mkdir(parents=True, exist_ok=True)
    compile_c(SOURCES / "load" / "load.c", TOOLS / "load")
    compile_c(SOURCES / "c-pool" / "responder.c", TOOLS / "c-responder", "-pthread", "-lfcgi")
    compile_c(SOURCES / "c-pool" / "hydra-stub.c", TOOLS / "hydra-stub", "-pthread", "-lfcgi")
    source, program = SOURCES / "go" / "main.go", TOOLS / "go-responder"
    if is_stale(source, program):
        run(["go", "build", "-o", str(program), "."], cwd=source.parent, environment={"GOFLAGS": "-mod=mod"})


def compile_c(source: Path, program: Path, *libraries: str) -> None:
    if is_stale(source, program):
        run(["cc", *WARNINGS, "-o", str(program), str(source), *libraries])


def is_stale(source: Path, program: Path) -> bool:
    return not program.exists() or program.stat().st_mtime < source.stat().st_mtime
