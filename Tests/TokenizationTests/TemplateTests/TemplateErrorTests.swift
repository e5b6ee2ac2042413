internal import Domain
internal import Testing
internal import Tokenization

/// One clear error for bad input: what, where, what was expected.
@Suite struct TemplateErrorTests {
    @Test(arguments: [
        ("{{ 1", "line 1: expected '}}', got the end of the template"),
        ("a\n{% if x %}", "line 2: expected '{% elif %}' or '{% else %}' or '{% endif %}'"),
        ("a\n\n{{ (1 }}", "line 3: expected ')', got '}'"),
        ("{% nope %}", "line 1: unknown statement 'nope'"),
        ("{% include 'x' %}", "line 1: the statement 'include' is not supported"),
        ("{{ x|nope }}", "line 1: there is no filter 'nope'"),
        ("{{ x is nope }}", "line 1: there is no test 'nope'"),
        ("{{ 'a }}", "line 1: a string is not closed with '"),
        ("{# a", "line 1: a comment is not closed with '#}'"),
        ("{% set true = 1 %}", "line 1: cannot assign to 'true'"),
        ("{% for x y %}", "line 1: expected 'in', got 'y'"),
        ("{% break %}", "line 1: 'break' outside of a loop"),
        ("{{ f(a=1, 2) }}", "line 1: a positional argument follows a named one"),
        ("{{ $ }}", "line 1: unexpected character '$'"),
    ])
    func syntaxErrorsSayWhatWasExpected(_ source: String, _ message: String) {
        let error = #expect(throws: TemplateError.self) { try ChatTemplate(source: source) }
        #expect(error?.description.contains(message) == true, "\(error as Any)")
    }

    @Test(arguments: [
        ("a\n{{ x.y }}", TemplateError.Kind.undefined, "line 2: 'x' is undefined"),
        ("{{ m.a.b }}", .undefined, "'dict object' has no attribute 'a'"),
        ("{{ 1 + 'a' }}", .type, "'+' is not defined for 'int' and 'str'"),
        ("{{ 1 / 0 }}", .type, "division by zero"),
        (
            "{{ m.update({}) }}", .undefined,
            "access to attribute 'update' of 'dict' object is unsafe"
        ),
        ("\n{{ raise_exception('no') }}", .raised, "line 2: no"),
        ("{{ 'a'.upper(1) }}", .type, "'upper' takes at most 0 arguments, got 1"),
        (
            "{% macro f(a) %}\n{% endmacro %}\n{{ f(b=1) }}", .type,
            "line 3: macro 'f' takes no argument 'b'"
        ),
        ("{{ 2 ** 64 }}", .limit, "an integer does not fit in 64 bits"),
        (
            "{% if x %}{{ 1|nope }}{% else %}{{ 1|nope }}{% endif %}", .unsupported,
            "no filter 'nope'"
        ),
    ])
    func renderingErrorsHaveALine(
        _ source: String, _ kind: TemplateError.Kind, _ message: String
    ) {
        let error = templateError(source, ["m": [:]])
        #expect(error?.kind == kind)
        #expect(error?.description.contains(message) == true, "\(error as Any)")
    }

    @Test func anUnknownFilterBehindAnIfMayStayUnused() throws {
        #expect(try render("{% if x %}{{ 1|nope }}{% endif %}a") == "a")
        #expect(try render("{{ 1|nope if x else 'a' }}") == "a")
    }

    @Test func withoutADateTheClockIsAnError() throws {
        let template = try ChatTemplate(source: "{{ strftime_now('%Y') }}")
        let error = #expect(throws: TemplateError.self) { try template.render([:]) }
        #expect(error?.kind == .unsupported)
        #expect(try template.render([:], now: TemplateVector.now) == "2026")
    }
}
