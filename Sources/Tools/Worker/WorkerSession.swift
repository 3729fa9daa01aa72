internal import LinearAlgebra

/// A worker's whole run: greets, reads frames, computes and answers until its input ends.
public struct WorkerSession {
    private let machine: Machine
    private let limits: WorkerLimits
    private var reader: FrameReader
    private var writer: FrameWriter
    private var task: (any FrameTask)?

    /// - Parameters:
    ///   - machine: what HELLO says, and configurations are held against.
    ///   - limits: of the sizes in frames.
    ///   - source: the input.
    ///   - sink: the output.
    public init(
        machine: Machine, limits: WorkerLimits = WorkerLimits(), from source: @escaping ByteSource,
        to sink: @escaping ByteSink
    ) {
        self.machine = machine
        self.limits = limits
        reader = FrameReader(limit: limits.payload, from: source)
        writer = FrameWriter(to: sink)
    }

    /// Works until the input ends, and then says that it is done.
    ///
    /// - Parameter beforeLast: called before the last frame, DONE or ERROR, behind which the reader may go away.
    /// - Returns: nil, or the failure that the program ends with, which an ERROR frame has told where there is still somebody to read it.
    public mutating func run(beforeLast: () -> Void = {}) -> WorkerFailure? {
        do throws(WorkerFailure) {
            try writer.write(Frame(.hello, machine.hello))
            try machine.requireFusedMultiplyAdd()
            while let frame = try reader.next() { try take(frame) }
            try task?.finish(&writer)
            beforeLast()
            var payload = PayloadWriter()
            payload.add(reader.count, writer.count)
            try writer.write(.done, payload)
            return nil
        } catch {
            beforeLast()
            try? writer.write(Frame(.error, Array(error.description.utf8)))
            return error
        }
    }

    private mutating func take(_ frame: Frame) throws(WorkerFailure) {
        guard frame.kind != .config else {
            guard task == nil else { throw .badInput("CONFIG: a second one") }
            let settings = try WorkerSettings(frame.payload)
            try machine.require(settings)
            task = try makeTask(settings)
            return
        }
        guard let task else { throw .badInput("\(frame.kind.name) before CONFIG") }
        try task.take(frame, &writer)
    }

    private func makeTask(_ settings: WorkerSettings) throws(WorkerFailure) -> any FrameTask {
        let threads = settings.text("threads") == nil ? machine.processors : try settings.count("threads")
        try OptionRange.threads.check("threads", threads, WorkerSettings.outOfRange)
        switch settings.task {
        case .graph: return try GraphTask(settings, limits, threads: threads)
        case .merge: return try MergeTask(settings, threads: threads)
        case .als, .implicit: return FactorTask(settings, limits, threads: threads)
        }
    }
}

/// A piece of work that takes frames and answers.
protocol FrameTask: AnyObject {
    /// - Throws: `WorkerFailure` for a frame out of place, one that contradicts itself or others, and where the work fails.
    func take(_ frame: Frame, _ output: inout FrameWriter) throws(WorkerFailure)

    /// The input has ended.
    func finish(_ output: inout FrameWriter) throws(WorkerFailure)
}

extension FrameTask {
    func unexpected(_ frame: Frame, _ reason: String) -> WorkerFailure {
        .badInput("\(frame.kind.name) is out of place: \(reason)")
    }
}
