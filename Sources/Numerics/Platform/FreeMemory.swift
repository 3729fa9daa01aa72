#if canImport(Glibc)
    internal import CMalloc
#endif

/// What becomes of memory that the program has freed. The allocator of glibc keeps most of it, so that a service which once was
/// under load looks as if it were for ever.
public enum FreeMemory {
    /// Has large blocks returned to the system as soon as they are free, and threads share few heaps.
    ///
    /// glibc raises the size from which it does so with each large block that is freed, up to 32 MB.
    public static func returnEarly() {
        #if canImport(Glibc)
            mallopt(M_MMAP_THRESHOLD, 1 << 20)
            mallopt(M_ARENA_MAX, 4)
        #endif
    }

    /// Returns what is free to the system; takes milliseconds.
    public static func release() {
        #if canImport(Glibc)
            malloc_trim(0)
        #endif
    }
}
