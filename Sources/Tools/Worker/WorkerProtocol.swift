/// The protocol between a cluster's driver and its workers, described in docs/worker-protocol.md: frames on standard input and
/// standard output.
public enum WorkerProtocol {
    /// The version of the protocol.
    public static let version = 1
    /// The version of Kindred. `FileOutput` has it for all other programs and links libraries that a worker does without.
    public static let kindred = "0.10.0"
    /// The first bytes of every frame: `KW1` and a zero.
    public static let magic: UInt32 = 0x0031_574B
    /// The size of a frame's header in bytes.
    public static let headerBytes = 24
    /// Payloads are cut at about this size in bytes.
    public static let pieceBytes = 16 << 20
}

/// The kind of a frame. Frames to the worker have numbers below 64; lists go both ways.
public enum FrameKind: UInt32, Sendable, CaseIterable {
    case config = 1
    case block = 2
    case pair = 3
    case floors = 4
    case counts = 5
    case rows = 6
    case chunks = 7
    case features = 8
    case gramian = 9
    case routes = 10
    case solve = 11
    case first = 12
    case draw = 13
    case values = 14
    case hello = 64
    case lists = 65
    case solution = 66
    case sums = 67
    case gramians = 68
    case routed = 69
    case states = 70
    case error = 72
    case done = 73

    /// As the protocol's document writes it: `CONFIG`.
    public var name: String { "\(self)".uppercased() }
}

/// The sizes that a worker accepts.
public struct WorkerLimits: Sendable {
    /// The largest payload in bytes. The default is 1 GiB.
    public var payload = 1 << 30
    /// The largest number of users, items, or partners. The default is 2³¹ − 1.
    public var side = Int(Int32.max)

    /// Creates the limits of the protocol.
    public init() {}
}

/// Why a worker gives up.
public struct WorkerFailure: Error, Equatable, CustomStringConvertible {
    /// The exit code of the program.
    public enum Code: Int32, Sendable {
        /// The computation has no result, such as for equations that are not positive definite.
        case noResult = 1
        /// The input is damaged, or a frame is not expected.
        case badInput = 65
        /// The input ends inside a frame, or nobody reads the output any more.
        case brokenPipe = 74
        /// The processor or the BLAS is not the one that the configuration demands.
        case otherMachine = 78
    }

    /// The exit code.
    public let code: Code
    /// One line for a person.
    public let description: String

    /// Creates a failure.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func badInput(_ description: String) -> WorkerFailure { WorkerFailure(.badInput, description) }
}
