"""A Debian of its own: debootstrap's tree, booted with its own systemd by systemd-nspawn, without a network.

Needs root. Where such a boot cannot be had, `boot` fails and says why.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from .stack import ROOT
from .waiting import wait_for

# Kept between the tests of one run, and from one run to the next.
CACHE = ROOT / ".build" / "jail"
SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
# What a host has before the package comes; the package's own dependencies are only downloaded.
PACKAGES = ["systemd", "systemd-sysv", "dbus", "curl", "ca-certificates", "openssl", "nginx", "logrotate", "procps"]


class NoJail(Exception):
    """Why there can be no such system here."""


def run(*words: str, timeout: float = 900, **options: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL, **options)
    assert done.returncode == 0, f"{' '.join(words)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def requirements() -> None:
    missing = [tool for tool in ("debootstrap", "systemd-nspawn", "nsenter")
               if shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None]
    if missing:
        raise NoJail(f"these are missing: {', '.join(missing)} (apt-get install debootstrap systemd-container util-linux)")
    if os.geteuid() != 0:
        raise NoJail("only root can boot another system")


def base(package: Path) -> Path:
    """A tree with Debian, and with what `package` depends on in apt's cache. Made once for each set of dependencies."""
    requirements()
    depends = run("dpkg-deb", "--field", str(package), "Depends", "Recommends").stdout
    name = hashlib.sha256(json.dumps([SUITE, PACKAGES, depends]).encode()).hexdigest()[:12]
    tree = CACHE / f"base-{name}"
    if tree.is_dir():
        return tree
    CACHE.mkdir(parents=True, exist_ok=True)
    making = CACHE / f"making-{os.getpid()}"
    try:
        run("debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(making), MIRROR)
        shutil.copy(package, making / "root" / "package.deb")
        run("unshare", "--mount", "sh", "-ec", f"""
            mount --bind /proc {making}/proc
            chroot {making} apt-get update -q
            chroot {making} apt-get install -y -q --download-only /root/package.deb
        """)
        (making / "root" / "package.deb").unlink()
        making.rename(tree)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return tree


class Jail:
    """One such system. Its changes go into `folder`; the tree itself stays as it is."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.log = folder / "boot.log"
        self.process: subprocess.Popen[bytes] | None = None
        for name in ("root", "changes", "work"):
            (folder / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={tree},upperdir={folder}/changes,workdir={folder}/work", str(self.root))

    def boot(self) -> None:
        command = ["systemd-nspawn", "--directory", str(self.root), "--boot", "--register=no", "--keep-unit",
                   "--private-network", f"--machine=hydra-{os.getpid()}", "--console=pipe"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        try:
            state = wait_for(self._state, "a running system", timeout=60)
        except AssertionError as error:
            raise NoJail(f"the system does not boot: {error}\n{self.log.read_text(errors='replace')[-2000:]}") from error
        assert state == "running", f"{state}: {self.sh('systemctl --failed --no-legend')}"

    @property
    def leader(self) -> int | None:
        """The jail's process 1, as it is numbered outside."""
        if self.process is None or self.process.poll() is not None:
            return None
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                # nspawn's own helper shares its name.
                if Path(f"/proc/{child}/comm").read_text().strip() in ("systemd", "init"):
                    return int(child)
        return None

    def _state(self) -> str | None:
        assert self.process is not None and self.process.poll() is None, "systemd-nspawn has ended"
        if self.leader is None:
            return None
        state = self.sh("systemctl is-system-running || true").strip()
        return state if state in ("running", "degraded") else None

    def command(self, script: str) -> list[str]:
        leader = self.leader
        assert leader is not None, "the jail does not run"
        return ["nsenter", "--target", str(leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--", "env", "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
                "sh", "-ec", script]

    def attempt(self, script: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(script), capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL)

    def sh(self, script: str, timeout: float = 120) -> str:
        done = self.attempt(script, timeout)
        assert done.returncode == 0, f"{script}\nended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, script: str) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command(script), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def put(self, path: Path, name: str = "") -> str:
        to = self.root / "root" / (name or path.name)
        shutil.copy(path, to)
        return f"/root/{to.name}"

    def install(self, package: Path, *options: str, environment: str = "") -> subprocess.CompletedProcess[str]:
        name = self.put(package)
        return self.attempt(f"{environment} DEBIAN_FRONTEND=noninteractive apt-get install -y -q {' '.join(options)} {name}",
                            timeout=300)

    def halt(self) -> None:
        """As a host is shut down."""
        if self.process is None:
            return
        if self.process.poll() is None:
            leader = self.leader
            if leader is not None:
                os.kill(leader, signal.SIGRTMIN + 4)
            else:
                self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None

    def remove(self) -> None:
        self.halt()
        for _ in range(20):
            if subprocess.run(["umount", str(self.root)], capture_output=True).returncode == 0:
                break
            time.sleep(0.5)
        shutil.rmtree(self.folder, ignore_errors=True)
