// swift-tools-version: 6.3
// Measures the product from outside, as an embedder would see it. Its own package, so that nobody else builds it.
import PackageDescription

let package = Package(
    name: "riposte-benchmarks",
    dependencies: [
        .package(name: "riposte", path: ".."),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // swift run -c release FormatsBenchmark sshd FILE
        .executableTarget(name: "FormatsBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
        // swift run -c release DetectionBenchmark [EVENTS]
        .executableTarget(name: "DetectionBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
        // swift run -c release FloodBenchmark [SECONDS] [A SECOND]
        .executableTarget(
            name: "FloodBenchmark",
            dependencies: [.product(name: "Riposte", package: "riposte"), .product(name: "RiposteSQLite", package: "riposte")]),
        // swift run -c release RunsBenchmark [FOLDER] [SECONDS]
        .executableTarget(
            name: "RunsBenchmark",
            dependencies: [
                .product(name: "Riposte", package: "riposte"), .product(name: "RiposteSQLite", package: "riposte"),
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        // swift run -c release LookupBenchmark [ADDRESSES] [NETWORKS] [LOOK-UPS]
        .executableTarget(name: "LookupBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
        // swift run -c release RequestBenchmark
        .executableTarget(name: "RequestBenchmark", dependencies: ["CAllocations", .product(name: "Riposte", package: "riposte")]),
        .target(name: "CAllocations"),
        // embedding.sh
        .executableTarget(
            name: "EmbeddingBenchmark",
            dependencies: [
                .product(name: "Riposte", package: "riposte"), .product(name: "RiposteHummingbird", package: "riposte"),
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
    ]
)
