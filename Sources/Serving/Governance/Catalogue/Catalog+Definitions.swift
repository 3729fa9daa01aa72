extension Catalog {
    /// The catalogue for whoever may see no figures of few people: what there is and where it comes from, and not how much of it.
    ///
    /// Imports, tables and outputs may be of few people, and the bars of histograms cut ratings otherwise than the views do, so that
    /// their differences are of few.
    public var definitions: Catalog {
        var catalog = self
        for place in sources.indices { catalog.sources[place].removeCounts() }
        for place in relations.indices {
            catalog.relations[place].rows = nil
            catalog.relations[place].variables = relations[place].variables.map(\.definitionAlone)
        }
        for place in outputs.indices { catalog.outputs[place].rows = nil }
        for place in models.indices { catalog.models[place].groups = [] }
        catalog.checks = []
        catalog.lineage = lineage.withoutCounts
        return catalog
    }
}

extension Catalog.Source {
    fileprivate mutating func removeCounts() {
        (rowsRead, kept, duplicates) = (nil, nil, nil)
        (malformed, outOfScale, impossibleTimes) = (nil, nil, nil)
    }
}

extension Catalog.Variable {
    fileprivate var definitionAlone: Catalog.Variable {
        var made = Catalog.Variable(
            name: name, type: type, unit: unit, definition: definition, isPersonal: isPersonal)
        made.sources = sources
        return made
    }
}

extension Lineage {
    fileprivate var withoutCounts: Lineage {
        var lineage = self
        for place in nodes.indices { lineage.nodes[place].rows = nil }
        return lineage
    }
}
