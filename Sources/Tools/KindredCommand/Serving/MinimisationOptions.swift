#if Serving
    import ArgumentParser
    import Store

    /// What a store takes of people.
    struct MinimisationOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Further attributes of users that are taken, such as zip. (default: age, gender and occupation alone)",
                valueName: "name,…"))
        var keepAttributes: AttributeNames?

        @Option(help: "How exactly the times of ratings are kept: to the second, minute, hour or day, in UTC.")
        var timePrecision = Minimisation.TimePrecision.second

        var minimisation: Minimisation {
            Minimisation(keeping: keepAttributes?.names ?? [], timePrecision: timePrecision)
        }
    }

    /// `zip,name` on the command line.
    struct AttributeNames: ExpressibleByArgument {
        let names: [String]

        init?(argument: String) {
            names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if names.contains(where: \.isEmpty) { return nil }
        }
    }

    extension Minimisation.TimePrecision: ExpressibleByArgument {}
#endif
