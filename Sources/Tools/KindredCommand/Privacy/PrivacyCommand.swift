#if Serving
    import ArgumentParser

    /// What people may ask about their data, and what its keeper has to do.
    struct PrivacyCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "privacy",
            abstract: "Answer what people ask about their data: see, correct, restrict and erase it.",
            subcommands: [
                AccessCommand.self,
                RectifyCommand.self,
                EraseCommand.self,
                BudgetCommand.self,
                PublishCountsCommand.self,
                RecordCommand.self,
                SweepCommand.self,
                ConsentCommand.self,
                RestrictCommand.self,
                ObjectCommand.self,
                RotateCommand.self,
            ])
    }
#endif
