public import Foundation
import Platform

/// Keys of the service: 256 random bits each, so that their hashes need no salt and no slow function.
public enum APIKey {
    /// A new one, which is shown once and kept by nobody but its holder.
    public static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        return "kindred_"
            + bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// What the store keeps of a key: SHA-256.
    public static func hash(_ key: String) -> Data { Data(sha256(Data(key.utf8))) }
}
