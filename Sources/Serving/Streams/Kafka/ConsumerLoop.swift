internal import Foundation
internal import Store
internal import Synchronization

/// What the thread of a consumer does, over and over: takes events, stores batches, and answers for its state.
final class ConsumerLoop {
    private static let tick = Duration.milliseconds(100)
    /// Of the five seconds that a stop may take.
    private static let closing = Duration.seconds(3)

    let configuration: KafkaConsumer.Configuration
    private let kinds: [String: MessageKind]
    let store: Store
    private let apply: @Sendable (StreamBatch) throws -> StreamOutcome
    let client: ConsumerClient
    let shared: SharedState

    private var decoder = MessageDecoder()
    var batch: PendingBatch
    var hold: StoreHold?
    private var deadLetters: DeadLetters?
    private var ends: ConsumerEnds?
    private var meter = RateMeter()
    /// The partitions that it reads, with the offset behind what is stored of each; nil where that is their beginning.
    var positions: [TopicPartition: Int64?] = [:]
    /// Partitions whose next message is not where the store expects it.
    var displaced: Set<TopicPartition> = []
    var isHeldBack = false
    private var isConnected = true
    var isAssigned = false
    private var nextReport = ContinuousClock.now
    private var nextCommit = ContinuousClock.now
    private var isCommitted = true

    init(
        _ configuration: KafkaConsumer.Configuration, _ store: Store,
        _ apply: @escaping @Sendable (StreamBatch) throws -> StreamOutcome, _ client: ConsumerClient,
        _ shared: SharedState
    ) {
        self.configuration = configuration
        self.store = store
        self.apply = apply
        self.client = client
        self.shared = shared
        kinds = Dictionary(configuration.topics.map { ($0.name, $0.kind) }) { first, _ in first }
        batch = PendingBatch(size: configuration.batchSize, wait: configuration.batchWait)
        deadLetters = DeadLetters(configuration, store)
    }

    var isStopping: Bool { shared.state.withLock { $0.isStopping } }

    func run() throws {
        do {
            if configuration.stopsAtEnd { ends = try findEnds() }
            if ends?.isReached != true, !isStopping {
                try client.subscribe(to: configuration.topics.map(\.name))
                while !isStopping, ends?.isReached != true { try step() }
                // Where the store could not be written just now, another attempt may take as long as a stop may.
                if hold == nil { try storeBatch() }
                report()
            }
            close()
            shared.state.withLock { $0.status.state = .stopped }
        } catch {
            close()
            tell(error)
            shared.state.withLock { $0.status.state = .failed }
            throw error
        }
    }

