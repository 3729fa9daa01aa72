// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Examples",
    platforms: [.macOS(.v26)],
    dependencies: [
        // The core alone: no SQLite, HTTP or TLS.
        .package(name: "Kindred", path: "..", traits: [])
    ],
    targets: [
        .executableTarget(name: "FirstSteps", dependencies: [.product(name: "Kindred", package: "Kindred")])
    ]
)
