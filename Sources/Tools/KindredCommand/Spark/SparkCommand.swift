import ArgumentParser

/// What a cluster with Apache Spark needs of this machine.
struct SparkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spark",
        abstract: "Run Kindred on a cluster with Apache Spark.",
        subcommands: [SparkPackageCommand.self])
}
