/// A file of settings: single ones on top, then tables of them, each value as text.
///
/// The same in TOML and in JSON:
///
///     seed = 1                      {"seed": 1,
///     [als]                          "als": {"rank": 64}}
///     rank = 64
public struct SettingsFile: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let key: String
        public let value: String

        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    public struct Table: Sendable, Equatable {
        public let name: String
        public let entries: [Entry]

        public init(_ name: String, _ entries: [Entry]) {
            self.name = name
            self.entries = entries
        }
    }

    public let entries: [Entry]
    public let tables: [Table]

    public init(_ entries: [Entry], tables: [Table]) {
        self.entries = entries
        self.tables = tables
    }
}
