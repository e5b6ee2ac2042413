internal import ArgumentParser
internal import Inference

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Where the model that comes with the program lies.
enum DemoModel {
    static let name = "kunserve-demo"

    /// The model at `path`, or the demo model if there is no path.
    static func directory(at path: String?) throws -> ModelDirectory {
        if let path { return ModelDirectory(path: path) }
        guard let demo = find() else {
            throw ValidationError("the demo model is not installed; give a directory with --model")
        }
        return demo
    }

    /// Next to an installed program, or in the source tree it was built from.
    static func find() -> ModelDirectory? {
        let candidates = [installed, sourceTree].compactMap { $0 }.map(ModelDirectory.init(path:))
        return candidates.first { $0.contains("config.json") }
    }

    /// `PREFIX/share/kunserve/demo` for a program at `PREFIX/bin/kunserve`.
    private static var installed: String? {
        guard let path = realpath("/proc/self/exe", nil) else { return nil }
        defer { free(path) }
        let parts = String(cString: path).split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/share/kunserve/demo"
    }

    private static var sourceTree: String? {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/") + "/Models/demo"
    }
}
