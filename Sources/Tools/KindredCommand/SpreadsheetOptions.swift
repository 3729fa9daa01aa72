import ArgumentParser

/// How tables are written that a spreadsheet may open.
struct SpreadsheetOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Put an apostrophe before CSV cells that a spreadsheet would run.",
            discussion: """
                Cells that begin with =, +, -, @, a tab or a carriage return and are no numbers. IDs that do so are then not \
                those of the source.
                """))
    var spreadsheetSafe = false
}
