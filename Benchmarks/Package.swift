// swift-tools-version: 6.3
// Measures the product from outside, as an embedder would see it. Its own package, so that nobody else builds it.
import PackageDescription

let package = Package(
    name: "riposte-benchmarks",
    dependencies: [.package(name: "riposte", path: "..")],
    targets: [
        // swift run -c release FormatsBenchmark sshd FILE
        .executableTarget(name: "FormatsBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
        // swift run -c release DetectionBenchmark [EVENTS]
        .executableTarget(name: "DetectionBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
        // swift run -c release LookupBenchmark [ADDRESSES] [NETWORKS]
        .executableTarget(name: "LookupBenchmark", dependencies: [.product(name: "Riposte", package: "riposte")]),
    ]
)
