import Testing

@testable import Gateway

/// Each file with the exact lines that `hydra-gateway check` prints for it.
@Suite struct ConfigurationMistakeTests {
    /// Settings that make a file complete, on one line behind the case's own.
    private static let sources = "sources: {a: {writeKey: w, apiKey: k}}"

    private func mistakes(
        _ text: String,
        flags: [String: String] = [:],
        _ environment: [String: String] = [:]
    ) -> [String] {
        do throws(ConfigurationError) {
            _ = try GatewayConfiguration.load(text: text, name: "g.yaml", flags: flags, environment: environment)
            return []
        } catch {
            #expect(error.description == error.mistakes.map(\.description).joined(separator: "\n"))
            return error.mistakes.map(\.description)
        }
    }

    @Test func fiveMistakesAreFiveLines() {
        let text = """
            workers: many
            log:
              level: loud
            spool:
              directory: spool
              deduplicationWindow: 48
            sources:
              web:
                writeKey: w
                apiKey: k
                ipPolicy: hide
            """
        #expect(
            self.mistakes(text) == [
                "g.yaml:1: workers: \"many\" is not allowed; use a whole number from 1 to 256",
                "g.yaml:3: log.level: \"loud\" is not allowed; use trace, debug, info, notice, warning, error or critical",
                "g.yaml:5: spool.directory: \"spool\" is not allowed; use an absolute path, such as /var/lib/hydra-gateway",
                "g.yaml:6: spool.deduplicationWindow: \"48\" is not allowed; use a duration from 1m to 30d, such as 500ms, "
                    + "30s, 5m or 48h",
                "g.yaml:11: sources.web.ipPolicy: \"hide\" is not allowed; use keep, truncate or drop",
            ]
        )
    }

    @Test(arguments: [
        ("workers: 0", "workers: \"0\" is not allowed; use a whole number from 1 to 256"),
        (
            "workers: 99999999999999999999",
            "workers: \"99999999999999999999\" is not allowed; use a whole number from 1 to 256"
        ),
        ("workers: [1, 2]", "workers: must be one value, not a list"),
        ("workers: {a: 1}", "workers: must be one value, not a group of settings"),
        ("listen: unix:/a", "listen: must be a list, such as [one, two]"),
        ("listen: []", "listen: is empty; name at least one address, or leave it out"),
        ("listen: [[a]]", "listen: each element of the list must be one value"),
        (
            "listen: [unix:relative]",
            "listen: \"unix:relative\" is not allowed; use unix:/path (at most 107 bytes), tcp:ADDRESS:PORT such as "
                + "tcp:127.0.0.1:9000, or inherited"
        ),
        (
            "listen: [\"tcp:127.0.0.1:70000\"]",
            "listen: \"tcp:127.0.0.1:70000\" is not allowed; use unix:/path (at most 107 bytes), tcp:ADDRESS:PORT such as "
                + "tcp:127.0.0.1:9000, or inherited"
        ),
        (
            "listen: [\"tcp:0.0.0.0:9000\"]",
            "listen: tcp:0.0.0.0:9000 is open to other machines; use 127.0.0.1, or set allowNonLoopback: true and name who "
                + "may connect in allowedPeers"
        ),
        ("listen: [inherited, inherited]", "listen: inherited stands twice"),
        ("allowNonLoopback: true", "allowNonLoopback: needs allowedPeers: the addresses that may connect"),
        (
            "allowedPeers: [example.org]",
            "allowedPeers: \"example.org\" is not allowed; use an IP address, such as 10.0.0.5 or fd00::5"
        ),
        (
            "allowedUsers: [no-such-user-here]",
            "allowedUsers: \"no-such-user-here\" is not allowed; use the name or number of a user of this machine"
        ),
        ("socket: {mode: 999}", "socket.mode: \"999\" is not allowed; use permission bits in octal, such as \"0660\""),
        ("socket: 0660", "socket: must be a group of settings, each on a line of its own below it"),
        (
            "limits: {eventBytes: 64KiB, batchBytes: 32KiB}",
            "limits.eventBytes: an event of 64KiB does not fit into a batch of 32KiB; eventBytes must not exceed batchBytes"
        ),
        // Beyond these Hydra would refuse what was taken here.
        (
            "limits: {eventBytes: 2MiB}",
            "limits.eventBytes: \"2MiB\" is not allowed; use a size from 1KiB to 504KiB, such as 512KiB, 64MiB or 10GiB"
        ),
        (
            "limits: {identifierBytes: 1025}",
            "limits.identifierBytes: \"1025\" is not allowed; use a whole number from 64 to 1024"
        ),
        (
            "limits: {depth: 257}", "limits.depth: \"257\" is not allowed; use a whole number from 8 to 256"
        ),
        (
            "limits: {batchBytes: 4MiB}",
            "limits.batchBytes: a batch of 4MiB does not fit into a request of 2MiB; batchBytes must not exceed requestBytes"
        ),
        (
            "spool: {maximumBytes: 10 gigs}",
            "spool.maximumBytes: \"10 gigs\" is not allowed; use a size from 16MiB to 16TiB, such as 512KiB, 64MiB or 10GiB"
        ),
        (
            "hydra: {url: hydra.example.org}",
            "hydra.url: \"hydra.example.org\" is not allowed; use a URL with http or https, a host, and no user, query or "
                + "fragment, such as https://hydra.example.org"
        ),
        ("hydra: {caFile: /no/such/ca.pem}", "hydra.caFile: /no/such/ca.pem cannot be read: No such file or directory"),
        ("hydra: {caFile: /dev/null}", "hydra.caFile: /dev/null is not a file"),
        (
            "delivery: {maximumBatch: 501}",
            "delivery.maximumBatch: \"501\" is not allowed; use a whole number from 1 to 500"
        ),
        ("delivery: {batch: perhaps}", "delivery.batch: \"perhaps\" is not allowed; use true or false"),
        ("delivery: {retryBase: 10m}", "delivery.retryBase: retryBase (10m) must not exceed retryCap (5m)"),
        (
            "log: {file: log.jsonl}",
            "log.file: \"log.jsonl\" is not allowed; use \"-\" for standard error or an absolute path"
        ),
        ("log: {file: /no/such/log.jsonl}", "log.file: the directory /no/such does not exist; make it first"),
        (
            "publicHost: https://a.example",
            "publicHost: \"https://a.example\" is not allowed; use a host without a scheme, such as events.example.org or "
                + "example.org:8443/events"
        ),
        ("worker: 4", "worker: is not a setting; did you mean workers?"),
        ("log: {levle: info}", "log.levle: is not a setting; did you mean level?"),
        ("log: {colour: red}", "log.colour: is not a setting; the settings here are file, level"),
        ("Log: {level: info}", "Log: is not a setting; did you mean log?"),
    ])
    func oneMistakeIsOneLine(text: String, expected: String) {
        #expect(self.mistakes("\(text)\n\(Self.sources)\n") == ["g.yaml:1: \(expected)"])
    }

    @Test(arguments: [
        ("", "g.yaml: sources: there is none; name at least one source with its writeKey and apiKey"),
        ("# nothing\n", "g.yaml: sources: there is none; name at least one source with its writeKey and apiKey"),
        ("sources:\n", "g.yaml:1: sources: there is none; name at least one source with its writeKey and apiKey"),
        ("sources: {}\n", "g.yaml:1: sources: there is none; name at least one source with its writeKey and apiKey"),
        ("sources: [a]\n", "g.yaml:1: sources: must be a group: a name for each source, its settings below"),
        (
            "sources:\n  web: key\n",
            "g.yaml:2: sources.web: must be a group of settings, each on a line of its own below it"
        ),
        (
            "sources:\n  Web: {writeKey: w, apiKey: k}\n",
            "g.yaml:2: sources.Web: is not allowed as a name; use 1 to 64 of the characters a-z, 0-9, _ and -"
        ),
        (
            "sources:\n  web:\n    writeKey: w\n",
            "g.yaml:2: sources.web.apiKey: is missing; give one of apiKey, apiKeyFile, apiKeyEnv"
        ),
        (
            "sources:\n  a: {writeKey: same, apiKey: k}\n  b:\n    writeKey: same\n    apiKey: k\n",
            "g.yaml:4: sources.b.writeKey: is a write key of source a as well; every source needs its own"
        ),
        (
            "sources:\n  a:\n    writeKey: w\n    apiKey: k\n    apiKeyEnv: X\n",
            "g.yaml:5: sources.a.apiKeyEnv: is a second form of the same; give only one of apiKey, apiKeyFile, apiKeyEnv"
        ),
        (
            "sources:\n  a:\n    writeKey: w\n    apiKeyEnv: NOT_SET_ANYWHERE\n",
            "g.yaml:4: sources.a.apiKeyEnv: the environment variable NOT_SET_ANYWHERE is not set"
        ),
        (
            "sources:\n  a:\n    writeKeyFile: /no/such/key\n    apiKey: k\n",
            "g.yaml:3: sources.a.writeKeyFile: /no/such/key cannot be read: No such file or directory"
        ),
        (
            "sources:\n  a:\n    writeKeyFile: key\n    apiKey: k\n",
            "g.yaml:3: sources.a.writeKeyFile: \"key\" is not allowed; use an absolute path, such as /var/lib/hydra-gateway"
        ),
        (
            "sources:\n  a:\n    writeKey: w\n    apiKey: k\n    allowedOrigins:\n      - https://a.example\n      - a.example\n",
            "g.yaml:7: sources.a.allowedOrigins: \"a.example\" is not allowed; use \"*\" or an origin such as "
                + "https://www.example.org, without a path"
        ),
        (
            "sources:\n  a:\n    writekey: w\n    writeKey: w\n    apiKey: k\n",
            "g.yaml:3: sources.a.writekey: is not a setting; did you mean writeKey?"
        ),
        ("- a\n- b\n", "g.yaml:1: the file must consist of keys and values, such as workers: 4"),
        ("just words\n", "g.yaml:1: the file must consist of keys and values, such as workers: 4"),
        (
            "log:\n\tlevel: info\n",
            "g.yaml:2:1: not valid YAML: found character that cannot start any token; indent with blanks, not tabs, and "
                + "quote values that begin with a special character"
        ),
        ("log:\n  level: [info\n", "g.yaml:3:1: not valid YAML: did not find expected ',' or ']'"),
        ("log: info: more\n", "g.yaml:1:10: not valid YAML: mapping values are not allowed in this context"),
        ("a: *nowhere\n", "g.yaml:1:4: not valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "g.yaml:2:1: not valid YAML: but found another document"),
    ])
    func aFileOfItsOwn(text: String, expected: String) {
        #expect(self.mistakes(text) == [expected])
    }

    @Test func aKeyThatStandsTwiceDoesNotHideTheOthers() {
        let text = """
            workers: 4
            log:
              level: info
              # between
              "level": debug
            sources:
              a:
                writeKey: w
                apiKey: k
                enabled: maybe
              a:
                writeKey: w2
            workers: 5
            """
        #expect(
            self.mistakes(text) == [
                "g.yaml:5: level: stands a second time (first on line 3); keep one of them",
                "g.yaml:10: sources.a.enabled: \"maybe\" is not allowed; use true or false",
                "g.yaml:11: a: stands a second time (first on line 7); keep one of them",
                "g.yaml:13: workers: stands a second time (first on line 1); keep one of them",
            ]
        )
    }

    @Test func aKeyThatStandsTwiceOnOneLineIsFound() {
        #expect(
            self.mistakes("log: {level: info, level: debug}\n\(Self.sources)") == [
                "g.yaml:1: level: stands a second time (first on line 1); keep one of them"
            ]
        )
    }

    @Test func variablesAndFlagsAreNamed() {
        let lines = self.mistakes(
            "workers: 0\n\(Self.sources)",
            flags: ["log.level": "loud", "log.lvel": "info"],
            [
                "HYDRA_GATEWAY_SPOOL_MAXIMUM_BYTES": "much", "HYDRA_GATEWAY_LOGLEVEL": "info",
                "HYDRA_GATEWAY_LISTEN": "unix:/a,nowhere",
            ]
        )
        #expect(
            lines == [
                "g.yaml:1: workers: \"0\" is not allowed; use a whole number from 1 to 256",
                "HYDRA_GATEWAY_LISTEN: \"nowhere\" is not allowed; use unix:/path (at most 107 bytes), tcp:ADDRESS:PORT such "
                    + "as tcp:127.0.0.1:9000, or inherited",
                "HYDRA_GATEWAY_LOGLEVEL: names no setting; did you mean HYDRA_GATEWAY_LOG_LEVEL?",
                "HYDRA_GATEWAY_SPOOL_MAXIMUM_BYTES: \"much\" is not allowed; use a size from 16MiB to 16TiB, such as 512KiB, "
                    + "64MiB or 10GiB",
                "--log-level: \"loud\" is not allowed; use trace, debug, info, notice, warning, error or critical",
                "--log-lvel: names no setting; did you mean log.level?",
            ]
        )
    }

    private var hint: String { "; --config FILE, or HYDRA_GATEWAY_CONFIG, names another" }

    @Test func aMissingFileIsOneLine() {
        let error = #expect(throws: ConfigurationError.self) { try GatewayConfiguration.load(file: "/no/such.yaml") }
        #expect(error?.description == "/no/such.yaml: cannot be read: No such file or directory" + self.hint)
    }

    @Test func aDirectoryAndBytesAreNoFile() throws {
        let directory = #expect(throws: ConfigurationError.self) { try GatewayConfiguration.load(file: "/tmp") }
        #expect(directory?.description == "/tmp: is not a file" + self.hint)
        let binary = #expect(throws: ConfigurationError.self) { try GatewayConfiguration.load(file: "/proc/self/exe") }
        #expect(binary?.description.contains("is larger than") == true || binary?.description.contains("UTF-8") == true)
    }

    @Test func aBombOfAliasesEnds() {
        var text = "a0: &a0 {k: v}\n"
        for level in 1...30 {
            let entries = (0..<10).map { "k\($0): *a\(level - 1)" }.joined(separator: ", ")
            text += "a\(level): &a\(level) {\(entries)}\n"
        }
        #expect(!self.mistakes(text).isEmpty)
    }
}
