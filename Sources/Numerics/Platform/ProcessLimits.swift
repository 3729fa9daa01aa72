#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Bounds the size of every file that this process writes from now on. A write beyond fails, if the signal that comes with it is
/// ignored: see `prepareStandardStreams`.
public func limitFileSize(_ bytes: Int) {
    var limit = rlimit()
    #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    #else
        let resource = RLIMIT_FSIZE
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(bytes))
    _ = unsafe setrlimit(resource, &limit)
}

/// Has other processes come first on the processors.
public func lowerPriority() {
    #if canImport(Glibc)
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
    #else
        let which = PRIO_PROCESS
    #endif
    _ = setpriority(which, 0, 10)
}
