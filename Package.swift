// swift-tools-version: 6.3
import PackageDescription

/// Every target of ours: Swift 6 mode, the upcoming features we rely on, no warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "riposte",
    products: [
        .library(name: "Riposte", targets: ["Riposte"]),
        .library(name: "RiposteConfiguration", targets: ["RiposteConfiguration"]),
        .library(name: "RiposteSQLite", targets: ["RiposteSQLite"]),
        .library(name: "RiposteChannels", targets: ["RiposteChannels"]),
        .library(name: "RiposteHost", targets: ["RiposteHost"]),
        .library(name: "RiposteHummingbird", targets: ["RiposteHummingbird"]),
        .library(name: "RiposteDirectories", targets: ["RiposteDirectories"]),
        .library(name: "RiposteTesting", targets: ["RiposteTesting"]),
        .executable(name: "riposte", targets: ["RiposteCommand"]),
        .executable(name: "riposte-helper", targets: ["RiposteHelper"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its traits: neither full Foundation nor swift-configuration.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        // What Hummingbird speaks of: a connection's address, a header's name.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The engine. Embedders import this and nothing else of ours is needed.
        .target(
            name: "Riposte",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Playbooks and settings from YAML.
        .target(
            name: "RiposteConfiguration",
            dependencies: ["Riposte", .product(name: "Yams", package: "Yams")],
            resources: [.embedInCode("Playbooks")],
            swiftSettings: strict),
        // The default store.
        .target(
            name: "RiposteSQLite",
            dependencies: [
                "Riposte", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Outgoing HTTP and the notification channels that use it.
        .target(
            name: "RiposteChannels",
            dependencies: [
                "Riposte", "CLibcurl", .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // This machine: following files, the systemd journal, the kernel's firewall.
        .target(
            name: "RiposteHost",
            dependencies: [
                "Riposte", "CLibnftables", "CLibsystemd", .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // The middlewares of a Hummingbird server that embeds Riposte.
        .target(
            name: "RiposteHummingbird",
            dependencies: [
                "Riposte", .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Account back ends elsewhere: statements on a PostgreSQL server, an LDAP directory, a signed webhook.
        .target(
            name: "RiposteDirectories", dependencies: ["Riposte", "RiposteChannels", "CLibpq", "CLibldap"],
            swiftSettings: strict),
        // Contract suites, a manual clock and a store that fails on purpose, for authors of actions and stores.
        .target(
            name: "RiposteTesting", dependencies: ["Riposte", .product(name: "Logging", package: "swift-log")], swiftSettings: strict),
        .executableTarget(
            name: "RiposteCommand",
            dependencies: [
                "Riposte", "RiposteConfiguration", "RiposteSQLite", "RiposteChannels", "RiposteHost", "RiposteDirectories", "CRecordings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // Root's few closed verbs behind a Unix socket, so that `riposte serve` needs no right of its own.
        .executableTarget(
            name: "RiposteHelper",
            dependencies: ["Riposte", "RiposteHost", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict),
        // The application of Examples/HummingbirdApp, which has a package of its own; here for the tests that drive it.
        .executableTarget(
            name: "HummingbirdApp",
            dependencies: [
                "Riposte", "RiposteHummingbird", "RiposteSQLite", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Examples/HummingbirdApp/Sources/HummingbirdApp", swiftSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "CLibcurl", linkerSettings: [.linkedLibrary("curl")]),
        // The demo's recorded log, inside the binary.
        .target(name: "CRecordings"),
        .target(name: "CLibnftables", linkerSettings: [.linkedLibrary("nftables")]),
        .systemLibrary(name: "CLibsystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibldap", pkgConfig: "ldap", providers: [.apt(["libldap-dev"])]),
        .testTarget(
            name: "RiposteTests",
            dependencies: ["Riposte", "RiposteChannels", "RiposteTesting", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "RiposteConfigurationTests", dependencies: ["Riposte", "RiposteConfiguration"], swiftSettings: strict),
        .testTarget(
            name: "RiposteHostTests",
            dependencies: ["Riposte", "RiposteHost", "RiposteTesting", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "RiposteHummingbirdTests",
            dependencies: [
                "Riposte", "RiposteChannels", "RiposteHummingbird", "RiposteTesting", "HummingbirdApp",
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RiposteSQLiteTests",
            dependencies: [
                "Riposte", "RiposteSQLite", "RiposteTesting", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // The real program, as processes. It depends on the executable so that it is built, and imports nothing of it.
        .testTarget(
            name: "RiposteCommandTests", dependencies: ["Riposte", "RiposteHost", "RiposteSQLite", "RiposteCommand", "RiposteHelper"],
            swiftSettings: strict),
        .testTarget(
            name: "RiposteChannelsTests",
            dependencies: ["Riposte", "RiposteChannels", "RiposteTesting", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "RiposteDirectoriesTests",
            dependencies: [
                "Riposte", "RiposteChannels", "RiposteDirectories", "RiposteHost", "RiposteTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
    ]
)
