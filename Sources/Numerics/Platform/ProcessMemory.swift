#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Memory of this process, from the operating system.
public enum ProcessMemory {
    /// The most bytes that were resident at once since the program began.
    ///
    /// Linux keeps `ru_maxrss` over exec, so that it counts what the parent held before it started this program; the kernel's
    /// high-water mark begins anew.
    public static var peakBytes: Int { statusBytes("VmHWM") ?? maximumResidentSize }

    /// The bytes that are resident now; the most so far where the system does not tell.
    public static var residentBytes: Int { statusBytes("VmRSS") ?? peakBytes }

    /// A field of `/proc/self/status`, such as `VmHWM:     12345 kB`; nil where there is no such file.
    private static func statusBytes(_ name: String) -> Int? {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix(name + ":") else { continue }
            return Int(text.dropFirst(name.count + 1).filter(\.isNumber)).map { $0 << 10 }
        }
        return nil
    }

    private static var maximumResidentSize: Int {
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
