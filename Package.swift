// swift-tools-version: 6.3
import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// Debug builds are optimised where the tests spend their time: they simulate hours and play hundreds of seeds.
let optimised: [SwiftSetting] = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// ISA-L inflates three times as fast as zlib; without its headers, zlib does it all.
let hasISAL = FileManager.default.fileExists(atPath: "/usr/include/isa-l/igzip_lib.h")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"], swiftSettings: optimised)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, resources: resources,
        swiftSettings: settings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "dockhand",
    products: [
        .executable(name: "dockhand", targets: ["dockhand"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CKernels"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("ExactJSON"),
        module("Records", ["CKernels"]),
        module("SalesdockFacts"),
        module("Formats", ["Records", "ExactJSON", "CKernels", "CLibXML2", "CZlib"] + (hasISAL ? ["CISAL"] : [])),
        module("Pipelines", ["Records", "ExactJSON", "SalesdockFacts", "CKernels", yams]),
        module("Salesdock", ["SalesdockFacts", "ExactJSON", httpClient, logging, crypto] + nio),
        module("Ledgers", ["Records", "ExactJSON", grdb]),
        module(
            "Runs",
            ["Records", "ExactJSON", "Formats", "Pipelines", "SalesdockFacts", "Salesdock", "Ledgers", crypto, logging]),
        module("Reports", ["Records", "ExactJSON"]),
        module("SalesdockEmulator", ["SalesdockFacts", hummingbird, logging, nio[0], httpTypes]),
        .executableTarget(
            name: "dockhand",
            dependencies: [
                "Records", "ExactJSON", "Formats", "Pipelines", "SalesdockFacts", "Salesdock", "Ledgers", "Runs",
                "Reports",
                "SalesdockEmulator", argumentParser, logging,
            ],
            exclude: ["README.md"],
            swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "Simulation",
            dependencies: [
                "Runs", "Ledgers", "Salesdock", "SalesdockFacts", "Pipelines", "Records", "ExactJSON",
                "SalesdockEmulator", "TestSupport",
            ],
            path: "Tests/Simulation", exclude: ["README.md"], swiftSettings: optimised),
        .executableTarget(
            name: "dockhand-sim", dependencies: ["Simulation"], path: "Tests/SimulationRunner",
            swiftSettings: settings),
        .target(
            name: "Properties", dependencies: ["Formats", "Pipelines", "Records", "ExactJSON"],
            path: "Tests/Properties", swiftSettings: settings),
        tests("ExactJSONTests", ["ExactJSON"]),
        tests("RecordsTests", ["Records", "CKernels"]),
        tests("SalesdockFactsTests", ["SalesdockFacts"]),
        tests("FormatsTests", ["Formats", "Records", "ExactJSON", "CKernels", "Properties"]),
        tests("PipelinesTests", ["Pipelines", "Records", "ExactJSON", "SalesdockFacts"]),
        tests("SalesdockTests", ["Salesdock", "ExactJSON", "SalesdockFacts"]),
        tests("LedgersTests", ["Ledgers", "Records", "ExactJSON", grdb]),
        tests("EmulatorTests", ["SalesdockEmulator", "Salesdock", "SalesdockFacts", "ExactJSON"]),
        tests(
            "RunsTests",
            [
                "Runs", "Formats", "Ledgers", "Salesdock", "SalesdockFacts", "Pipelines", "Records", "ExactJSON",
                "SalesdockEmulator",
            ]),
        tests("ReportsTests", ["Reports", "Records", "ExactJSON"]),
        tests(
            "CommandTests",
            ["dockhand", "Reports", "Ledgers", "Pipelines", "Runs", "Salesdock", "Records", "ExactJSON"]),
        tests("SimulationTests", ["Simulation"], exclude: ["Canaries"]),
        tests("PropertiesTests", ["Properties"], exclude: ["Cases"]),
        tests("ArchitectureTests", []),
    ]
)

if hasISAL {
    package.targets.append(.systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]))
}

// Instrumented code does not link like the rest, so that it is there for `make fuzz` alone.
if Context.environment["DOCKHAND_FUZZ"] != nil {
    package.targets.append(
        .target(
            name: "Fuzz", dependencies: ["Properties"], path: "Tests/Fuzz", exclude: ["Dictionaries"],
            swiftSettings: settings))
    package.products.append(.library(name: "Fuzz", type: .static, targets: ["Fuzz"]))
}
