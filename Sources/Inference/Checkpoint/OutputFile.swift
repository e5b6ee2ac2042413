#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A new file, written from its beginning to its end. One that is never finished is removed.
final class OutputFile {
    let path: String
    private var descriptor: Int32?

    /// Fails where something of that name is already.
    init(creating path: String) throws(ModelWriteError) {
        self.path = path
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw ModelWriteError(path, system: "cannot be created") }
        descriptor = opened
    }

    deinit {
        guard let descriptor else { return }
        _ = close(descriptor)
        _ = unlink(path)
    }

    func append(_ bytes: [UInt8]) throws(ModelWriteError) {
        try bytes.span.bytes.withUnsafeBytes { bytes throws(ModelWriteError) in try append(bytes) }
    }

    /// Only now does the file stay.
    func finish() throws(ModelWriteError) {
        guard let opened = descriptor else { return }
        descriptor = nil
        guard close(opened) == 0 else { throw ModelWriteError(path, system: "cannot be closed") }
    }

    /// Appends bytes; there is no buffer in between.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ModelWriteError) {
        guard let descriptor else { preconditionFailure("written after its end") }
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = write(descriptor, rest)
            guard count > 0 || errno == EINTR else {
                throw ModelWriteError(path, system: "cannot be written")
            }
            written += max(0, count)
        }
    }

    private func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}

extension ModelDirectory {
    /// Makes the directory, and those it lies in; one that is there must be empty.
    func makeEmpty() throws(ModelWriteError) {
        var end = path.startIndex
        while end < path.endIndex {
            let next = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let made = mkdir(String(path[..<next]), 0o755)
            guard made == 0 || errno == EEXIST else {
                throw ModelWriteError(path, system: "cannot be made")
            }
            end = next
        }
        guard let listing = opendir(path) else {
            throw ModelWriteError(path, system: "cannot be opened")
        }
        defer { closedir(listing) }
        var entries = 0
        while readdir(listing) != nil { entries += 1 }
        // Every directory holds itself and the one above.
        guard entries <= 2 else {
            throw ModelWriteError(path: path, problem: "is not empty; expected a new directory")
        }
    }
}

extension ModelWriteError {
    /// - Parameter system: what failed; the reason is what the system said last.
    fileprivate init(_ path: String, system problem: String) {
        self.init(path: path, problem: "\(problem): \(String(cString: strerror(errno)))")
    }
}
