import Store

/// A table, file, topic, index, metric or log, with all that is in it. From these the elements of the inventory are made.
struct Holding {
    struct Field {
        let name: String
        let kind: DataElement.Kind
        let meaning: String
    }

    let place: DataElement.Place
    let name: String
    var subjects = DataSubjects.users
    let purposes: [ProcessingPurpose]
    let retention: Retention
    let readers: [Reader]
    let fields: [Field]

    var elements: [DataElement] {
        fields.map { field in
            DataElement(
                place: place, holder: name, name: field.name, kind: field.kind, subjects: subjects,
                purposes: purposes, retention: retention, readers: readers, meaning: field.meaning)
        }
    }
}

// MARK: The store

extension Holding {
    /// Columns of a table or view by what they say of a person, each kind with the names of its columns. `SchemaGuide` has their
    /// meanings.
    static func table(
        _ name: String, of subjects: DataSubjects = .users, for purposes: [ProcessingPurpose],
        kept retention: Retention,
        readBy readers: [Reader], _ kinds: KeyValuePairs<DataElement.Kind, String>
    ) -> Holding {
        let guide = SchemaGuide.relations.first { $0.name == name }?.columns ?? [:]
        let fields = kinds.flatMap { kind, columns in
            columns.split(separator: " ").map { column in
                Field(
                    name: String(column), kind: kind, meaning: guide.first { $0.key == column }?.value ?? "")
            }
        }
        return Holding(
            place: .store, name: name, subjects: subjects, purposes: purposes, retention: retention, readers: readers,
            fields: fields)
    }
}

// MARK: Everything else

extension Holding {
    /// Fields by their names, which `Terms` explains.
    ///
    /// - Parameter isOfPeople: whether it has anything of single people; names mean nothing personal otherwise.
    static func fields(
        _ names: String, in place: DataElement.Place, _ name: String, for purposes: [ProcessingPurpose],
        kept retention: Retention, readBy readers: [Reader], isOfPeople: Bool = true
    ) -> Holding {
        let fields = names.split(separator: " ").map { part in
            let term = Terms.of(place)[String(part)]
            return Field(
                name: String(part), kind: isOfPeople ? term?.kind ?? .nothing : .nothing, meaning: term?.meaning ?? "")
        }
        return Holding(
            place: place, name: name, purposes: purposes, retention: retention, readers: readers, fields: fields)
    }
}
