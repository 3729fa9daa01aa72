import Foundation
package import Hummingbird
import Logging
import NIOCore
import Privacy
import Store

/// What is known of a request while it is answered.
package struct ServiceContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Where it comes from, without the port.
    let address: String
    let channel: any Channel
    /// Whose key came with it, and what they may do; nil where none came.
    var caller: Caller?

    struct Caller: Sendable {
        let name: String
        let role: Role
        /// The hash of the key; empty where none is needed.
        var key = Data()
    }

    /// Whether figures of single people may be told.
    var isAdministrator: Bool { audience == .administrators }

    /// The least group whose figures may be told; nil for administrators, who see all.
    func limit(_ group: SmallestGroup) -> SmallestGroup? { isAdministrator ? nil : group }

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
