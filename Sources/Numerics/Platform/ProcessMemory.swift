#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory of this process, from the operating system.
public enum ProcessMemory {
    /// Peak resident memory of the process, in bytes.
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

    /// Resident memory, in bytes; the peak if the system does not report it.
    public static var residentBytes: Int {
        // The second field of statm counts resident pages.
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