    /// Asks until a broker answers.
    private func findEnds() throws -> ConsumerEnds? {
        while !isStopping {
            do {
                return try ConsumerEnds(
                    of: configuration.topics.map(\.name), client, from: store.offsets(of: configuration.group))
            } catch let error as KafkaError where error.kind == .broker {
                tell(error)
                report()
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
        return nil
    }

    // MARK: - One turn

    private func step() throws {
        var wait = hold == nil ? batch.patience(Self.tick) : Self.tick
        while let event = client.poll(milliseconds: Int32(wait / .milliseconds(1))) {
            try take(event)
            if batch.isFull || ContinuousClock.now >= nextReport { break }
            wait = hold == nil ? batch.patience(.milliseconds(5)) : .zero
        }
        let now = ContinuousClock.now
        if batch.isDue(now), now >= hold?.until ?? now { try storeBatch() }
        holdBack()
        if now >= nextReport {
            nextReport = now + Self.tick
            try settleDisplaced()
            serveDeadLetters()
            report()
        }
        if now >= nextCommit, !isCommitted {
            nextCommit = now + .seconds(1)
            isCommitted = true
            client.commit(stored)
        }
    }

    private func take(_ event: ConsumerEvent) throws {
        switch event {
        case .message(let message): take(message)
        case .assigned(let places): try assign(places)
        case .revoked(let isLost): try revoke(isLost: isLost)
        case .end(let place, let offset): ends?.see(offset, of: place)
        case .outOfRange(let place): displaced.insert(place)
        case .connected(let isConnected): self.isConnected = isConnected
        case .trouble(let text, let isFatal):
            let error = KafkaError(.broker, text, remedy: "Check the brokers, their topics and the options.")
            if isFatal { throw error }
            tell(error)
        case .other: break
        }
    }

    private func take(_ message: ConsumedMessage) {
        let envelope = MessageDecoder.Envelope(
            kind: kinds[message.place.topic] ?? .ratings, schema: message.schema, key: message.key, time: message.time)
        var (changes, problem): ([StreamChange], String?) = ([], nil)
        do {
            changes = try decoder.changes(of: message.value, envelope).map { change in
                let change = configuration.minimisation.reduced(change)
                return configuration.pseudonyms.map(change.pseudonymized) ?? change
            }
        } catch {
            // A reason quotes what it is about.
            problem = configuration.pseudonyms == nil ? error.reason : "the message cannot be read"
        }
        batch.append(
            StreamBatch.Message(
                topic: message.place.topic, partition: message.place.partition, offset: message.offset,
                bytes: configuration.pseudonyms == nil ? message.value ?? Data() : Data(), changes: changes,
                problem: problem))
    }

    // MARK: - Storing

    /// Stores what waits, or holds the stream until that can be done.
    func storeBatch() throws {
        guard !batch.isEmpty else { return }
        do {
            let outcome = try apply(
                StreamBatch(
                    group: configuration.group, messages: batch.messages, unknownItems: configuration.unknownItems))
            hold = nil
            for (place, next) in batch.reach where positions.keys.contains(place) {
                positions[place] = max(next, (positions[place] ?? nil) ?? 0)
            }
            batch.removeAll()
            isCommitted = false
            count(outcome)
        } catch let error as StoreError where error.mayPass {
            if hold == nil { hold = StoreHold() } else { hold?.grow() }
            tell(error)
        }
    }

    private func count(_ outcome: StreamOutcome) {
        meter.add(outcome.taken)
        if !outcome.rejected.isEmpty { deadLetters?.expectMore() }
        shared.state.withLock { shared in
            shared.status.taken += outcome.taken
            shared.status.repeated += outcome.repeated
            shared.status.rejected += outcome.rejected.count
        }
        reachEnds()
    }

    private func reachEnds() {
        guard ends != nil else { return }
        let stored = positions.compactMapValues { $0 }
        ends?.reach(stored) { [batch] in batch.holds($0) || !positions.keys.contains($0) }
    }

    private func serveDeadLetters() {
        do { try deadLetters?.serve() } catch { tell(error) }
    }

    // MARK: - The end

    /// Leaves the group, with what was stored told to the brokers.
    private func close() {
        let end = ContinuousClock.now + Self.closing
        client.beginClosing()
        while !client.isClosed, ContinuousClock.now < end {
            switch client.poll(milliseconds: 50) {
            case .assigned: client.unassign()
            case .revoked(let isLost):
                if !isLost { client.commit(stored) }
                positions = [:]
                client.unassign()
            default: break
            }
        }
        do { try deadLetters?.finish(within: .seconds(1)) } catch { tell(error) }
    }

    // MARK: - State

    func tell(_ error: any Error) {
        shared.state.withLock { $0.status.lastError = "\(error)" }
    }

    private func report() {
        if let ends, !ends.isReached {
            // Other consumers of the group read the partitions that this one has not.
            if let offsets = try? store.offsets(of: configuration.group) { self.ends?.reach(offsets) }
            reachEnds()
        }
        let lags = positions.map { place, position in
            client.knownEnd(of: place).map { Int($0 - min($0, position ?? 0)) }
        }
        let isUnknown = lags.allSatisfy { $0 == nil }
        shared.state.withLock { shared in
            shared.status.lag = isUnknown ? shared.status.lag : lags.reduce(0) { $0 + ($1 ?? 0) }
            shared.status.rate = meter.rate()
            for (place, next) in stored { shared.status.positions["\(place.topic)/\(place.partition)"] = next }
            shared.status.state =
                hold != nil
                ? .waiting : !isAssigned ? .starting : !isConnected ? .waiting : shared.isPaused ? .paused : .running
        }
    }
}
