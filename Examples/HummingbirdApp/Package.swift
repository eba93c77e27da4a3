// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "HummingbirdApp",
    dependencies: [
        // In a project of your own: .package(url: "…/riposte", from: "…")
        .package(name: "riposte", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .executableTarget(
            name: "HummingbirdApp",
            dependencies: [
                .product(name: "Riposte", package: "riposte"), .product(name: "RiposteHummingbird", package: "riposte"),
                .product(name: "RiposteSQLite", package: "riposte"), .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ])
    ]
)
