internal import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What this computer has.
enum Machine {
    static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Physical memory that nobody uses; all of it where the system does not tell.
    static var availableMemory: ByteCount {
        #if canImport(Darwin)
            let pages = sysconf(Int32(_SC_PHYS_PAGES))
        #else
            let pages = sysconf(Int32(_SC_AVPHYS_PAGES))
        #endif
        return ByteCount(max(0, pages) * max(4096, sysconf(Int32(_SC_PAGESIZE))))
    }
}
