/// What keeps an engine from starting or a step from running: what, where and what was expected.
package struct RuntimeError: Error, CustomStringConvertible {
    package var code: Code
    package var message: String

    package enum Code: Hashable, Sendable {
        /// The files of the model do not fit together or with this program.
        case badModel
        /// A flag's value does not fit the model or the memory.
        case badOption
        case outOfMemory
        case noThread
        /// The server stops and nobody waits for it any more.
        case stopped
        case incompleteStage
    }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
