import GRDB

/// How far a sink, such as an index for searching, has what is in the store.
public struct SinkState: Sendable, Equatable {
    /// Where to; one of a store.
    public let name: String
    /// The number of the newest entry of the outbox that it has.
    public let acknowledged: Int64
    /// The run whose results it has; 0 for none.
    public let run: Int64
    /// Random, another with each full load; 0 before the first has ended.
    public let load: Int64
}

extension Store {
    /// How far a sink is; nil where there is none of the name.
    public func sink(_ name: String) throws(StoreError) -> SinkState? {
        try read { try Self.sink(name, $0) }
    }

    /// All sinks, by their names.
    public func sinks() throws(StoreError) -> [SinkState] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT sink, acknowledged, run, load FROM sinks ORDER BY sink").map {
                try SinkState(name: $0[at: 0], acknowledged: $0[at: 1], run: $0[at: 2], load: $0[at: 3])
            }
        }
    }

    /// Opens a sink: from here on every change of the store goes into the outbox, whichever program makes it.
    ///
    /// - Returns: how far it is, where it was open before.
    @discardableResult
    public func openSink(_ name: String) throws(StoreError) -> SinkState {
        try write { database in
            if let known = try Self.sink(name, database) { return known }
            let number = try Self.outboxNumber(database)
            try database.execute(literal: "INSERT INTO sinks VALUES (\(name), \(number), 0, 0)")
            try OutboxTriggers.follow(database)
            return SinkState(name: name, acknowledged: number, run: 0, load: 0)
        }
    }

    /// Forgets a sink, and what it does not have: it has to be loaded anew. Without any sink, changes no longer go into the outbox.
    public func closeSink(_ name: String) throws(StoreError) {
        try write { database in
            try database.execute(literal: "DELETE FROM sinks WHERE sink = \(name)")
            try Self.trimOutbox(database)
            try OutboxTriggers.follow(database)
        }
    }

    /// Forgets all sinks but one.
    public func closeSinks(except name: String) throws(StoreError) {
        try write { database in
            try database.execute(literal: "DELETE FROM sinks WHERE sink <> \(name)")
            try Self.trimOutbox(database)
            try OutboxTriggers.follow(database)
        }
    }

    /// Ends a full load: the sink has all that was there when it began.
    ///
    /// A second sink has to hold the outbox meanwhile, for what is acknowledged to the first may not reach what is being loaded.
    ///
    /// - Parameters:
    ///   - sequence: `outboxNumber()` before the first record was read.
    ///   - run: the run whose results were loaded; 0 for none.
    /// - Returns: the state from which the outbox is followed; what an earlier one acknowledges is not taken any more. nil where
    ///   the sink is not open.
    public func endLoad(
        of name: String, from sequence: Int64, run: Int64
    ) throws(StoreError) -> SinkState? {
        let load = Int64.random(in: 1 ... .max)
        return try write { database in
            try database.execute(
                literal:
                    "UPDATE sinks SET acknowledged = \(sequence), run = \(run), load = \(load) WHERE sink = \(name)")
            return try Self.sink(name, database)
        }
    }

    /// The sink has the results of a run.
    ///
    /// - Returns: false where another load has ended since the state was read.
    public func ended(run: Int64, for sink: SinkState) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                literal: "UPDATE sinks SET run = \(run) WHERE sink = \(sink.name) AND load = \(sink.load)")
            return database.changesCount > 0
        }
    }

    private static func sink(_ name: String, _ database: Database) throws -> SinkState? {
        try Row.fetchOne(
            database, sql: "SELECT acknowledged, run, load FROM sinks WHERE sink = ?", arguments: [name]
        ).map { try SinkState(name: name, acknowledged: $0[at: 0], run: $0[at: 1], load: $0[at: 2]) }
    }
}
