"""What ships, as it ships: the Debian package, installed and run as an operator does, in a Debian of its own.

One system is booted, and the tests go on from one another in their order, as its life would. HYDRA_NO_JAIL=1 leaves them
out where no other system can be booted; without it they fail there.
"""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.jail import Jail, NoJail, base
from support.stack import GATEWAY, ROOT
from support.waiting import wait_for

IDENTIFY = ('{"userId":"userId123","traits":{"email":"john.doe@example.com","firstName":"John","lastName":"Doe",'
            '"title":"VP of Happiness"}}')
TRACK = '{"userId":"userId123","event":"Device deploy started","properties":{"feature":"Device management"}}'


def make(output: Path, *options: str) -> list[Path]:
    done = subprocess.run([str(ROOT / "nginx" / "package"), "--output", str(output), "--fast", *options],
                          capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL,
                          env={**os.environ, "HYDRA_BIN": str(GATEWAY.parent)})
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


def relabel(package: Path, output: Path) -> Path:
    """The same package as a later version of itself: quicker than making another."""
    tree, later = output / "tree", output / package.name.replace("-1_", "-2_")
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(tree)], check=True, timeout=120)
    version = package.name.split("_")[1]
    for name in ("control", "preinst", "postinst"):
        file = tree / "DEBIAN" / name
        file.write_text(file.read_text().replace(version, version.removesuffix("-1") + "-2"))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(later)], check=True,
                   timeout=120, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return later


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The package, a later one, and the tarball."""
    output = tmp_path_factory.mktemp("package")
    package, tarball = make(output)
    later = relabel(package, output)
    yield {"package": package, "later": later, "tarball": tarball}
    shutil.rmtree(output)


@pytest.fixture(scope="module")
def jail(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jail]:
    if os.environ.get("HYDRA_NO_JAIL") == "1":
        pytest.skip("HYDRA_NO_JAIL=1: what ships is not run")
    made: Jail | None = None
    try:
        try:
            made = Jail(base(packages["package"]), tmp_path_factory.mktemp("jail"))
            made.boot()
        except NoJail as error:
            pytest.fail(f"no system to install the package in: {error}. HYDRA_NO_JAIL=1 leaves these tests out.")
        yield made
    finally:
        if made is not None:
            made.remove()


def send(jail: Jail, path: str, body: str, options: str = "--cacert /etc/hydra-gateway/tls/certificate.pem") -> str:
    """The status of a call at the public address."""
    return jail.sh(f"""curl -sS -o /dev/null -w '%{{http_code}}' {options} -u "$(cat /etc/hydra-gateway/write-key):" \
        -H 'Content-Type: application/json' -d '{body}' https://localhost/v1/{path}""")


def persons(jail: Jail, query: str) -> list[dict]:
    text = jail.sh(f"""curl -sS -u "$(cat /etc/hydra-gateway/hydra-api-key):" 'http://127.0.0.1:880/v1/persons?{query}'""")
    return json.loads(text)["items"]


def status(jail: Jail) -> dict:
    return json.loads(jail.sh("hydra-gateway status --json"))


def is_delivered(jail: Jail) -> bool:
    return status(jail)["spool"]["depth"] == 0


# MARK: The files


