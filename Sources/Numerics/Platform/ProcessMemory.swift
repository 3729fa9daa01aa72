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

    /// The bytes that are resident now; the most so far where the system does not tell.
    public static var residentBytes: Int {
        // The second number of statm counts resident pages.
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return peakBytes }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard unsafe fgets(&line, Int32(line.count), file) != nil else { return peakBytes }
        let numbers = line.prefix { $0 != 0 }.map { Character(Unicode.Scalar(UInt8(bitPattern: $0))) }
            .split(separator: " ")
        guard numbers.count > 1, let pages = Int(String(numbers[1])) else { return peakBytes }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
