/// Timestamps as sources have them.
public enum Timestamps {
    /// Seconds of a time since 1970 in seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude.
    ///
    /// As seconds, a time of 12 digits or more would lie beyond the year 5138, so it is in a finer unit; 15 digits are
    /// microseconds, 18 nanoseconds. 1 January 2020 is 1577836800 s, 1577836800000 ms, 1577836800000000 µs and
    /// 1577836800000000000 ns.
    public static func seconds(_ time: Int64) -> Int64 {
        switch time {
        case ..<100_000_000_000: time
        case ..<100_000_000_000_000: time / 1_000
        case ..<100_000_000_000_000_000: time / 1_000_000
        default: time / 1_000_000_000
        }
    }
}
