internal import Foundation
internal import Store
internal import Synchronization

/// Which partitions are read, and from where.
extension ConsumerLoop {
    func assign(_ places: [TopicPartition]) throws {
        guard let offsets = try offsets() else { return client.unassign() }
        positions = Dictionary(places.map { ($0, offsets[$0]) }) { first, _ in first }
        displaced = []
        isAssigned = true
        isHeldBack = false
        restart()
    }

    /// Those of the store, as soon as it can be read; nil where the consumer is to stop before.
    private func offsets() throws -> [TopicPartition: Int64]? {
        while !isStopping {
            do {
                return try store.offsets(of: configuration.group)
            } catch {
                guard error.mayPass else { throw error }
                tell(error)
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
        return nil
    }

    /// Reads the partitions from where the store is.
    private func restart() {
        client.assign(positions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// Stores what was read and gives the partitions back. What cannot be stored now is read again by whoever has them next.
    func revoke(isLost: Bool) throws {
        defer {
            batch.removeAll()
            hold = nil
            positions = [:]
            isHeldBack = false
            client.unassign()
            shared.state.withLock { $0.status.rebalances += 1 }
        }
        guard !isLost else { return }
        try storeBatch()
        client.commit(stored)
    }

    var stored: [(TopicPartition, Int64)] {
        positions.compactMapValues { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Fetches nothing while the stream is paused or the store cannot be written. What was fetched and not taken comes again.
    func holdBack() {
        let isWanted = hold != nil || shared.state.withLock { $0.isPaused }
        guard isWanted != isHeldBack, !positions.isEmpty else { return }
        isHeldBack = isWanted
        client.setPaused(isWanted, positions.keys.sorted())
    }

    /// Goes on at the first message there is, where the broker has dropped those that come next.
    func settleDisplaced() throws {
        for place in displaced.sorted() {
            guard let position = positions[place] else { continue }
            let bounds: Range<Int64>
            do { bounds = try client.bounds(of: place) } catch {
                tell(error)
                return
            }
            if let error = KafkaError(of: place, next: position ?? 0, bounds) { throw error }
            if let position, position < bounds.lowerBound {
                tell(
                    KafkaError(
                        .broker,
                        "\(place.topic)/\(place.partition): the messages from \(position) to \(bounds.lowerBound - 1) are gone",
                        remedy: "Let the topic keep them for longer."))
                positions[place] = bounds.lowerBound
            }
        }
        guard !displaced.isEmpty else { return }
        displaced = []
        isHeldBack = false
        restart()
    }
}