def test_lintian_finds_no_error(packages: dict[str, Path]) -> None:
    program = shutil.which("lintian")
    if program is None:
        pytest.fail("lintian is not installed: apt-get install lintian")
    done = subprocess.run([program, "--fail-on", "error", "--no-tag-display-limit", str(packages["package"])],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tarball_runs_without_the_libraries_of_the_system(packages: dict[str, Path], tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", str(packages["tarball"]), "-C", str(tmp_path)], check=True, timeout=120)
    (tree,) = tmp_path.iterdir()
    for program in ("hydra", "hydra-gateway"):
        done = subprocess.run([str(tree / "usr" / "bin" / program), "--version"], capture_output=True, text=True,
                              timeout=30, env={})
        assert done.stdout.strip() == packages["package"].name.split("_")[1].partition("-")[0], done.stderr
        libraries = subprocess.run(["ldd", str(tree / "usr" / "bin" / program)], capture_output=True, text=True,
                                   timeout=30).stdout
        for name in ("libfcgi", "libsimdjson", "libsqlite3"):
            assert re.search(rf"{name}\S* => {tree}/", libraries), libraries
    shutil.rmtree(tree)


# MARK: One system's life


def test_installs_and_takes_the_two_first_calls(jail: Jail, packages: dict[str, Path]) -> None:
    began = time.monotonic()
    done = jail.install(packages["package"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "try it:" in done.stdout and "does not start" not in done.stdout + done.stderr
    installed = time.monotonic() - began
    for unit in ("hydra", "hydra-gateway@1", "hydra-gateway@2"):
        assert jail.sh(f"systemctl is-active {unit}").strip() == "active"
        assert jail.sh(f"systemctl is-enabled {unit}").strip() == "enabled"
    assert send(jail, "identify", IDENTIFY) == "200"
    assert send(jail, "track", TRACK) == "200"
    found = wait_for(lambda: persons(jail, "userId=userId123"), "the first person", timeout=30)
    assert found[0]["traits"]["email"] == "john.doe@example.com"
    print(f"installed in {installed:.1f} s, first person {time.monotonic() - began:.1f} s after the command")
    assert jail.sh("systemctl is-system-running").strip() == "running"


def test_files_are_for_those_who_need_them(jail: Jail) -> None:
    modes = jail.sh("stat -c '%a %U %G %n' /etc/hydra-gateway /etc/hydra-gateway/* /etc/hydra-gateway/tls/* "
                    "/var/lib/hydra /var/lib/hydra-gateway /var/log/hydra /var/log/hydra-gateway "
                    "/run/hydra-gateway/gateway-1.sock /run/hydra/hydra.sock")
    assert modes.splitlines() == [
        "750 root hydra-gateway /etc/hydra-gateway",
        "640 root hydra-gateway /etc/hydra-gateway/hydra-api-key",
        "640 root hydra-gateway /etc/hydra-gateway/hydra-gateway.yaml",
        "750 root hydra-gateway /etc/hydra-gateway/tls",
        "640 root hydra-gateway /etc/hydra-gateway/write-key",
        "644 root root /etc/hydra-gateway/tls/certificate.pem",
        "600 root root /etc/hydra-gateway/tls/key.pem",
        "700 hydra hydra /var/lib/hydra",
        "700 hydra-gateway hydra-gateway /var/lib/hydra-gateway",
        "750 hydra hydra /var/log/hydra",
        "750 hydra-gateway hydra-gateway /var/log/hydra-gateway",
        "660 hydra-gateway www-data /run/hydra-gateway/gateway-1.sock",
        "660 hydra www-data /run/hydra/hydra.sock"]


def test_units_are_exposed_no_more_than_they_must_be(jail: Jail) -> None:
    for unit in ("hydra.service", "hydra-gateway@1.service"):
        text = jail.sh(f"systemd-analyze security --no-pager {unit} | tail -n 1")
        exposure = float(re.search(r"(\d+\.\d+)", text)[1])
        assert exposure <= 1.5, text


def test_what_is_printed_works_as_printed(jail: Jail) -> None:
    assert "answers, and takes the key" in jail.sh("hydra-gateway check --connect")
    line = jail.sh("hydra-gateway status --check")
    assert line.startswith("OK - 2 responders"), line
    assert "on disk" in jail.sh(
        'hydra-gateway send identify --url https://127.0.0.1 --ca-file /etc/hydra-gateway/tls/certificate.pem '
        '--write-key "$(cat /etc/hydra-gateway/write-key)" --user-id jane --trait email=jane@example.com')
    password = jail.sh("runuser -u hydra -- hydra password --data /var/lib/hydra 2>/dev/null").strip()
    assert len(password) >= 12
    for page in ("hydra.1", "hydra-gateway.1"):
        text = jail.sh(f"zcat /usr/share/man/man1/{page}.gz")
        assert ".SH NAME" in text and "serve" in text


def test_a_certificate_of_an_authority_for_the_sites_names_is_all_it_needs(jail: Jail) -> None:
    """As an ACME client leaves it: for the names of the sites, not for 127.0.0.1; renewed under a running system."""
    jail.sh("""
        mkdir -p /root/ca && cd /root/ca
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=Authority \
            -keyout ca.key -out ca.pem 2>/dev/null
        cat > renew <<'RENEW'
        set -e
        cd /root/ca
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=events.example.com \
            -keyout site.key -out site.csr 2>/dev/null
        printf 'subjectAltName=DNS:events.example.com,DNS:hydra.example.com' > names
        openssl x509 -req -in site.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -extfile names -out site.pem 2>/dev/null
        install -m 0600 site.key /etc/hydra-gateway/tls/key.pem
        install -m 0644 site.pem /etc/hydra-gateway/tls/certificate.pem
        systemctl reload nginx
RENEW
        sh renew
        echo '127.0.0.1 events.example.com' >> /etc/hosts
    """)
    for number in range(2):
        if number:
            jail.sh("sh /root/ca/renew")
        body = json.dumps({"userId": f"named-{number}", "traits": {"plan": "pro"}})
        options = "--cacert /root/ca/ca.pem --connect-to localhost:443:events.example.com:443"
        code = wait_for(lambda: send(jail, "identify", body, options + " -H 'Host: events.example.com' -k") == "200", "a 200")
        assert code
        wait_for(lambda: persons(jail, f"userId=named-{number}"), "the person", timeout=20)
    assert "OK" in jail.sh("curl -sS --cacert /root/ca/ca.pem https://events.example.com/-/ready -o /dev/null -w OK")


def test_logs_rotate_beside_nginxs_own_rules(jail: Jail) -> None:
    assert "/var/log/nginx/*.log" in jail.sh("cat /etc/logrotate.d/nginx")
    before = jail.sh("stat -c %i /var/log/hydra-gateway/gateway.jsonl /var/log/nginx/hydra-gateway.jsonl").split()
    # Once as every night, so that the state knows the files; then as on a day when all are due.
    jail.sh("systemctl start logrotate.service")
    jail.sh("logrotate --force /etc/logrotate.conf")
    assert send(jail, "track", TRACK, "-k") == "200"
    wait_for(lambda: jail.sh("cat /var/log/nginx/hydra-gateway.jsonl"), "a line in nginx's new file", timeout=10)
    wait_for(lambda: jail.sh("cat /var/log/hydra-gateway/gateway.jsonl"), "a line in the gateway's new file", timeout=10)
    after = jail.sh("stat -c '%i %a' /var/log/hydra-gateway/gateway.jsonl /var/log/nginx/hydra-gateway.jsonl").split()
    assert set(before).isdisjoint(after[::2]) and after[1::2] == ["640", "640"]
    assert jail.sh("systemctl is-system-running").strip() == "running"


LOAD = r"""
key=$(cat /etc/hydra-gateway/write-key)
number=0
while [ ! -e /root/stop-load ]; do
    number=$((number + 1))
    curl -sk -m 10 -o /dev/null -w '%{http_code}\n' -u "$key:" -H 'Content-Type: application/json' \
        -d "{\"userId\":\"load-$1\",\"event\":\"Load\",\"messageId\":\"load-$1-$number\"}" https://localhost/v1/track
done
"""


def test_an_upgrade_under_load_fails_no_request(jail: Jail, packages: dict[str, Path]) -> None:
    (jail.root / "root" / "load").write_text(LOAD)
    jail.sh("rm -f /root/stop-load")
    before = jail.sh("systemctl show -p MainPID --value hydra-gateway@1 hydra-gateway@2 hydra").split()
    senders = [jail.start(f"sh /root/load {number}") for number in range(3)]
    try:
        done = jail.install(packages["later"])
        assert done.returncode == 0, done.stdout + done.stderr
        time.sleep(0.5)
    finally:
        (jail.root / "root" / "stop-load").touch()
        codes = [code for sender in senders for code in sender.communicate(timeout=60)[0].split()]
    assert len(codes) > 20 and set(codes) == {"200"}, {code: codes.count(code) for code in set(codes)}
    after = jail.sh("systemctl show -p MainPID --value hydra-gateway@1 hydra-gateway@2 hydra").split()
    assert set(before).isdisjoint(after), "each was started anew"
    assert jail.sh("dpkg-query -W -f '${Version}' hydra-gateway").endswith("-2")
    wait_for(lambda: is_delivered(jail), "an empty queue", timeout=60)
    print(f"{len(codes)} requests during the upgrade, all answered 200")


def test_a_downgrade_is_refused_and_says_what_to_do(jail: Jail, packages: dict[str, Path]) -> None:
    done = jail.install(packages["package"], "--allow-downgrades")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "is older" in said and "HYDRA_GATEWAY_ALLOW_DOWNGRADE=1" in said, said
    assert jail.sh("dpkg-query -W -f '${Version} ${Status}' hydra-gateway").endswith("-2 install ok installed")
    assert send(jail, "track", TRACK, "-k") == "200"


@pytest.mark.parametrize(("unit", "breaking", "mending", "said"), ids=["a setting", "a key's file", "a flag"], argvalues=[
    ("hydra-gateway@2", "sed -i 's/level: info/level: loud/' /etc/hydra-gateway/hydra-gateway.yaml",
     "sed -i 's/level: loud/level: info/' /etc/hydra-gateway/hydra-gateway.yaml", "log.level"),
    ("hydra-gateway@2", "mv /etc/hydra-gateway/write-key /root/write-key",
     "mv /root/write-key /etc/hydra-gateway/write-key", "write-key cannot be read"),
    ("hydra", "mkdir -p /etc/systemd/system/hydra.service.d; printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/hydra serve "
     "--data /var/lib/hydra\\n' > /etc/systemd/system/hydra.service.d/x.conf; systemctl daemon-reload",
     "rm -r /etc/systemd/system/hydra.service.d; systemctl daemon-reload", "--listen is missing"),
])
def test_a_mistake_ends_in_failed(jail: Jail, unit: str, breaking: str, mending: str, said: str) -> None:
    jail.sh(breaking)
    try:
        assert jail.attempt(f"systemctl restart {unit}").returncode != 0
        time.sleep(1)
        assert jail.sh(f"systemctl is-failed {unit}").strip() == "failed"
        assert said in jail.sh(f"journalctl -u {unit} -n 20 --no-pager")
    finally:
        jail.sh(mending)
    jail.sh(f"systemctl reset-failed {unit}; systemctl restart {unit}")
    assert jail.sh(f"systemctl is-active {unit}").strip() == "active"


def test_a_full_disk_refuses_and_recovers(jail: Jail) -> None:
    jail.sh("""
        systemctl stop hydra-gateway@1 hydra-gateway@2
        mv /var/lib/hydra-gateway /var/lib/hydra-gateway.kept
        mkdir /var/lib/hydra-gateway
        mount -t tmpfs -o size=330M,mode=0700,uid=hydra-gateway,gid=hydra-gateway tmpfs /var/lib/hydra-gateway
        systemctl start hydra-gateway@1 hydra-gateway@2
    """)
    try:
        assert send(jail, "track", TRACK, "-k") == "200"
        jail.sh("dd if=/dev/zero of=/var/lib/hydra-gateway/fill bs=1M count=600 2>/dev/null || true")
        wait_for(lambda: send(jail, "track", TRACK, "-k") == "429", "a 429", timeout=20)
        checked = jail.attempt("hydra-gateway status --check")
        assert checked.returncode == 2 and checked.stdout.startswith("CRITICAL"), checked.stdout
        jail.sh("rm /var/lib/hydra-gateway/fill")
        wait_for(lambda: send(jail, "track", TRACK, "-k") == "200", "a 200 again", timeout=30)
    finally:
        jail.sh("""
            systemctl stop hydra-gateway@1 hydra-gateway@2
            umount /var/lib/hydra-gateway
            rmdir /var/lib/hydra-gateway
            mv /var/lib/hydra-gateway.kept /var/lib/hydra-gateway
            systemctl start hydra-gateway@1 hydra-gateway@2
        """)


def test_a_backup_taken_under_way_can_be_restored(jail: Jail) -> None:
    jail.sh("""
        rm -rf /var/backups/hydra
        hydra backup --data /var/lib/hydra --to /var/backups/hydra
        hydra check --data /var/backups/hydra
    """)
    assert send(jail, "identify", '{"userId":"after-the-backup","traits":{}}', "-k") == "200"
    wait_for(lambda: persons(jail, "userId=after-the-backup"), "the person", timeout=20)
    jail.sh("""
        systemctl stop hydra
        mv /var/lib/hydra /var/lib/hydra.lost
        cp -r /var/backups/hydra /var/lib/hydra
        chown -R hydra:hydra /var/lib/hydra
        systemctl start hydra
    """)
    assert persons(jail, "userId=userId123") and not persons(jail, "userId=after-the-backup")
    jail.sh("rm -r /var/lib/hydra.lost")


def test_a_backlog_is_delivered_after_a_reboot_without_a_request(jail: Jail) -> None:
    jail.sh("systemctl stop hydra")
    for number in range(5):
        assert send(jail, "identify", json.dumps({"userId": f"before-{number}", "traits": {"n": number}}), "-k") == "200"
    assert status(jail)["spool"]["depth"] == 5
    jail.halt()
    jail.boot()
    wait_for(lambda: is_delivered(jail), "an empty queue", timeout=60)
    assert all(persons(jail, f"userId=before-{number}") for number in range(5))


def test_socket_activation_delivers_after_a_reboot(jail: Jail) -> None:
    jail.sh("""
        systemctl stop hydra-gateway@1 hydra-gateway@2
        systemctl disable --quiet hydra-gateway@1 hydra-gateway@2
        mkdir -p /etc/systemd/system/hydra-gateway@.service.d
        cp /usr/share/doc/hydra-gateway/examples/hydra-gateway@.service.d-socket.conf \
            /etc/systemd/system/hydra-gateway@.service.d/socket.conf
        systemctl daemon-reload
        systemctl enable --now --quiet hydra-gateway@1.socket hydra-gateway@2.socket
        systemctl stop hydra
    """)
    assert send(jail, "identify", '{"userId":"by-socket","traits":{}}', "-k") == "200"
    jail.halt()
    jail.boot()
    wait_for(lambda: persons(jail, "userId=by-socket"), "the person", timeout=60)
    jail.sh("""
        systemctl disable --now --quiet hydra-gateway@1.socket hydra-gateway@2.socket
        rm -r /etc/systemd/system/hydra-gateway@.service.d
        systemctl daemon-reload
        systemctl enable --quiet hydra-gateway@1 hydra-gateway@2
        systemctl restart hydra-gateway@1 hydra-gateway@2
    """)


def test_removal_keeps_the_data_and_purge_the_records(jail: Jail) -> None:
    said = jail.sh("DEBIAN_FRONTEND=noninteractive apt-get remove -y -q hydra-gateway")
    assert "kept" in said
    assert jail.sh("nginx -t 2>&1; ls /etc/hydra-gateway/write-key /var/lib/hydra/hydra.sqlite").count("hydra") >= 2
    assert jail.attempt("pgrep -x 'hydra|hydra-gateway'").returncode != 0
    said = jail.sh("DEBIAN_FRONTEND=noninteractive apt-get purge -y -q hydra-gateway")
    assert "/var/lib/hydra;" in said
    assert jail.attempt("ls -d /etc/hydra-gateway").returncode != 0
    jail.sh("ls /var/lib/hydra/hydra.sqlite; nginx -t 2>&1")
    assert jail.sh("systemctl --failed --no-legend").strip() == ""
