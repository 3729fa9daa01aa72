public import Engine
import Evaluation
public import FileOutput

/// A replay of ratings with the error of models over time: `stream_error.csv` and `summary.json` for machines, `replay.html`
/// to read.
///
/// None of them shows figures of a hold-out: those answer another question.
public struct ReplayReport: Sendable {
    /// The name of the ratings.
    public let source: String
    /// The version of the program.
    public let version: String
    /// The options of the run by name, as on the command line.
    public let options: [String: String]
    /// How the stream was scored.
    public let configuration: StreamConfiguration
    /// The minimum rating of a like.
    public let likeThreshold: Float
    /// The replay.
    public let replay: Replay

    /// Creates a report.
    public init(
        source: String, version: String, options: [String: String], configuration: StreamConfiguration,
        likeThreshold: Float, replay: Replay
    ) {
        self.source = source
        self.version = version
        self.options = options
        self.configuration = configuration
        self.likeThreshold = likeThreshold
        self.replay = replay
    }

    /// `stream_error.csv`: one line for each point, model and kind of user (`all` or `new`). Figures over the sliding window
    /// begin with `window_`, those over all ratings so far with `total_`; one that is not there is empty.
    public func writeCurve(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(
            "ratings,time,model,users,window_count,window_rmse,window_mae,window_likes,window_hit_rate,"
                + "total_count,total_rmse,total_mae,total_likes,total_hit_rate\n")
        for point in replay.points {
            for (window, total) in zip(point.window, point.total) {
                try writer.write(
                    "\(point.ratings),\(point.time),\(window.model),\(window.users.rawValue),"
                        + "\(Self.fields(window.sums)),\(Self.fields(total.sums))\n")
            }
        }
    }

    /// Writes all files.
    public func write(to folder: OutputFolder) throws {
        let (json, page) = (try json, html)
        try folder.write("stream_error.csv", writeCurve)
        try folder.write("summary.json") { writer throws(OutputError) in try writer.write(json) }
        try folder.write("replay.html") { writer throws(OutputError) in try writer.write(page) }
    }

    /// `replay.html`: one self-contained page.
    public var html: String { ReplayPage(self).markup.text }
}
