package import HTTPTypes

/// Header fields that HTTPTypes does not name.
extension HTTPField.Name {
    package static let breakGlass = named("Break-Glass")
    package static let idempotencyKey = named("Idempotency-Key")
    package static let link = named("Link")
    package static let requestID = named("X-Request-ID")

    /// - Parameter name: letters and dashes.
    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a field") }
        return field
    }
}
