"""nginx and its sites."""

import os
import re
import shutil
import signal
import socket
from pathlib import Path
from typing import Any

from .context import ROOT, SOURCES, Bench, run
from .processes import Process, free_ports, wait_for

TEMPLATES = SOURCES / "nginx"


def fill(template: str, values: dict[str, Any]) -> str:
    return re.sub(r"@(\w+)@", lambda match: str(values[match[1]]), template)


class Site:
    """One server of nginx. `port` is plain HTTP; `https` is given where the site has TLS."""

    def __init__(self, text: str, port: int, https: int | None = None) -> None:
        self.text, self.port, self.https = text, port, https


def parameters_of(values: dict[str, str]) -> str:
    return "\n".join(f'        fastcgi_param {name} "{value}";' for name, value in values.items())


def plain(name: str, socket: Path, *, kept: bool, parameters: dict[str, str] | None = None) -> Site:
    """Just a server and a program."""
    (port,) = free_ports(1)
    return Site(fill((TEMPLATES / "plain.conf.template").read_text(), {
        "name": name.replace("-", "_"), "socket": socket, "port": port,
        "keepalive": "    keepalive 64;\n    keepalive_requests 100000;\n    keepalive_timeout 60s;" if kept else "",
        "fastcgi": "fastcgi.conf" if kept else "fastcgi-once.conf",
        "parameters": parameters_of(parameters or {}),
    }), port)


def fixed(name: str, body: str, status: int = 200) -> Site:
    """A server that answers by itself."""
    (port,) = free_ports(1)
    return Site(fill((TEMPLATES / "fixed.conf.template").read_text(),
                     {"name": name, "port": port, "status": status, "body": body}), port)


def production(bench: Bench, name: str, sockets: list[Path], *, kept: bool = True,
               parameters: dict[str, str] | None = None) -> Site:
    """The product's own site (nginx/hydra-gateway.conf) in front of any program: TLS, headers, limits, access log.

    Only the limits are raised, because here everything comes from one sender.
    """
    port, https = free_ports(2)
    upstream = name.replace("-", "_")
    text = (ROOT / "nginx" / "hydra-gateway.conf").read_text()
    text = re.sub(r"^include .*\n", "", text, flags=re.M)
    # Nobody watches here; and the administrator's pages are asked of this site's program.
    text = text.replace("    include snippets/hydra-gateway/live-view.conf;\n", "")
    admin = (ROOT / "nginx" / "snippets" / "admin.conf").read_text()
    text = text.replace("        include snippets/hydra-gateway/admin.conf;\n", admin)
    text = text.replace("hydra_gateway {", f"{upstream} {{").replace("fastcgi_pass hydra_gateway;",
                                                                     f"fastcgi_pass {upstream};")
    servers = "".join(f"    server unix:{socket} max_fails=0;\n" for socket in sockets)
    text = re.sub(r"(    server unix:.*\n)+", servers, text, count=1)
    text = re.sub(r"    listen \[::\]:443.*\n", "", text)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2 backlog=4096;")
    text = text.replace("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{port} backlog=4096;")
    text = text.replace("/etc/hydra-gateway/tls", str(bench.directory / "tls"))
    text = text.replace("/var/log/nginx/hydra-gateway.jsonl", str(bench.data / f"{name}-access.jsonl"))
    text = text.replace("/var/log/nginx/hydra-gateway.errors", str(bench.data / f"{name}-error.log"))
    text = re.sub(r"burst=\d+", "burst=1000000", text)
    text = re.sub(r"limit_conn hydra_open \d+", "limit_conn hydra_open 10000", text)
    include = "        include snippets/hydra-gateway/fastcgi.conf;\n"
    if not kept:
        text = re.sub(r"^    keepalive(|_requests 100000|_timeout 60s)( 64)?;\n", "", text, flags=re.M)
        text = text.replace(include, include.replace("fastcgi.conf", "fastcgi-once.conf"))
        include = include.replace("fastcgi.conf", "fastcgi-once.conf")
    text = text.replace(include, include + parameters_of(parameters or {}) + "\n")
    return Site("\n" + text, port, https)


class Nginx(Process):
    """nginx with these sites, ready when the block begins."""

    def __init__(self, bench: Bench, sites: list[Site]) -> None:
        directory = bench.directory / bench.fresh("nginx")
        directory.mkdir()
        snippets = directory / "snippets" / "hydra-gateway"
        shutil.copytree(ROOT / "nginx" / "snippets", snippets)
        limits = snippets / "limits.conf"
        limits.write_text(re.sub(r"rate=\d+r/s", "rate=1000000r/s", limits.read_text()))
        shared = (snippets / "fastcgi.conf").read_text()
        (snippets / "fastcgi-once.conf").write_text(shared.replace("fastcgi_keep_conn on;", "fastcgi_keep_conn off;"))
        self.certificate(bench)
        configuration = directory / "nginx.conf"
        configuration.write_text(fill((TEMPLATES / "nginx.conf.template").read_text(), {
            "account": "user root;" if is_root() else "", "workers": bench.workers, "directory": directory,
            "sites": "".join(site.text for site in sites),
        }))
        command = ["nginx", "-p", str(directory), "-c", str(configuration), "-e", str(directory / "nginx-error.log")]
        run([*command, "-t", "-q"])
        super().__init__(command, directory / "nginx.out", signal.SIGTERM)
        self.wait_for_port(sites[-1].port)

    def wait_for_port(self, port: int) -> None:
        def answers() -> bool:
            self.check()
            with socket.create_connection(("127.0.0.1", port), 1):
                return True

        wait_for(answers, "nginx to listen")

    @staticmethod
    def certificate(bench: Bench) -> None:
        directory = bench.directory / "tls"
        if directory.exists():
            return
        directory.mkdir()
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
             str(directory / "key.pem"), "-out", str(directory / "certificate.pem")])


def is_root() -> bool:
    return os.geteuid() == 0
