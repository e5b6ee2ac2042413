package import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The few system calls of this module, with failures as values.
package enum Platform {
    /// `errno` and the call that set it.
    struct Failure: Error {
        var call: String
        var code: Int32

        init(_ call: String) {
            self.call = call
            code = errno
        }

        var reason: String { String(cString: strerror(code)) }
    }

    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Memory that this process could still take: what the kernel could free, within the limit
    /// of the process's control group; all of it where the system does not tell.
    package static var availableMemory: ByteCount {
        let physical = max(0, sysconf(Int32(_SC_PHYS_PAGES))) * systemPageSize
        let free = number(in: "/proc/meminfo", after: "MemAvailable:").map { $0 << 10 }
        let limit = number(in: "/sys/fs/cgroup/memory.max", after: "")
        let used = number(in: "/sys/fs/cgroup/memory.current", after: "")
        let room = limit.map { max(0, $0 - (used ?? 0)) }
        return ByteCount(min(physical, free ?? physical, room ?? physical))
    }

    /// The number that follows `label` in one of the kernel's small text files.
    private static func number(in path: String, after label: String) -> Int? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(label) })
        else { return nil }
        let digits = line.dropFirst(label.count).drop { $0 == " " }.prefix(while: \.isNumber)
        return Int(digits).flatMap { $0 < 1 << 50 ? $0 : nil }
    }

    static var systemPageSize: Int { max(4096, sysconf(Int32(_SC_PAGESIZE))) }

    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
            _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
            _ = Musl.close(descriptor)
        #else
            _ = Darwin.close(descriptor)
        #endif
    }
}

// MARK: - Memory

#if !canImport(Darwin)
    // The C header hides it behind a macro that the importer does not set.
    @_silgen_name("memfd_create")
    private func memoryFile(_ name: UnsafePointer<CChar>, _ flags: UInt32) -> Int32
#endif

extension Platform {
    /// An anonymous file of `size` bytes that takes memory only where it was written.
    static func makeMemoryFile(size: Int) throws(Failure) -> Int32 {
        #if canImport(Darwin)
            let name = "/kunserve-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
            let descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
            _ = shm_unlink(name)
        #else
            let closeOnExec: UInt32 = 1
            let descriptor = memoryFile("kunserve", closeOnExec)
        #endif
        guard descriptor >= 0 else { throw Failure("memfd_create") }
        guard ftruncate(descriptor, size) == 0 else {
            let failure = Failure("ftruncate")
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    #if canImport(Darwin)
        private static let reserveFlags = MAP_PRIVATE | MAP_ANON
    #else
        private static let reserveFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #endif

    /// Address space without memory behind it: touching it is a fault.
    static func reserve(size: Int) throws(Failure) -> UnsafeMutableRawPointer {
        let address = mmap(nil, size, PROT_NONE, reserveFlags, -1, 0)
        guard let address, address != MAP_FAILED else { throw Failure("mmap") }
        return address
    }

    /// Puts bytes of a file in place of what lies at `address`.
    static func map(
        _ descriptor: Int32, offset: Int, at address: UnsafeMutableRawPointer, size: Int
    ) throws(Failure) {
        let flags = MAP_SHARED | MAP_FIXED
        let result = mmap(address, size, PROT_READ | PROT_WRITE, flags, descriptor, off_t(offset))
        guard result != MAP_FAILED else { throw Failure("mmap") }
    }

    /// Puts bare address space in place of what lies at `address`.
    static func unmap(at address: UnsafeMutableRawPointer, size: Int) throws(Failure) {
        let result = mmap(address, size, PROT_NONE, reserveFlags | MAP_FIXED, -1, 0)
        guard result != MAP_FAILED else { throw Failure("mmap") }
    }

    static func release(_ address: UnsafeMutableRawPointer, size: Int) {
        _ = munmap(address, size)
    }
}

// MARK: - Huge pages

extension Platform {
    /// What the common processors' second page size is.
    static let hugePageSize = 2 << 20

    /// Lets the kernel use huge pages here. A wish: without them all works, with more misses.
    static func wishHugePages(at address: UnsafeMutableRawPointer, size: Int) {
        #if !canImport(Darwin)
            _ = madvise(address, size, MADV_HUGEPAGE)
        #endif
    }

    /// Asks the kernel to put huge pages here now, which it does for a file that was touched even
    /// where its settings keep shared memory from having them. Each huge page then costs one
    /// fault instead of hundreds. The bytes become 0 where the address is a multiple of the huge
    /// page's size.
    static func takeHugePages(at address: UnsafeMutableRawPointer, size: Int) {
        #if !canImport(Darwin)
            let collapse: Int32 = 25
            for offset in stride(from: 0, to: size, by: hugePageSize) {
                (address + offset).storeBytes(of: 0, as: UInt8.self)
            }
            _ = madvise(address, size, collapse)
        #endif
    }
}

// MARK: - Files

extension Platform {
    enum FileKind { case regular, other, missing }

    static func kind(of path: String) -> FileKind {
        var status = stat()
        guard stat(path, &status) == 0 else { return .missing }
        return status.st_mode & S_IFMT == S_IFREG ? .regular : .other
    }

    /// The whole regular file, read-only. An empty file maps to an empty buffer.
    static func mapFile(_ path: String) throws(Failure) -> UnsafeRawBufferPointer {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("open") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure("fstat") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            errno = EINVAL
            throw Failure("open")
        }
        let size = Int(status.st_size)
        guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw Failure("mmap") }
        return UnsafeRawBufferPointer(start: address, count: size)
    }

    static func unmapFile(_ bytes: UnsafeRawBufferPointer) {
        guard let address = bytes.baseAddress else { return }
        _ = munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
}
