public import FileOutput

extension ComparisonReport {
    /// Writes `metrics.csv`, `report.json` and `report.html` into a folder, whose files appear together or not at all.
    public func export(to folder: String) throws {
        let output = try OutputFolder(folder)
        defer { output.discard() }
        try write(to: output)
        try output.commit()
    }

    /// Writes the three files.
    public func write(to output: OutputFolder) throws {
        let (json, page) = (try json, html)
        try output.write("metrics.csv", writeMetrics)
        try output.write("report.json") { writer throws(OutputError) in try writer.write(json) }
        try output.write("report.html") { writer throws(OutputError) in try writer.write(page) }
    }
}
