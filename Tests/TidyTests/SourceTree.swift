import Foundation

/// The repository's text files, found from this file's own place.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Files below `folders` with one of the extensions, in order of their paths.
    static func files(below folders: [String], extensions: Set<String>) -> [SourceFile] {
        folders.flatMap { folder -> [SourceFile] in
            let base = root.appendingPathComponent(folder)
            let found = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
            let urls = (found?.allObjects as? [URL] ?? []).filter {
                extensions.contains($0.pathExtension)
            }
            return urls.sorted { $0.path < $1.path }.compactMap { SourceFile(url: $0) }
        }
    }

    static let swift = files(below: ["Sources", "Tests"], extensions: ["swift"])
    static let code = swift + files(below: ["Sources"], extensions: ["c", "h"])
}

/// One file: its path from the root and its lines.
struct SourceFile: CustomStringConvertible {
    let path: String
    let lines: [Substring]

    init?(url: URL) {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        let prefix = SourceTree.root.path + "/"
        path = url.path.hasPrefix(prefix) ? String(url.path.dropFirst(prefix.count)) : url.path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    var description: String { path }

    /// The module of a file below `Sources` or `Tests`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var isSource: Bool { path.hasPrefix("Sources/") }

    /// Lines without what follows `//`, numbered from 1.
    var codeLines: [(number: Int, text: Substring)] {
        lines.enumerated().map { index, line in
            (index + 1, line.range(of: "//").map { line[..<$0.lowerBound] } ?? line)
        }
    }
}
