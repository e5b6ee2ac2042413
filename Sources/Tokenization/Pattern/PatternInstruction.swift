/// One step of a compiled pattern. Addresses are indices of the program.
enum PatternInstruction: Sendable {
    /// Take one scalar of the set.
    case set(Int)
    /// Take `min` to `max` scalars of the set, as many as possible; give back one by one unless
    /// possessive.
    case run(set: Int, min: Int, max: Int?, isPossessive: Bool)
    /// Go on at `first`; if that fails, at `second`.
    case split(first: Int, second: Int)
    case jump(Int)
    /// Remember the place where a round of a loop starts.
    case mark(slot: Int)
    /// Leave the loop for `exit` if its round has matched nothing.
    case checkProgress(slot: Int, exit: Int)
    /// Whether the instructions up to the `accept` before `end` match here, or, with a
    /// `width`, that many scalars before here; then go on at `end` from here.
    case look(end: Int, width: Int?, isNegative: Bool)
    /// Match the instructions up to the `accept` before `end` in one way only.
    case atomic(end: Int)
    case assert(PatternAssertion)
    case accept
}
