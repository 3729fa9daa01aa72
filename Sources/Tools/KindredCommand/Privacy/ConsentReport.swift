#if Serving
    import FileOutput
    import Foundation
    import Store

    /// How data may be used, of one user and of all.
    enum ConsentReport {
        private struct State: Encodable {
            struct Entry: Encodable {
                let purpose: String
                let used: Bool
                /// nil where the policy holds.
                let granted: Bool?
                let objection: Bool
                let source: String?
                let time: Int64?
            }

            let user_id: String
            let restricted: Bool
            let purposes: [Entry]
            let decisions: Int
        }

        static func show(_ user: String, in store: Store, asJSON: Bool) throws {
            guard let state = try store.consent(of: user) else {
                throw StoreError.refused("\(store.path): there is no user with this id")
            }
            if asJSON {
                return try Console.result(
                    json: State(
                        user_id: user, restricted: state.isRestricted,
                        purposes: state.entries.map {
                            State.Entry(
                                purpose: $0.purpose.rawValue, used: $0.isUsed, granted: $0.consent?.isGranted,
                                objection: $0.hasObjection, source: $0.consent?.source, time: $0.consent?.time)
                        }, decisions: state.history.count))
            }
            let policy = try store.consentPolicy()
            let rows = state.entries.map { entry in
                [
                    entry.purpose.rawValue, entry.isUsed ? "used" : "withheld",
                    reason(for: entry, isRestricted: state.isRestricted, policy),
                ].map(DataTable.Value.text)
            }
            Console.result(DataTable(columns: ["purpose", "data is", "because"], rows: rows).text())
        }

        private static func reason(
            for entry: ConsentState.Entry, isRestricted: Bool, _ policy: ConsentPolicy
        ) -> String {
            if isRestricted { return "the user has restricted the use of the data" }
            if entry.hasObjection { return "the user objects" }
            guard let consent = entry.consent else { return "no decision, and the default is \(policy.rawValue)" }
            let day = Date(timeIntervalSince1970: TimeInterval(min(253_402_300_799, consent.time)))
                .formatted(.iso8601.year().month().day())
            return "\(consent.isGranted ? "granted" : "withdrawn") on \(day) (\(consent.source))"
        }

        private struct Counts: Encodable {
            let `default`: String
            let withheld_users: [String: Int]
        }

        static func show(_ store: Store, asJSON: Bool) throws {
            let (policy, counts) = try (store.consentPolicy(), store.withheldCounts())
            if asJSON {
                return try Console.result(
                    json: Counts(
                        default: policy.rawValue,
                        withheld_users: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })))
            }
            let rows = Purpose.allCases.map {
                [DataTable.Value.text($0.rawValue), .integer(Int64(counts[$0] ?? 0))]
            }
            Console.result(
                "Without a decision: \(policy.rawValue)\n\n"
                    + DataTable(columns: ["purpose", "users withheld"], rows: rows).text())
        }
    }
#endif
