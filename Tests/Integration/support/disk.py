"""Disks of which the power can be cut: what a program had not synced is gone, whatever the program is.

A file system in a file, on a loop device. What was synced has gone through the device into the file; what was not stands in the
kernel's memory only. So a copy of the file at any instant is the disk after a loss of power at that instant.
"""

import shutil
import subprocess
from pathlib import Path


class DiskError(Exception):
    """This user may not mount, or there are no loop devices."""


def run(*command: str) -> None:
    program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise DiskError(f"there is no program {command[0]}")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode != 0:
        raise DiskError(f"{' '.join(command)}: {done.stderr.strip()}")


class Disk:
    """One disk, mounted at a directory."""

    def __init__(self, image: Path, place: Path, mebibytes: int = 1024) -> None:
        self.image, self.place = image, place
        self.losses = 0
        place.mkdir(parents=True, exist_ok=True)
        with image.open("wb") as file:
            file.truncate(mebibytes << 20)
        run("mkfs.ext4", "-q", "-F", str(image))
        self.mount()

    def mount(self) -> None:
        # Nothing is written but what is synced, for five minutes.
        run("mount", "-o", "loop,commit=300", str(self.image), str(self.place))

    def lose_power(self) -> None:
        """The disk as it is now, without what is not synced. Who used it must be gone."""
        self.losses += 1
        after = self.image.with_name(f"{self.image.stem.split('.')[0]}.{self.losses}{self.image.suffix}")
        run("cp", "--sparse=always", str(self.image), str(after))
        run("umount", str(self.place))
        self.image.unlink()
        self.image = after
        self.mount()

    def close(self) -> None:
        subprocess.run(["umount", str(self.place)], capture_output=True)
        subprocess.run(["umount", "-l", str(self.place)], capture_output=True)
        self.image.unlink(missing_ok=True)
