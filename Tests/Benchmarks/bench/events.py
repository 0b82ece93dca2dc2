"""Bodies: events of a given size as SDKs send them, with marks where the load writes ids and users."""

import datetime
import gzip
import json
import os
import re
import struct
from pathlib import Path

ID_MARK = "#" * 36
USER_MARK = "~" * 8
USERS = 10_000


def event(size: int) -> str:
    """One track as analytics-python or the browser's SDK writes it, of exactly `size` bytes."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    value = {
        "type": "track", "messageId": ID_MARK, "userId": f"user-{USER_MARK}", "event": "Device deploy started",
        "timestamp": now,
        "properties": {"feature": "Device management", "eventFlag": "Positive", "count": 17},
        "context": {"library": {"name": "analytics-python", "version": "2.3.2"}},
    }
    if size > 1_000:
        value["context"] = {
            "library": {"name": "analytics.js", "version": "next-1.81.0"}, "locale": "en-GB",
            "timezone": "Europe/Berlin",
            "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
                         "Chrome/138.0.0.0 Safari/537.36",
            "page": {"path": "/devices/42/deploy", "referrer": "https://app.example.com/devices", "search": "?tab=all",
                     "title": "Deploy – Devices – Example", "url": "https://app.example.com/devices/42/deploy?tab=all"},
            "campaign": {"name": "spring", "source": "newsletter", "medium": "email"},
        }
        for number in range(20):
            value["properties"][f"property_{number}"] = [number * 1.5, f"value {number}", number % 2 == 0][number % 3]
    value["properties"]["note"] = ""
    missing = size - len(text_of(value).encode())
    if missing < 0:
        raise ValueError(f"an event has at least {size - missing} bytes")
    value["properties"]["note"] = ("lorem ipsum dolor sit amet " * (missing // 27 + 1))[:missing]
    return text_of(value)


def text_of(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def body(size: int, events: int = 1) -> str:
    """A single event, or a batch of them."""
    if events == 1:
        return event(size)
    return '{"batch":[' + ",".join([event(size)] * events) + '],"context":{}}'


def write_pool(path: Path, template: str, count: int) -> None:
    """Bodies with ids of their own, compressed: each behind its length. Packed beforehand, not by the load."""
    parts = re.split(f"({ID_MARK}|{USER_MARK})", template)
    with path.open("wb") as file:
        for _ in range(count):
            random = os.urandom(16 * len(parts)).hex()
            for index in range(1, len(parts), 2):
                text = random[32 * index:32 * index + 32]
                if len(parts[index]) > 8:
                    parts[index] = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"[:36]
                else:
                    parts[index] = f"{int(text[:8], 16) % USERS:08d}"
            packed = gzip.compress("".join(parts).encode(), 6)
            file.write(struct.pack("<I", len(packed)) + packed)
