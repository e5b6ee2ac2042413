/// The words of a command line, as far as a file may keep them.
package enum CommandWords {
    private static let secrets: Set<String> = ["--api-key", "--header"]

    /// With `***` for keys: result files and reports are passed around.
    package static func withoutSecrets(_ words: [String]) -> [String] {
        var isSecret = false
        return words.map { word in
            defer { isSecret = secrets.contains(word) }
            if isSecret { return "***" }
            if let name = secrets.first(where: { word.hasPrefix($0 + "=") }) {
                return name + "=***"
            }
            return word
        }
    }
}
