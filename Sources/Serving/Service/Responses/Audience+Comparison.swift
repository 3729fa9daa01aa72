import Foundation

extension Audience {
    /// A comparison of models, as JSON, without the examples, which show the ratings of a user.
    func comparison(_ json: String) throws -> Data {
        let bytes = Data(json.utf8)
        guard !namesUsers, var report = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
            return bytes
        }
        report["examples"] = [Any]()
        return try JSONSerialization.data(withJSONObject: report, options: [.sortedKeys, .withoutEscapingSlashes])
    }
}
