import FileOutput
public import Store

/// The record of processing activities (Article 30 of the GDPR) of a store, made from the inventory: for each purpose whose data
/// is processed, what data, on which basis, who receives it, and how long it is kept.
///
/// The same store gives the same record. What the program cannot know, the operator fills in: the controller, contracts, and
/// where the receivers are.
public struct RecordOfProcessing: Sendable {
    /// One purpose.
    public struct Activity: Sendable, Codable {
        public let purpose: ProcessingPurpose
        public let meaning: String
        public let basis: LawfulBasis
        /// Such as `Art. 6(1)(a)`.
        public let article: String
        public let subjects: [String]
        /// Kinds of personal data, and in what each is.
        public let categories: [Category]
        public let recipients: [String]
        public let retention: [String]
    }

    public struct Category: Sendable, Codable {
        public let kind: DataElement.Kind
        /// Such as `store ratings (item, value, time)`.
        public let holders: [String]
    }

    /// A table, and how many rows it has now.
    public struct Holding: Sendable, Codable {
        public let table: String
        public let rows: Int
        public let personal: Bool
        public let retention: String
    }

    /// Who is responsible, as the operator names them; nil where nobody has.
    public let controller: String?
    public let activities: [Activity]
    public let holdings: [Holding]
    public let outputs: [Output]
    public let measures: [String]
    public let version: String

    /// - Parameter controller: who is responsible, with a way to reach them.
    public init(of store: Store, controller: String? = nil) throws(StoreError) {
        self.controller = controller
        activities = ProcessingPurpose.allCases.map(Self.activity)
        let tables = Inventory.tables
        let counts = try store.rowCounts(of: tables)
        holdings = zip(tables, counts).map { table, rows in
            let elements = Inventory.elements.filter { $0.place == .store && $0.holder == table }
            return Holding(
                table: table, rows: rows, personal: elements.contains(where: \.isPersonal),
                retention: elements.first?.retention.text ?? "")
        }
        outputs = try store.outputs()
        measures = Self.measures
        version = Version.kindred
    }

    private static func activity(_ purpose: ProcessingPurpose) -> Activity {
        let elements = Inventory.elements.filter { $0.isPersonal && $0.purposes.contains(purpose) }
        let receivers = elements.filter { $0.readers.contains(.receiver) }
        return Activity(
            purpose: purpose, meaning: purpose.meaning, basis: purpose.basis, article: purpose.basis.article,
            subjects: DataSubjects.allCases.filter { subjects in elements.contains { $0.subjects == subjects } }
                .map(\.title),
            categories: DataElement.Kind.allCases.filter { $0 != .nothing }.compactMap { kind in
                let holders = holders(of: elements.filter { $0.kind == kind })
                return holders.isEmpty ? nil : Category(kind: kind, holders: holders)
            },
            recipients: roles(of: elements)
                + DataElement.Place.allCases.compactMap { place in
                    receivers.contains { $0.place == place } ? receiver(at: place) : nil
                },
            retention: unique(elements.map { "\($0.place.rawValue) \($0.holder): \($0.retention.text)" }))
    }

    /// Who reads within the service.
    private static func roles(of elements: [DataElement]) -> [String] {
        Reader.allCases.filter { reader in reader != .receiver && elements.contains { $0.readers.contains(reader) } }
            .map { reader in reader == .operator ? "who runs the machine" : "keys with the role \(reader.rawValue)" }
    }

    private static func receiver(at place: DataElement.Place) -> String? {
        switch place {
        case .file: "whom the operator gives files to"
        case .topic: "readers of the topics of Kafka"
        case .index: "readers of the indices of Elasticsearch"
        case .store, .metric, .log: nil
        }
    }

    private static func holders(of elements: [DataElement]) -> [String] {
        let names = unique(elements.map { "\($0.place.rawValue) \($0.holder)" })
        let byHolder = Dictionary(grouping: elements) { "\($0.place.rawValue) \($0.holder)" }
        return names.map { "\($0) (\((byHolder[$0] ?? []).map(\.name).joined(separator: ", ")))" }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// What the program does on its own (Article 32); `docs/privacy.md` says what holds each under test.
    private static let measures = [
        "A service that other machines can reach lets nobody in without a key; keys are kept as SHA-256, each with a role.",
        "TLS with the operator's certificate.",
        "Stores, models, and the files of dead letters are readable by their owner alone.",
        "Logs and metrics have routes and counts, and no ids of users.",
        "Rows, files and runs carry checksums, which are verified when they are read.",
        "Each commit is on the disk before it is acknowledged; files are written beside their place and renamed.",
        "Imports take declared attributes alone, ages as groups; zip codes and names are left out.",
        "Rows that were rejected and what requests are told apart by are swept each day.",
    ]
}

extension Inventory {
    /// The tables of the store, without its views, in the order of the declaration.
    public static let tables: [String] = store.map(\.name)
}
