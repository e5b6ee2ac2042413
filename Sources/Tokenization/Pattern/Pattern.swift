/// A regular expression of the kind that tokenizers split text with: literals, classes with
/// `\p{…}`, `\s \d \w \h`, alternation, groups, `(?i:…)`, greedy, lazy and possessive
/// quantifiers, look-ahead, look-behind of fixed width, anchors. Syntax and meaning follow
/// Oniguruma's Ruby mode, which the reference uses: `^` and `$` are line anchors, and `{n,m}+`
/// repeats instead of being possessive. Case is ignored scalar by scalar, so `(?i:ss)` is not ß.
///
/// Matching backtracks with a budget of steps for the whole text that grows linearly with its
/// length; once it is spent, nothing matches any more. Benign patterns use a small part of it.
struct Pattern: Sendable {
    let program: [PatternInstruction]
    let sets: [PatternSet]
    let slotCount: Int

    /// Reads a pattern. Throws what is wrong with it or not supported, and where.
    init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        let node = try parser.parse()
        var compiler = PatternCompiler()
        try compiler.compile(node)
        program = compiler.program
        sets = compiler.sets
        slotCount = compiler.slotCount
    }

    /// Calls `body` with the matches in `range`, leftmost first. An empty match right after
    /// another match is left out.
    /// Complexity: O(range.count) steps, whatever the pattern.
    @inline(__always)
    func forEachMatch(in bytes: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var machine = PatternMachine(self, bytes: bytes, range: range)
        var start = range.lowerBound
        var lastEnd: Int?
        while start <= range.upperBound, let match = machine.search(from: start) {
            if match.isEmpty, match.lowerBound == lastEnd {
                guard start < range.upperBound else { return }
                start += bytes.scalar(at: start).length
            } else {
                body(match)
                start = match.upperBound
                lastEnd = match.upperBound
            }
        }
    }
}

/// What is wrong with a pattern, and at which of its scalars.
struct PatternError: Error, Hashable {
    var offset: Int
    var message: String
}
