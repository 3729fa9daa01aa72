public import FileOutput
public import Ratings

/// Writes `rejected.csv`: the skipped malformed rows.
public func writeRejected(_ rows: [RejectedRow], to writer: inout ByteWriter) throws(OutputError) {
    try writer.write("line,reason,text\n")
    for row in rows {
        try writer.write("\(row.line),\(writer.csvField(row.reason)),\(writer.csvField(row.text))\n")
    }
}
