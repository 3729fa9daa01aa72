#if Serving
    import ArgumentParser
    import Store

    struct AuditVerifyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Check that no entry was changed, moved, removed or added.",
            discussion: """
                Prints the number of entries and the head of the chain; exits with 1 and names the first entry that does not \
                hold. Keep the head outside of the machine: --head then finds an audit that was put back to an earlier \
                state, or written anew by somebody with its key.
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("The head that an earlier verification printed, in hexadecimal.", valueName: "hex"))
        var head: String?

        func validate() throws {
            if let head, head.wholeMatch(of: /[0-9A-Fa-f]{64}/) == nil {
                throw ValidationError("head has \(head.count) characters; it has to be 64 hexadecimal digits")
            }
        }

        func run() throws {
            let found = try Store(reading: store).verifyAudit(head: head)
            if let problem = found.problem {
                Console.message("Error: \(store): the audit does not hold: \(problem)")
                throw ExitCode.failure
            }
            guard let first = found.first else { return Console.result("The audit has no entries.") }
            Console.result("Entries \(first) to \(found.last) hold. Head: \(found.head)")
        }
    }
#endif
