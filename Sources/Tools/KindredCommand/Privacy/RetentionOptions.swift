#if Serving
    import ArgumentParser
    import Governance
    import LinearAlgebra
    import Store

    /// How long rows of tables are kept.
    struct RetentionOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "How many days the rows of a table are kept, \(OptionRange.retention.words), of "
                    + "\(SweptTable.allCases.map(\.rawValue).joined(separator: ", ")); repeatable. "
                    + "(default: \(RetentionOptions.defaults))",
                valueName: "table=days"))
        var retain: [RetainedDays] = []

        var sweep: Sweep {
            Sweep(retaining: Dictionary(retain.map { ($0.table, $0.days) }) { $1 })
        }

        private static var defaults: String {
            SweptTable.allCases.compactMap { table in
                Sweep.declared[table].map { "\(table.rawValue)=\($0)" }
            }.joined(separator: " ")
        }
    }

    /// `stream_errors=365` on the command line.
    struct RetainedDays: ExpressibleByArgument {
        let table: SweptTable
        let days: Int

        init?(argument: String) {
            let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let table = SweptTable(rawValue: parts[0]), let days = Int(parts[1]),
                OptionRange.retention.contains(days)
            else { return nil }
            self.table = table
            self.days = days
        }
    }
#endif
