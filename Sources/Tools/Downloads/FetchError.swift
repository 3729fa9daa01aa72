/// Why a data set could not be fetched, and what to do about it.
public enum FetchError: Error, Equatable, CustomStringConvertible {
    case unreachable(url: String, reason: String)
    case status(url: String, code: Int)
    case cutShort(url: String, received: Int, expected: Int?)
    case unreadableChecksum(url: String, text: String)
    case wrongChecksum(url: String, expected: String, observed: String)
    /// The body, or what the server says of it, is larger than the data set can be; nothing is kept.
    case tooLarge(url: String, limit: Int)
    case redirected(url: String, target: String)
    /// The archive is removed.
    case cannotUnpack(url: String, reason: String)
    case cannotWrite(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreachable(let url, let reason):
            "\(url) cannot be reached (\(reason)). Check the network, or take another mirror."
        case .status(let url, 404):
            "\(url) is not there (404). Check the mirror: it has to hold the archives as GroupLens names them."
        case .status(let url, let code): "\(url) answered \(code). Try again later, or take another mirror."
        case .cutShort(let url, let received, let expected):
            "\(url) ended after \(received) of \(expected.map(String.init) ?? "unknown") bytes. Run the command again: it goes on where this ended."
        case .unreadableChecksum(let url, let text): "\(url) holds no MD5 checksum but \"\(text)\". Check the mirror."
        case .wrongChecksum(let url, let expected, let observed):
            "\(url) has the checksum \(observed), not \(expected) as published. What was loaded is removed; fetch it again, or take another mirror."
        case .tooLarge(let url, let limit):
            "\(url) is larger than the \(limit >> 20) MiB that the data set takes at most. Check the mirror."
        case .redirected(let url, let target):
            "\(url) is redirected to \(target), which is not followed: once too often, or to no address of https. Check the mirror."
        case .cannotUnpack(let url, let reason):
            "\(url) cannot be unpacked: \(reason). What was loaded is removed; fetch it again, or take another mirror."
        case .cannotWrite(let path, let reason):
            "\(path) cannot be written (\(reason)). Make room, or choose another folder."
        }
    }
}
