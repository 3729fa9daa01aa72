#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the operating system says of this process's memory.
public enum ProcessMemory {
    /// The most bytes that were resident at once since the process began.
    public static var peakBytes: Int {
        var usage = rusage()
        #if canImport(Glibc)
            let bytesPerUnit = 1024
            let status = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            let bytesPerUnit = 1
            let status = unsafe getrusage(RUSAGE_SELF, &usage)
        #endif
        return status == 0 ? Int(usage.ru_maxrss) * bytesPerUnit : 0
    }
}
