internal import Domain
import TestSupport
internal import Testing
internal import Tokenization

/// Whatever the source is, parsing and rendering end soon, with a text or an error.
@Suite struct TemplateFuzzTests {
    private static let limits: TemplateLimits = {
        var limits = TemplateLimits()
        limits.steps = 50_000
        limits.textBytes = 1 << 16
        limits.listCount = 10_000
        return limits
    }()

    private static func run(_ source: String, _ context: JSONObject) {
        do {
            _ = try render(source, context, limits: limits)
        } catch {
            #expect(error is TemplateError)
        }
    }

    /// The templates of the vectors with a few characters changed, moved or taken away.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func mutatedTemplates(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<60 {
            guard let vector = TemplateVector.all.randomElement(using: &random),
                let other = TemplateVector.all.randomElement(using: &random)
            else { return }
            var source = Array(vector.template.unicodeScalars.prefix(6000))
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                Self.mutate(&source, Array(other.template.unicodeScalars), using: &random)
            }
            let context = Bool.random(using: &random) ? vector.context : other.context
            var text = String.UnicodeScalarView()
            text.append(contentsOf: source)
            Self.run(String(text), context)
        }
    }

    private static func mutate(
        _ source: inout [Unicode.Scalar], _ other: [Unicode.Scalar],
        using random: inout SplitMix64
    ) {
        let place = Int.random(in: 0...source.count, using: &random)
        let end = min(source.count, place + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<5, using: &random) {
        case 0: source.removeSubrange(place..<end)
        case 1: source.insert(contentsOf: source[place..<end], at: place)
        case 2:
            let token = tokens.randomElement(using: &random) ?? " "
            source.replaceSubrange(place..<end, with: token.unicodeScalars)
        case 3:
            let start = Int.random(in: 0...other.count, using: &random)
            source.insert(contentsOf: other[start...].prefix(40), at: place)
        default:
            let token = tokens.randomElement(using: &random) ?? " "
            source.insert(contentsOf: token.unicodeScalars, at: place)
        }
    }

    /// Words of the language in any order.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func tokenSoup(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 1000)
        for _ in 0..<150 {
            let count = Int.random(in: 1...25, using: &random)
            let words = (0..<count).compactMap { _ in Self.tokens.randomElement(using: &random) }
            let open = ["{{ ", "{% ", "{% if ", "{% for x in ", "{% set x = ", ""]
            let close = [" }}", " %}", " %}{% endif %}", " %}{{ x }}{% endfor %}", ""]
            let source =
                (open.randomElement(using: &random) ?? "") + words.joined(separator: " ")
                + (close.randomElement(using: &random) ?? "")
            Self.run(source, Self.context)
        }
    }

    /// Expressions that parse, so that the fuzz reaches every filter, test and method.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomExpressions(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 2000)
        for _ in 0..<200 {
            Self.run("{{ \(Self.expression(depth: 4, using: &random)) }}", Self.context)
        }
    }

    private static func expression(depth: Int, using random: inout SplitMix64) -> String {
        guard depth > 0, Int.random(in: 0..<6, using: &random) > 0 else {
            return values.randomElement(using: &random) ?? "1"
        }
        let left = expression(depth: depth - 1, using: &random)
        let right = expression(depth: depth - 1, using: &random)
        let arguments = ["", "(\(right))", "(\(right), 2)", "()", "(attribute='a')"]
        let call = arguments.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "(\(left))|\(filters.randomElement(using: &random) ?? "list")\(call)"
        case 1: return "(\(left)).\(methods.randomElement(using: &random) ?? "upper")\(call)"
        case 2: return "(\(left) is \(tests.randomElement(using: &random) ?? "none")\(call))"
        case 3: return "(\(left))[\(right)]"
        case 4: return "(\(left))[\(right):\(expression(depth: 1, using: &random)):-1]"
        default:
            return "(\(left)) \(operators.randomElement(using: &random) ?? "+") (\(right))"
        }
    }

    private static let context: JSONObject = [
        "s": "Hé <b>\n 日本 😀", "l": [3, 1, 2], "d": ["a": 1, "b": ["c": nil]], "n": nil,
        "f": 2.5, "i": -7, "big": 9_223_372_036_854_775_807,
        "m": [["role": "user", "content": "hi"], ["role": "tool", "content": nil]],
    ]

    private static let values = [
        "s", "l", "d", "n", "f", "i", "big", "m", "x", "''", "'a b'", "0", "-1", "1e308", "[]",
        "{}", "()", "(1, 'a')", "range(5)", "namespace(a=1)", "d.items()", "cycler(1, 2)", "true",
        "-9223372036854775807 - 1", "'%5.2f'", "'{:>9}'", "l|map('string')", "s|safe", "10 ** 9",
    ]
    private static let operators = [
        "+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">=", "in", "not in", "and",
        "or",
    ]
    private static let tests = [
        "odd", "even", "divisibleby", "defined", "none", "string", "mapping", "iterable", "number",
        "sequence", "callable", "sameas", "escaped", "in", "eq", "ne", "lt", "ge", "upper", "lower",
    ]
    private static let filters = [
        "abs", "attr", "batch", "capitalize", "center", "count", "default", "dictsort", "e",
        "first", "float", "forceescape", "format", "groupby", "indent", "int", "items", "join",
        "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace",
        "reverse", "round", "safe", "select", "selectattr", "slice", "sort", "string", "sum",
        "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
    ]
    private static let methods = [
        "upper", "title", "capitalize", "swapcase", "strip", "lstrip", "split", "rsplit",
        "splitlines", "partition", "rpartition", "startswith", "endswith", "find", "rfind",
        "index", "count", "replace", "join", "format", "center", "ljust", "rjust", "zfill",
        "expandtabs", "removeprefix", "removesuffix", "isdigit", "isalpha", "isspace", "istitle",
        "items", "keys", "values", "get", "copy", "append", "next", "current", "a", "role",
    ]
    private static let tokens =
        values + operators + filters + methods + [
            "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "if", "else", "elif", "endif", "for",
            "endfor", "in", "set", "endset", "macro m()", "endmacro", "m()", "call", "endcall",
            "filter", "endfilter", "with", "endwith", "raw", "endraw", "generation", "break",
            "continue", "recursive", "loop", "loop.index", "caller()", "is", "not", "|", ".", ",",
            ":", "(", ")", "[", "]", "{", "}", "=", "\"", "'", "\\", "\n", "\u{301}", "\u{0}",
        ]
}
