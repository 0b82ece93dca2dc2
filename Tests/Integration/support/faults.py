"""What is done to the running product; the tests do it one kind at a time, the soak all kinds at random."""

import os
import signal
import subprocess
from pathlib import Path

from .stack import Stack
from .waiting import wait_for


def crash(stack: Stack, pid: int) -> None:
    """kill -9 of one responder, and a new one in its place, as a supervisor would do it at once."""
    replace(stack, pid, signal.SIGKILL)


def replace(stack: Stack, pid: int, number: int) -> None:
    """Ends one responder by a signal, and waits until a new one in its place listens."""
    command_line = stack.command_line(pid)
    stack.kill(pid, number)
    wait_for(lambda: stack.has_ended(pid), "the process gone", timeout=15, interval=0.002)
    stack.respawn(command_line)
    wait_for(lambda: len(stack.pids()) == stack.responders, "all responders running", interval=0.005)
    wait_for(lambda: listens(socket_of(command_line)), "the new responder listening", interval=0.005)


def socket_of(command_line: list[str]) -> Path:
    """Where a responder of `nginx/up` listens."""
    return Path(command_line[command_line.index("--listen") + 1].removeprefix("unix:"))


def listens(place: Path) -> bool:
    """Whether somebody would take a connection; says nothing about being accepted."""
    return any(line.split()[-1] == str(place) and line.split()[3] == "00010000"
               for line in Path("/proc/net/unix").read_text().splitlines()[1:] if len(line.split()) == 8)


def deliverer(stack: Stack) -> int | None:
    """The process that delivers, if one is known to."""
    found = [each["pid"] for each in stack.status()["responders"] if each["delivering"]]
    alive = stack.pids()
    return next((pid for pid in found if pid in alive), None)


def crash_hydra(stack: Stack) -> None:
    """kill -9 of the embedded Hydra, and a new one in its place."""
    (pid,) = stack.pids("hydra")
    command_line = stack.command_line(pid)
    stack.kill(pid)
    wait_for(lambda: stack.has_ended(pid), "hydra gone", interval=0.002)
    stack.respawn(command_line)
    wait_for(lambda: listens(stack.state / "run" / "hydra.sock"), "hydra listening again", interval=0.005)


def nginx_pid(stack: Stack) -> int:
    return int((stack.state / "run" / "nginx.pid").read_text())


def reload_nginx(stack: Stack) -> None:
    """New workers; the old ones finish what they have."""
    os.kill(nginx_pid(stack), signal.SIGHUP)


def restart_nginx(stack: Stack) -> None:
    """Ends nginx at once, connections and all, and starts it again with the same files."""
    pid = nginx_pid(stack)
    os.kill(pid, signal.SIGTERM)
    wait_for(lambda: stack.has_ended(pid), "nginx gone", interval=0.005)
    start_nginx(stack)


def start_nginx(stack: Stack) -> None:
    done = subprocess.run(
        ["nginx", "-p", f"{stack.state}/nginx/", "-c", f"{stack.state}/nginx/nginx.conf", "-e",
         f"{stack.state}/log/nginx-error.log"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20,
        env={**os.environ, "TZ": "UTC", "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
    assert done.returncode == 0, done.stderr


def freeze(stack: Stack, pid: int) -> None:
    """SIGSTOP: the process is there and does nothing; what a machine that swaps or a debugger does to it."""
    stack.kill(pid, signal.SIGSTOP)


def thaw(stack: Stack, pid: int) -> None:
    stack.kill(pid, signal.SIGCONT)


def resident_bytes(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
