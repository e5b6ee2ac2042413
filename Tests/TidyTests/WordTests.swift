import Testing

/// Words that say a rule is being broken.
struct WordTests {
    private static let cores: Set<String> = [
        "Domain", "Scheduling", "Planning", "Cluster", "Simulation",
    ]

    /// A core decides from its inputs alone: no clock, no chance, no waiting.
    @Test(arguments: SourceTree.swift.filter { $0.isSource && cores.contains($0.target) })
    func coresArePure(file: SourceFile) {
        let banned = [
            "await", "async ", "ContinuousClock", "SuspendingClock", "Date(", ".random(", "Task",
            "SystemRandomNumberGenerator", "Thread", "print(", ".hashValue",
        ]
        expectNone(of: banned, in: file)
    }

    /// The order of a dictionary differs between processes; only the books are checked in it.
    @Test(arguments: SourceTree.swift.filter { $0.isSource && cores.contains($0.target) })
    func coresNeverFollowDictionaryOrder(file: SourceFile) {
        for (number, text) in file.codeLines where text.contains(#/for \([^)]*\) in [a-z]\w*( |$)/#)
        {
            let isEnumerated = text.contains("enumerated") || text.contains("zip")
            let isCheck = file.path.contains("Invariants") || text.contains("in index {")
            let isKnownOrder = text.contains("in members") || text.contains("in sequences {")
            #expect(
                isEnumerated || isCheck || isKnownOrder,
                "\(file):\(number): the order of this loop may differ between processes")
        }
    }

    @Test(arguments: SourceTree.swift.filter(\.isSource))
    func failuresAreValues(file: SourceFile) {
        expectNone(of: ["fatalError", "try!", "as!", "-Ounchecked"], in: file)
        for (number, text) in file.codeLines {
            #expect(!text.contains(/^\s*public\s/), "\(file):\(number): public; use package")
        }
    }

    /// Swift 6.3 may read a large struct after the coroutine that lent it has freed it
    /// (swiftlang/swift#89836). Where it is inlined `get` copies nothing either.
    @Test(arguments: SourceTree.swift.filter(\.isSource))
    func readersReturnAndDoNotYield(file: SourceFile) {
        expectNone(of: ["_read {"], in: file)
    }

    @Test(arguments: SourceTree.swift.filter(\.isSource))
    func uncheckedSendableSaysWhy(file: SourceFile) {
        for (index, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
            let around = file.lines[max(0, index - 14)..<min(file.lines.count, index + 4)]
            let reason = around.contains { $0.contains("Unchecked:") }
            #expect(reason, "\(file):\(index + 1): @unchecked Sendable without its reason")
        }
    }

    @Test(arguments: SourceTree.code)
    func unfinishedWorkHasAName(file: SourceFile) {
        for (index, line) in file.lines.enumerated() {
            let isOpen = line.contains(/\b(TODO|FIXME|XXX)\b(?!\()/)
            let isThisRule = file.path.hasSuffix("WordTests.swift")
            #expect(isThisRule || !isOpen, "\(file):\(index + 1): whose is it?")
        }
    }

    private func expectNone(of banned: [String], in file: SourceFile) {
        for (number, text) in file.codeLines {
            for word in banned where text.contains(word) {
                Issue.record("\(file):\(number): \(word)")
            }
        }
    }
}
