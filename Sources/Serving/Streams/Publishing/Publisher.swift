import FileOutput
import Store

/// Sends the records of a feed as messages.
public struct Publisher: Sendable {
    public var pacing = Pacing.unlimited
    /// What is sent; the rest is passed over.
    public var kinds = Set(MessageKind.allCases)
    /// Whether it begins anew at the end.
    public var loops = false
    /// Where it keeps how far it came; nil for nowhere.
    public var state: PublishingState?

    public init() {}

    /// What was sent.
    public struct Summary: Sendable, Equatable, Codable {
        public var ratings = 0
        public var items = 0
        public var users = 0
        /// Records that say nothing.
        public var rejected = 0
        /// Messages that an earlier run has delivered.
        public var delivered_before = 0
        public var rounds = 0
        public var seconds = 0.0
        /// Whether it was stopped before its end.
        public var was_stopped = false

        public init() {}

        public var sent: Int { ratings + items + users }
        public var perSecond: Double { seconds > 0 ? Double(sent) / seconds : 0 }

        mutating func count(_ kind: MessageKind) {
            switch kind {
            case .ratings: ratings += 1
            case .items: items += 1
            case .users: users += 1
            }
        }
    }

    /// Sends until the feed ends or the task is cancelled, and then waits until all that was sent is delivered.
    ///
    /// - Parameter progress: called after each message.
    /// - Throws: what the feed and the sink throw, and `InputError` where the state is another feed's. What was delivered until
    ///   then is kept in the state.
    public func run(
        _ feed: inout some RecordFeed, to sink: some MessageSink, progress: (Summary) -> Void = { _ in }
    ) async throws -> Summary {
        let begin = ContinuousClock.now
        let content = try state?.load(for: feed.checksum) ?? .init(checksum: feed.checksum, place: RecordPlace())
        var journal = Journal(state, content, confirmedBefore: sink.confirmed)
        var summary = Summary()
        summary.delivered_before = content.delivered
        feed.go(to: content.place)
        do {
            while true {
                let before = summary.sent
                try await sendRound(&feed, to: sink, &journal, &summary, progress)
                // A feed with nothing in it would go round for ever.
                guard loops, summary.sent > before || summary.rounds == 0 && content.delivered > 0 else { break }
                summary.rounds += 1
                journal.beginRound()
                feed.go(to: RecordPlace())
            }
        } catch is CancellationError {
            summary.was_stopped = true
        } catch {
            // What came that far needs not come again.
            try? sink.flush(within: .seconds(5))
            try? journal.save(sink.confirmed, isLast: true)
            throw error
        }
        do {
            try Self.flush(sink)
        } catch {
            try? journal.save(sink.confirmed, isLast: true)
            throw error
        }
        try journal.save(sink.confirmed, isLast: true)
        summary.rejected = feed.rejected
        summary.seconds = begin.duration(to: .now) / .seconds(1)
        return summary
    }

    /// Waits until all is delivered: a minute, and four seconds of it where the task is cancelled before or meanwhile.
    private static func flush(_ sink: some MessageSink) throws {
        let end = ContinuousClock.now + .seconds(60)
        var stop = end
        while true {
            let begin = ContinuousClock.now
            do { return try sink.flush(within: .milliseconds(500)) } catch {
                if Task.isCancelled { stop = min(stop, begin + .seconds(4)) }
                // What cannot be delivered is known at once.
                let isOver = begin.duration(to: .now) < .milliseconds(400)
                if isOver || ContinuousClock.now >= stop { throw error }
            }
        }
    }

    private func sendRound(
        _ feed: inout some RecordFeed, to sink: some MessageSink, _ journal: inout Journal, _ summary: inout Summary,
        _ progress: (Summary) -> Void
    ) async throws {
        var pace = Pace(pacing, begin: .now)
        while let record = try await feed.next() {
            try Task.checkCancellation()
            let message = PublishedMessage(record.change)
            guard kinds.contains(message.kind) else { continue }
            let due = pace.due(record.change.time)
            // Short waits cost more than they are worth.
            while ContinuousClock.now + .milliseconds(2) < due {
                try await Task.sleep(for: min(due - .now, .seconds(1)))
                try journal.save(sink.confirmed)
            }
            let full = ContinuousClock.now
            while try !sink.send(message) {
                guard full.duration(to: .now) < Self.patience else { throw PublishingError.stuck(Self.patience) }
                try await Task.sleep(for: .milliseconds(20))
            }
            journal.sent(record.next)
            summary.count(message.kind)
            try journal.save(sink.confirmed)
            progress(summary)
        }
    }

    /// How long a full queue is waited for.
    private static let patience = Duration.seconds(120)
}

/// Why publishing ended.
public enum PublishingError: Error, Equatable, CustomStringConvertible {
    case stuck(Duration)
    /// The API does not answer as it should.
    case api(url: String, problem: String, remedy: String)

    public var description: String {
        switch self {
        case .stuck(let patience):
            "no message was delivered within \(patience), and the queue is full. Check that the brokers can be reached."
        case .api(let url, let problem, let remedy): "\(url): \(problem). \(remedy)".visible()
        }
    }
}

extension StreamChange {
    fileprivate var time: Int64? { if case .rate(let event) = self { event.time } else { nil } }
}

/// The places behind messages that are on their way, of which the state learns once they are delivered.
private struct Journal {
    private let state: PublishingState?
    private var content: PublishingState.Content
    private let confirmedBefore: Int
    /// The places behind messages that may not be delivered yet, and the rounds they belong to.
    private var waiting: [(place: RecordPlace, rounds: Int)] = []
    private var first = 0
    private var settled = 0
    private var rounds: Int
    private var saved = ContinuousClock.now

    init(_ state: PublishingState?, _ content: PublishingState.Content, confirmedBefore: Int) {
        (self.state, self.content, self.confirmedBefore) = (state, content, confirmedBefore)
        rounds = content.rounds
    }

    mutating func beginRound() { rounds += 1 }

    mutating func sent(_ place: RecordPlace) { if state != nil { waiting.append((place, rounds)) } }

    /// Writes down what is delivered, twice a second at most.
    mutating func save(_ confirmed: @autoclosure () -> Int, isLast: Bool = false) throws {
        guard let state, isLast || saved.duration(to: .now) > .milliseconds(500) else { return }
        saved = .now
        let count = confirmed() - confirmedBefore
        guard count > settled else { return }
        let last = waiting[first + count - settled - 1]
        (content.place, content.rounds) = last
        content.delivered += count - settled
        first += count - settled
        settled = count
        if first > 100_000 {
            waiting.removeFirst(first)
            first = 0
        }
        try state.save(content)
    }
}
