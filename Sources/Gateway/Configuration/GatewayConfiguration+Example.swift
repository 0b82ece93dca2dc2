extension GatewayConfiguration {
    /// The configuration file with every setting, its default, its unit and its reason: what an administrator starts
    /// from. It loads as it is; its values are the defaults, and it has one source.
    package static var example: String {
        """
        # Configuration of hydra-gateway. Every setting is here with its default; what you leave out keeps it.
        #
        # Environment variables win over this file: log.level is HYDRA_GATEWAY_LOG_LEVEL, and
        # sources.web.writeKey is HYDRA_GATEWAY_SOURCES_WEB_WRITE_KEY. Command line flags win over both.
        # Check a changed file with `hydra-gateway check`; SIGHUP reloads it (marked "reload"), the rest needs a restart.
        #
        # Durations have a unit: 500ms, 30s, 5m, 48h, 7d. Sizes: 512KiB, 64MiB, 10GiB, or bytes.

        # Where nginx finds this responder: unix:/path, tcp:127.0.0.1:9000, or inherited (a socket that the starter hands
        # over as file descriptor 0 or by systemd). A list; two responders listen on two sockets.
        listen:
          - unix:/run/hydra-gateway/gateway.sock

        # Permissions of the Unix sockets. Whoever may open one is trusted: owner and group, nobody else.
        socket:
          mode: "0660"
          # User and group by name or number; without them the process' own. nginx' workers must be in the group.
          owner:
          group:

        # true allows tcp: addresses that other machines reach; then allowedPeers must say which.
        allowNonLoopback: false

        # Name of this responder in metrics and status, without it the process id. Different for each on one spool.
        responder:

        # Threads that read and answer requests, 1 to 256. They never wait for the disk, so few are enough.
        workers: 4

        # Users whose processes may connect to the Unix sockets, by name or number, such as [www-data].
        # Empty: the user of this process, root, and www-data where there is one.
        allowedUsers: []

        # IP addresses that may connect to tcp: addresses. Empty: this machine.
        allowedPeers: []

        limits:
          # Open connections from nginx: its keepalive times its workers, with room to spare.
          connections: 4096
          # Headers and other parameters of a request.
          parameterBytes: 64KiB
          # Body of a request as it comes, compressed or not. nginx' client_max_body_size should agree.
          requestBytes: 2MiB
          # One event (reload). Segment's own limit.
          eventBytes: 32KiB
          # One batch after decompression (reload). Segment allows half of it.
          batchBytes: 1MiB
          # Events of one batch (reload). Those beyond are rejected, the others kept.
          batchEvents: 2500
          # Levels of nesting in one event (reload).
          depth: 128
          # Bytes of a userId, anonymousId or messageId (reload).
          identifierBytes: 1024
          # Waiting for the rest of a request, and for nginx to take an answer.
          readTimeout: 10s
          writeTimeout: 10s
          # From a request's first byte to its answer.
          requestTimeout: 30s

        # The durable queue: a 200 means that the events are in here, on the disk. `spool: nats://a:4222,b:4222,c:4222` says
        # no more than url.
        spool:
          # An absolute path on a local file system, shared by all responders of this machine. With url only the figures of
          # these responders are in it.
          directory: /var/lib/hydra-gateway/spool
          # Room that it may take, with url on each server. When it is full, clients are told to come back later (429);
          # nothing is lost.
          maximumBytes: 10GiB
          # Free disk below which nothing more is taken in; not with url.
          minimumFreeBytes: 256MiB
          # How long a repeated event is recognised by its messageId. SDKs resend for 12h.
          deduplicationWindow: 48h
          # How many messageIds are remembered, about 1 GB of disk for 20 million; a metric tells when it cuts the window.
          # Not with url.
          deduplicationMaximum: 20_000_000
          # Rejected events that are kept to be looked at; the oldest go first.
          rejectedMaximum: 10_000
          # NATS servers with JetStream, for gateways on several hosts: nats:// or tls://, separated by commas. Without it
          # the queue is files in directory. All that follows needs it.
          url:
          # How to log in, one of: a .creds file; user and password; a token. passwordFile, passwordEnv, tokenFile and
          # tokenEnv as well.
          credentialsFile:
          user:
          password:
          token:
          # PEM files, with tls://: authorities to trust instead of the system's; the certificate to show, and its key.
          caFile:
          certificateFile:
          keyFile:
          # What streams and subjects begin with, without it hydra: several installations can share the servers.
          name:
          # Streams that the calls are spread over by user, 1 to 64, without it 8: as many gateways deliver at once. Fixed
          # when the streams are made.
          partitions:
          # Servers that keep each call, 1, 3 or 5, without it 3. A 200 means that most of them have it.
          replicas:
          # The servers' monitoring ports, where they say whether they sync a call before they acknowledge it, such as
          # http://a:8222,b:8222,c:8222. Without it they are asked over NATS, for which the account must import the service
          # $SYS.REQ.SERVER.PING.JSZ from the system account.
          monitor:
          # false also starts with servers that do not sync (sync_interval: always), without it true: then a 200 does not
          # mean that the events are on disk, and they may be lost with the power.
          requireSync:

        # The Hydra endpoint. The default is the embedded one.
        hydra:
          # Base URL (reload); /v1/identify and /v1/track are below it.
          url: http://127.0.0.1:8444
          # PEM file with certificate authorities to trust beside the system's.
          caFile:
          # Opening a connection.
          connectTimeout: 3s
          # Waiting for an answer.
          timeout: 10s
          # Connections to one endpoint.
          connections: 16

        delivery:
          # false only takes in; another process on the same spool delivers.
          enabled: true
          # true sends several calls in one request to /v1/batch (reload).
          batch: false
          # Calls of one batch, 1 to 500 (reload).
          maximumBatch: 100
          # Requests under way to one endpoint and key (reload).
          concurrency: 16
          # A failed call waits a random part of retryBase, doubled with every attempt up to retryCap, and becomes a dead
          # letter after retryFor. `hydra-gateway dead replay` sends dead letters again.
          retryBase: 1s
          retryCap: 5m
          retryFor: 72h
          # How often an API key that was refused is tried again.
          probeInterval: 60s
          # Failures in a row after which an endpoint is left alone for a while.
          breakerFailures: 5

        log:
          # "-" is standard error; else an absolute path, opened again on SIGUSR1. One JSON object a line.
          file: "-"
          # trace, debug, info, notice, warning, error or critical (reload).
          level: info

        # The pages below /-/: live-events, status, metrics, live, ready (reload).
        admin:
          enabled: true
          # Client addresses that may see them; nginx keeps others away as well. "*" for all.
          allowedAddresses: [127.0.0.1, "::1"]
          # How often this responder writes its figures for the others.
          figuresInterval: 1s

        # Host that browser and mobile SDKs are told to send to (reload), such as events.example.org; without it the host
        # that they asked.
        publicHost:

        # From SIGTERM to the end: what is in flight is answered and committed.
        shutdownTimeout: 10s

        # Who may send (reload). The name, of a-z, 0-9, _ and -, stands in logs and metrics.
        sources:
          web:
            # What the SDK is configured with. Instead: writeKeyFile (an absolute path) or writeKeyEnv (the name of an
            # environment variable). No two sources have the same.
            writeKey: demo-write-key
            # Hydra's API key; apiKeyFile and apiKeyEnv as well. Sources may share it.
            apiKey: demo-api-key
            # false answers with an error; what already waits is still delivered.
            enabled: true
            # Origins of web pages that may send, such as https://www.example.org; "*" for all.
            allowedOrigins: ["*"]
            # Names of track events that are relayed, all if empty, and of those that are not; the second list wins.
            allowEvents: []
            denyEvents: []
            # IP addresses in events: keep, truncate (last octet of IPv4, last 80 bits of IPv6) or drop.
            ipPolicy: truncate
            # Shared secret of Segment's webhook destination for /v1/webhook/web; webhookSecretFile and
            # webhookSecretEnv as well. Without it that route is closed.
            webhookSecret:
            # Another Hydra endpoint for this source.
            hydraUrl:

        """
    }
}
