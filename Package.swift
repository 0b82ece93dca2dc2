// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built under the same rules: memory safety is spelled out, imports are explicit, and a
/// warning is an error.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
    name: "hydra-gateway",
    products: [
        .executable(name: "hydra-gateway", targets: ["hydra-gateway"]),
        .executable(name: "hydra", targets: ["hydra"]),
    ],
    dependencies: [
        // Command lines with sub-commands, help and completion scripts.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The logging interface that every target and every dependency speaks.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The metrics interface; the Prometheus text behind it is ours (Telemetry).
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        // Start order, shutdown order, signals.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Configuration from flags, environment and YAML with one precedence.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
        // Line numbers of configuration mistakes (already in the graph through swift-configuration).
        .package(url: "https://github.com/jpsim/Yams", "6.2.2"..<"7.0.0"),
        // Deques for the lanes, heaps for the retry timers.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // HMAC-SHA1 of webhook signatures, SHA-256 of API keys and deduplication keys.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // SQLite with WAL, migrations and typed errors.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The templates of the web pages: Hydra's and the gateway's live view.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // Pooled HTTP/1.1 and TLS towards Hydra.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // Buffers and time of the HTTP client; the scripted Hydra of the tests (already in the graph).
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // Additional certificates for the HTTP client (already in the graph).
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        // MARK: C borders
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Which part of a host name a company registers, by the public suffix list.
        .systemLibrary(name: "CPublicSuffix", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        // One spelling for internationalised domain names.
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        // Questions to the DNS, and what to wait for until they are answered.
        .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        // The client of NATS, for the spool that several machines share.
        .systemLibrary(name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
        // HTML as it is found in the world.
        .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(
            name: "CSimdJSON",
            cxxSettings: [.unsafeFlags(["-O3"], .when(configuration: .debug))],
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
        // The distributions behind the patterns' tests (Boost.Math, header only).
        .target(name: "CBoostMath", cxxSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

        // MARK: Libraries
        .target(name: "FastCGI", dependencies: ["CFastCGI", logging], swiftSettings: settings),
        .target(name: "JSON", dependencies: ["CSimdJSON"], swiftSettings: settings),
        // Which times from outside are believed.
        .target(name: "EventTime", swiftSettings: settings),
        // What a call may be, for both ends of the contract.
        .target(name: "HydraLimits", swiftSettings: settings),
        .target(
            name: "Segment",
            dependencies: ["EventTime", "HydraLimits", "JSON", "CZlib", crypto],
            swiftSettings: settings
        ),
        .target(
            name: "Hydra",
            dependencies: [
                "HydraLimits", "JSON", logging, httpClient, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            resources: [.embedInCode("Contract/openapi.json")],
            swiftSettings: settings
        ),
        .target(name: "GroupCommit", swiftSettings: settings),
        .target(name: "Spool", dependencies: ["GroupCommit", grdb, sqlite, logging], swiftSettings: settings),
        .target(
            name: "SpoolJetStream",
            dependencies: ["Spool", "GroupCommit", "JSON", "CNATS", deque, logging],
            swiftSettings: settings
        ),
        .target(
            name: "Relay",
            dependencies: ["Spool", "Hydra", "HydraLimits", deque, heap, logging],
            swiftSettings: settings
        ),
        .target(name: "Telemetry", dependencies: [logging, metrics], swiftSettings: settings),
        .target(
            name: "Gateway",
            dependencies: [
                "FastCGI", "HydraLimits", "JSON", "Segment", "Hydra", "Spool", "SpoolJetStream", "Relay", "Telemetry",
                crypto, logging, metrics, lifecycle, signals, configuration, yams, mustache,
            ],
            resources: [
                .embedInCode("Configuration/hydra-gateway.yaml"),
                .embedInCode("Live/Templates/page.mustache"),
                .embedInCode("Live/Templates/spark.mustache"),
                .embedInCode("Live/Assets/live.css"),
                .embedInCode("Live/Assets/live.js"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "HydraRoles",
            resources: [.embedInCode("Data/functions.txt")],
            swiftSettings: settings
        ),
        .target(
            name: "HydraDataPoints",
            dependencies: ["HydraRoles", "CPublicSuffix", "CIDN2"],
            resources: [
                .embedInCode("Domains/Data/free-mail-domains.txt"),
                .embedInCode("Domains/Data/access-mail-domains.txt"),
                .embedInCode("Domains/Data/disposable-domains.txt"),
                .embedInCode("Domains/Data/shared-sites.txt"),
                .embedInCode("Company/Data/names-of-no-company.txt"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "HydraScanners",
            dependencies: ["HydraDataPoints", "HydraRoles", "JSON"],
            swiftSettings: settings
        ),
        .target(
            name: "HydraSourcing",
            dependencies: [
                "HydraDataPoints", "JSON", "GroupCommit", "CCares", "CXML2", httpClient,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(name: "HydraPatterns", dependencies: ["CBoostMath"], swiftSettings: settings),
        .target(
            name: "HydraEngine",
            dependencies: [
                "EventTime", "Hydra", "HydraLimits", "JSON", "GroupCommit", "HydraRoles", "HydraDataPoints",
                "HydraScanners", "HydraPatterns", grdb, sqlite, crypto, logging,
            ],
            swiftSettings: settings
        ),

        .target(
            name: "HydraScreens",
            dependencies: [
                "HydraEngine", "HydraRoles", "HydraScanners", "JSON", mustache, crypto, cryptoExtras, logging,
            ],
            resources: [.embedInCode("Templates"), .embedInCode("Assets")],
            swiftSettings: settings
        ),

        .target(
            name: "HydraSample",
            dependencies: [
                "JSON", httpClient,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),

        // MARK: Programs
        .executableTarget(
            name: "hydra-gateway",
            dependencies: ["Gateway", "Hydra", arguments],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "hydra",
            dependencies: [
                "HydraEngine", "HydraLimits", "HydraSourcing", "HydraScreens", "HydraSample", "Hydra", "FastCGI",
                "Telemetry",
                arguments, logging, metrics,
            ],
            swiftSettings: settings
        ),

        // MARK: Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "Spool", crypto, logging,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "FastCGITests", dependencies: ["FastCGI", "TestSupport", logging], swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "SegmentTests", dependencies: ["Segment", "HydraLimits", "JSON"], swiftSettings: settings),
        .testTarget(
            name: "HydraTests",
            dependencies: ["Hydra", "HydraLimits", "JSON", "TestSupport", logging],
            swiftSettings: settings
        ),
        .testTarget(name: "GroupCommitTests", dependencies: ["GroupCommit"], swiftSettings: settings),
        .testTarget(
            name: "SpoolTests",
            dependencies: ["Spool", "TestSupport", grdb, logging],
            swiftSettings: settings
        ),
        // What is asked of every engine behind the protocol.
        .testTarget(
            name: "SpoolContractTests",
            dependencies: ["Spool", "SpoolJetStream", "TestSupport", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SpoolJetStreamTests",
            dependencies: ["SpoolJetStream", "JSON", "Spool", "TestSupport", logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RelayTests",
            dependencies: ["Relay", "Spool", "Hydra", "TestSupport", deque, heap, logging],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", "TestSupport", logging, metrics],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "FastCGI", "JSON", "Segment", "Spool", "SpoolJetStream", "Hydra", "HydraLimits",
                "Relay", "Telemetry", "TestSupport", logging, metrics,
            ],
            swiftSettings: settings
        ),
        // Whatever the edge answers 200 to, Hydra takes.
        .testTarget(
            name: "EdgeContractTests",
            dependencies: [
                "Gateway", "Segment", "Hydra", "HydraLimits", "HydraEngine", "JSON", "Spool", "TestSupport",
            ],
            resources: [.embedInCode("documented-events.jsonl")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraRolesTests",
            dependencies: ["HydraRoles"],
            resources: [
                .embedInCode("Titles/titles.tsv"), .embedInCode("Titles/held-out.tsv"),
                .embedInCode("Titles/second-held-out.tsv"), .embedInCode("Titles/unseen.tsv"),
                .embedInCode("Titles/learned.tsv"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraDataPointsTests",
            dependencies: ["HydraDataPoints", "HydraRoles"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraScannersTests",
            dependencies: ["HydraScanners", "HydraDataPoints", "HydraRoles", "JSON"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraSourcingTests",
            dependencies: ["HydraSourcing", "HydraEngine", "HydraDataPoints", "JSON", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(name: "HydraPatternsTests", dependencies: ["HydraPatterns"], swiftSettings: settings),
        .testTarget(
            name: "HydraSampleTests",
            dependencies: ["HydraSample", "JSON", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraScreensTests",
            dependencies: ["HydraScreens", "HydraEngine", "HydraScanners", "JSON", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "HydraEngineTests",
            dependencies: [
                "HydraEngine", "HydraScanners", "HydraDataPoints", "HydraPatterns", "Hydra", "HydraLimits", "JSON",
                "TestSupport", grdb,
            ],
            swiftSettings: settings
        ),

        // What Tests/fuzz feeds, and the inputs that were kept, which the unit tests run.
        .target(
            name: "FuzzTargets",
            dependencies: ["JSON", "Segment", "Hydra", "FastCGI", "Gateway", "CZlib", "TestSupport", logging],
            path: "Tests/Fuzz/Targets",
            swiftSettings: settings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzz/Tests",
            swiftSettings: settings
        ),

        // MARK: Measuring (Tests/bench); not shipped
        .executableTarget(
            name: "empty-responder",
            dependencies: ["FastCGI", logging],
            path: "Tests/Benchmarks/empty-responder",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "micro-benchmarks",
            dependencies: ["Segment", "JSON", "Hydra", "Spool", "Telemetry", logging],
            path: "Tests/Benchmarks/Micro",
            swiftSettings: settings
        ),
    ],
    cxxLanguageStandard: .cxx17
)

// libFuzzer brings a main of its own, so this program links only when it is built for fuzzing (Tests/fuzz).
if Context.environment["HYDRA_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzTargets"],
            path: "Tests/Fuzz/Driver",
            swiftSettings: settings
        )
    )
}

// Shows the thread sanitizer the runtime's mutex (Tests/run sanitize).
if Context.environment["HYDRA_TSAN"] != nil {
    package.targets.append(.target(name: "SanitizedMutex", path: "Tests/Sanitizers/Mutex"))
    // Both programs and all tests hold this target.
    package.targets.first { $0.name == "FastCGI" }?.dependencies.append("SanitizedMutex")
}
