#if Serving
    import ArgumentParser
    import Privacy
    import Store

    /// The keys of a store of pseudonyms, for what comes in with other ids.
    struct StoreKeyOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "A file with a key of the store: pseudonyms are made of the ids that come in; after a rotation all its keys in their order.",
                valueName: "file"))
        var keyFile: [String] = []

        /// nil without a key.
        ///
        /// - Throws: `StoreError.refused` where these are not the keys of the store.
        func pseudonyms(for store: Store) throws -> Pseudonymizer? {
            guard let pseudonymizer = try PseudonymKeys.pseudonymizer(keyFile) else { return nil }
            try store.require(pseudonymsBy: pseudonymizer.fingerprints)
            return pseudonymizer
        }
    }
#endif
