/// What stopped a chat template, and on which of its lines.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// The source is not a template of the supported language.
        case syntax
        /// The template itself refused its input with `raise_exception`.
        case raised
        /// A value that does not exist was used as if it did.
        case undefined
        /// An operation got operands or arguments that it does not take.
        case type
        /// The template asked for more work, depth or memory than `TemplateLimits` allow.
        case limit
        /// A part of the language that this engine leaves out.
        case unsupported
    }

    package let kind: Kind
    package let message: String
    /// The line of the template, counted from 1.
    package let line: Int

    package init(_ kind: Kind, _ message: String, line: Int) {
        self.kind = kind
        self.message = message
        self.line = line
    }

    package var description: String { "chat template, line \(line): \(message)" }
}
