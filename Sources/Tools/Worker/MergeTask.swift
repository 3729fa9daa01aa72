internal import LinearAlgebra
internal import Neighbors

/// Merges the lists of LISTS frames into the k nearest of each user, which it writes when the input ends.
final class MergeTask: FrameTask {
    private var merge: ListMerge
    private let threads: Int

    init(_ settings: WorkerSettings, threads: Int) throws(WorkerFailure) {
        let neighbors = try settings.count("neighbors")
        try OptionRange.neighbors.check("neighbors", neighbors, WorkerSettings.outOfRange)
        merge = ListMerge(neighbors: neighbors)
        self.threads = threads
    }

    func take(_ frame: Frame, _ output: inout FrameWriter) throws(WorkerFailure) {
        guard frame.kind == .lists else { throw unexpected(frame, "the task is merge") }
        merge.add(try ListMerge.Lists(frame))
    }

    func finish(_ output: inout FrameWriter) throws(WorkerFailure) {
        let lists = merge.merged(threads: threads)
        try output.write(lists.table, rows: 0..<lists.ids.count, ids: lists.ids, side: 0)
    }
}
