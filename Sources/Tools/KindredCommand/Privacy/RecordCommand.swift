#if Serving
    import ArgumentParser
    import FileOutput
    import Governance
    import Store

    struct RecordCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "record",
            abstract: "Write the record of processing activities (Article 30 of the GDPR).",
            discussion: """
                For each purpose: what data of whom, on which basis, who receives it, how long it is kept; what the store holds \
                now and what left it; and the declaration of every column, file, topic, index, metric and field of the log, from \
                which all of it is made.

                WRITES
                  record.html   one page to read
                  record.json   the same for machines

                EXAMPLE
                  kindred privacy record films.sqlite --output record --controller "Films Ltd, privacy@films.example"
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
        var output: String

        @Option(
            help: ArgumentHelp("Who is responsible, with a way to reach them. (default: left open)", valueName: "text"))
        var controller: String?

        @Flag(help: "Print no summary.")
        var quiet = false

        func run() throws {
            OutputLedger(source: store, isQuiet: quiet).recordDocument(Output.record, in: output)
            let record = try RecordOfProcessing(of: Store(reading: store), controller: controller)
            let (page, json) = (record.html, try record.json)
            let folder = try OutputFolder(output)
            Interruption.onInterrupt { folder.discard() }
            defer { folder.discard() }
            try folder.write("record.html") { writer throws(OutputError) in try writer.write(page) }
            try folder.write("record.json") { writer throws(OutputError) in try writer.write(json) }
            try folder.commit()
            if !quiet { Console.result("Written to \(output): record.html and record.json") }
        }
    }
#endif
