/// Outputs in which users have pseudonyms by a key of their own: the place ends in the key's fingerprint,
/// `http://localhost:9200/kindred-users#key-0123456789abcdef`. Whoever erases a user there needs the key.
extension Output {
    private static let mark = "#key-"

    /// A place, with the fingerprint of the key where there is one.
    public static func place(_ place: String, key: String?) -> String { place + (key.map { mark + $0 } ?? "") }

    /// The fingerprint of the key that users have pseudonyms by; nil where they have the ids of the store.
    public var pseudonymKey: String? {
        isFile ? nil : place.firstRange(of: Self.mark).map { String(place[$0.upperBound...]) }
    }

    /// The place without the fingerprint.
    public var unkeyedPlace: String {
        isFile ? place : place.firstRange(of: Self.mark).map { String(place[..<$0.lowerBound]) } ?? place
    }

    private var isFile: Bool { place.hasPrefix("/") }
}
