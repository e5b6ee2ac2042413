#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Standard error, unbuffered.
enum Terminal {
    /// A person watches.
    static var isErrorWatched: Bool { isatty(STDERR_FILENO) != 0 }

    static func writeError(_ text: String) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes {
                write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            guard written > 0 else { return }
            offset += written
        }
    }
}
