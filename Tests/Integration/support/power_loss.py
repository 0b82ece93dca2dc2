"""The model of a loss of power: what the spool's files may look like on disk after one, at any instant of a recording.

What was written before a sync began that had ended is there. Of everything written later any subset may be: whole writes,
pages, or single sectors, in any order. (A file's name and its existence are taken to be there: the file system has a
journal for those, and SQLite syncs the directory.)
"""

import random
import shutil
import struct
import subprocess
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path

SECTOR, PAGE = 512, 4096
HEAD = struct.Struct("<IIQQ")


class Kind(IntEnum):
    OPEN = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC_BEGIN = 4
    SYNC_END = 5
    UNLINK = 6


class Later(StrEnum):
    """What became of that which was written after the last sync."""

    NONE = "none of it"
    ALL = "all of it"
    WRITES = "some writes"
    PAGES = "some pages"
    SECTORS = "some sectors"


NAMES = {1: "spool.sqlite", 2: "spool.sqlite-wal"}


@dataclass
class Operation:
    kind: Kind
    file: int
    # Of a write and a truncation; of a sync the position in the recording at which it began.
    offset: int
    data: bytes
    # Where its record begins and ends.
    begin: int
    end: int


def recorder(folder: Path) -> Path:
    """Builds the library that is preloaded."""
    source, library = Path(__file__).with_name("record_writes.c"), folder / "record_writes.so"
    compiler = next(name for name in ("cc", "gcc", "clang") if shutil.which(name))
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(source), "-ldl", "-pthread"],
                   check=True)
    return library


def read(recording: Path) -> list[Operation]:
    data, at, operations = recording.read_bytes(), 0, []
    while at + HEAD.size <= len(data):
        kind, file, offset, length = HEAD.unpack_from(data, at)
        end = at + HEAD.size + length
        if end > len(data):
            break
        operations.append(Operation(Kind(kind), file, offset, data[at + HEAD.size:end], at, end))
        at = end
    return operations


def disk_after(operations: list[Operation], instant: int, later: Later, dice: random.Random) -> dict[str, bytearray]:
    """The files after the power went at a position of the recording."""
    # What had begun counts as possibly written, too.
    done = [operation for operation in operations if operation.begin <= instant]
    synced = dict.fromkeys(NAMES, -1)
    for operation in done:
        if operation.kind == Kind.SYNC_END and operation.end <= instant:
            synced[operation.file] = max(synced[operation.file], operation.offset)
    files: dict[int, bytearray] = {}
    for operation in done:
        if operation.kind == Kind.OPEN:
            files.setdefault(operation.file, bytearray())
        elif operation.kind == Kind.UNLINK:
            files.pop(operation.file, None)
        elif operation.kind == Kind.TRUNCATE:
            if operation.begin < synced[operation.file] or keeps(later, dice):
                content = files[operation.file]
                del content[operation.offset:]
                content.extend(bytes(operation.offset - len(content)))
        elif operation.kind == Kind.WRITE:
            if operation.begin < synced[operation.file] or later == Later.ALL:
                put(files[operation.file], operation.offset, operation.data)
            elif later == Later.WRITES:
                if keeps(later, dice):
                    put(files[operation.file], operation.offset, operation.data)
            elif later in (Later.PAGES, Later.SECTORS):
                size = PAGE if later == Later.PAGES else SECTOR
                at = operation.offset
                while at < operation.offset + len(operation.data):
                    end = min(at // size * size + size, operation.offset + len(operation.data))
                    if keeps(later, dice):
                        put(files[operation.file], at, operation.data[at - operation.offset:end - operation.offset])
                    at = end
    return {NAMES[file]: content for file, content in files.items()}


def keeps(later: Later, dice: random.Random) -> bool:
    return later == Later.ALL or (later != Later.NONE and dice.random() < 0.5)


def put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data
