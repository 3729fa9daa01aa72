/// The protocol between a cluster's driver and its workers: frames on standard input and output, of which docs/worker-protocol.md tells.
public enum WorkerProtocol {
    /// Its version.
    public static let version = 1
}
