#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import LinearAlgebra
    import Service

    /// Where metrics are written beside /metrics.
    struct MetricsOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "A folder for metrics as CSV, created if missing; it belongs to this service. (default: none)",
                valueName: "folder"))
        var metricsDir: String?

        @Option(
            help: ArgumentHelp("Seconds between samples, \(OptionRange.metricsEvery.words).", valueName: "seconds"))
        var metricsEvery = MetricsFolderSettings("").interval

        @Option(help: ArgumentHelp("Days that files are kept, \(OptionRange.metricsKeep.words).", valueName: "days"))
        var metricsKeep = MetricsFolderSettings("").keptDays

        @Option(
            help: ArgumentHelp(
                "Bytes that all files may take, such as 500MB, 1MB to 1,000TB. (default: \(MetricsFolderSettings("").sizeLimit / 1_000_000)MB)",
                valueName: "bytes"))
        var metricsSize: ByteCount?

        func validate() throws {
            try OptionRange.metricsEvery.validate("metrics-every", metricsEvery)
            try OptionRange.metricsKeep.validate("metrics-keep", metricsKeep)
            if let metricsSize, metricsSize.bytes < 1_000_000 {
                throw ValidationError("--metrics-size goes from 1MB to 1,000TB")
            }
        }

        /// nil where no folder is named.
        func settings() throws -> MetricsFolderSettings? {
            guard let metricsDir else { return nil }
            switch FileKind(metricsDir) {
            case .folder: break
            case .missing:
                do {
                    try FileManager.default.createDirectory(atPath: metricsDir, withIntermediateDirectories: false)
                } catch {
                    throw ValidationError("--metrics-dir: \(metricsDir) cannot be made. \(error.localizedDescription)")
                }
            case .file: throw ValidationError("--metrics-dir: \(metricsDir) is no folder")
            }
            var settings = MetricsFolderSettings(metricsDir)
            settings.interval = metricsEvery
            settings.keptDays = metricsKeep
            if let metricsSize { settings.sizeLimit = metricsSize.bytes }
            return settings
        }
    }
#endif
