"""Free loopback ports."""

import socket


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago; all held open until the last is chosen, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
