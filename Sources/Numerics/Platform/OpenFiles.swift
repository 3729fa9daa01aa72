#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files and connections this process may have open.
public enum OpenFiles {
    /// Raises the soft limit as far as the hard one allows, and to no more than `most`.
    ///
    /// - Returns: the limit that counts then.
    public static func raiseLimit(to most: Int) -> Int {
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limits = rlimit()
        guard unsafe getrlimit(resource, &limits) == 0 else { return 256 }
        let before = limits.rlim_cur
        limits.rlim_cur = max(before, min(limits.rlim_max, rlim_t(most)))
        return Int(clamping: unsafe setrlimit(resource, &limits) == 0 ? limits.rlim_cur : before)
    }
}
