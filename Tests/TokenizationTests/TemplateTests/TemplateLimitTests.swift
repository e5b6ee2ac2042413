internal import Domain
internal import Testing
internal import Tokenization

/// Templates that ask for too much get an error, soon and without a trap.
@Suite struct TemplateLimitTests {
    @Test(arguments: [
        "{{ " + repeated("(", 5000) + "1" + repeated(")", 5000) + " }}",
        "{{ " + repeated("[", 5000) + repeated("]", 5000) + " }}",
        "{{ " + repeated("- ", 5000) + "1 }}",
        "{{ " + repeated("not ", 5000) + "1 }}",
        "{{ " + repeated("1 if 0 else ", 5000) + "1 }}",
        repeated("{% if 1 %}", 5000) + repeated("{% endif %}", 5000),
        repeated("{% for x in [1] %}", 5000) + repeated("{% endfor %}", 5000),
        "{% set " + repeated("(", 5000) + "a" + repeated(")", 5000) + " = 1 %}",
        "{{ " + repeated("x", 300) + " }}",
        repeated(" ", 1 << 20) + "x",
    ])
    func deepOrLongSources(_ source: String) {
        let error = #expect(throws: TemplateError.self) { try ChatTemplate(source: source) }
        #expect(error?.kind == .limit)
    }

    @Test(arguments: [
        "{{ " + repeated("1 + ", 5000) + "1 }}", "{{ " + repeated("1 ~ ", 5000) + "1 }}",
        "{{ 1" + repeated("|string", 5000) + " }}", "{{ 1" + repeated(" and 1", 5000) + " }}",
        "{% if 0 %}" + repeated("{% elif 0 %}", 5000) + "{% endif %}",
    ])
    func longChainsAreNotDeep(_ source: String) throws {
        #expect(try !render(source).isEmpty || source.contains("elif"))
    }

    @Test(arguments: [
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f(x=f()) %}{% endmacro %}{{ f() }}",
        "{% macro f() %}{% set y %}{{ (f()|upper ~ 'a')|trim }}{% endset %}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ caller() }}{% endmacro %}"
            + "{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        grow("[ns.x]"), grow("{'a': ns.x}"), grow("[ns.x]|reverse"), grow("cycler(ns.x)"),
        grow("joiner(ns.x)"), grow("{'a': ns.x}.items()"),
    ])
    func endlessRecursion(_ source: String) {
        // Threads of a server may have less than the 8 MiB of a main thread.
        let kind = SmallStack.run(bytes: 3 << 19) {
            do throws(TemplateError) {
                _ = try ChatTemplate(source: source).render([:])
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(kind == .limit)
    }

    /// Long chains of objects are freed without a deep stack.
    @Test(arguments: [
        grow("namespace(x=ns.x)"),
        "{% set ns = namespace(m=0) %}{% for i in range(20000) %}{% set last = ns.m %}"
            + "{% macro m() %}{{ last }}{% endmacro %}{% set ns.m = m %}{% endfor %}",
        "{% set ns = namespace(l=0) %}{% for i in range(20000) %}{% for x in [1] %}"
            + "{% set _ = loop.changed(ns.l) %}{% set ns.l = loop %}{% endfor %}{% endfor %}",
    ])
    func longChainsOfObjects(_ source: String) throws {
        #expect(try render(source) == "")
    }

    @Test(arguments: [
        "{{ 'a' * 10 ** 9 }}", "{{ 'a' * 9223372036854775807 }}", "{{ [1] * 10 ** 9 }}",
        "{{ range(10 ** 9) }}", "{{ range(-9223372036854775807, 9223372036854775807) }}",
        "{{ 2 ** 10 ** 9 }}", "{{ 9223372036854775807 + 1 }}",
        "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
        "{{ (-9223372036854775807 - 1)|abs }}", "{{ 1e300|int }}", "{{ 99999999999999999999 }}",
        "{{ 'a'.center(9223372036854775807) }}", "{{ 'a'.zfill(10 ** 9) }}",
        "{{ '%999999999d' % 1 }}", "{{ '%.999999999f' % 1 }}", "{{ '{:999999999}'.format(1) }}",
        "{{ 'a\nb'|indent(10 ** 9) }}", "{{ [1]|tojson(indent=10 ** 9) }}",
        "{{ [1]|batch(10 ** 9, 0)|list }}", "{{ [1]|slice(10 ** 9)|list }}",
        "{{ '\t'.expandtabs(10 ** 9) }}", "{{ ('a' * 10 ** 6).replace('a', 'b' * 1000) }}",
        "{% for i in range(100000) %}{{ 'a' * 1000 }}{% endfor %}", grow("ns.x ~ ns.x ~ 'a'"),
        grow("(ns.x or []) + (ns.x or []) + [1]"),
    ])
    func hugeValues(_ source: String) {
        #expect(templateError(source)?.kind == .limit)
    }

    /// Work that grows fast is stopped by the count of steps, not by the clock.
    @Test(arguments: [
        repeated("{% for x in range(1000) %}", 5) + "x" + repeated("{% endfor %}", 5),
        "{% for x in range(100000) if 0 %}{% endfor %}{{ range(100000)|sort }}",
        grow("[ns.x or 1, ns.x or 1]", times: 60) + "{{ ns.x }}",
        grow("[ns.x or 1, ns.x or 1]", times: 60) + "{{ ns.x|tojson }}",
        grow("[ns.x or 1, ns.x or 1]", times: 60)
            + grow("[ms.x or 1, ms.x or 1]", times: 60, name: "ms")
            + "{{ ns.x == ms.x }}",
        "{% set b = 'ab' * 30000 %}{% for i in range(100000) %}{{ b.count('ba') }}{% endfor %}",
        "{% set b = 'ab' * 30000 %}{% for i in range(100000) %}{{ {b: 1}[b] }}{% endfor %}",
    ])
    func muchWork(_ source: String) {
        var limits = TemplateLimits()
        limits.steps = 400_000
        #expect(templateError(source, limits: limits)?.kind == .limit)
    }

    @Test(arguments: [
        ("{{ 'abc'[::9223372036854775807] }}", "a"), ("{{ 'abc'[::-9223372036854775807] }}", "c"),
        ("{{ 'abc'[9223372036854775807] }}", ""),
        ("{{ 'abc'[-9223372036854775807 - 1:9223372036854775807] }}", "abc"),
        ("{{ range(9223372036854775802, 9223372036854775807, 3)|list|length }}", "2"),
        ("{{ (-9223372036854775807 - 1) % -1 }}", "0"), ("{{ 1.5|round(10 ** 9) }}", "1.5"),
        ("{{ 5|round(-9223372036854775807 - 1) }}", "0"),
        ("{{ 'a'|truncate(9223372036854775807, leeway=9223372036854775807) }}", "a"),
        ("{{ ('a' * 100000).find('a' * 50000 ~ 'b') }}", "-1"),
        ("{{ 'zz'|int(7, 9223372036854775807) }}", "7"),
    ])
    func extremeNumbers(_ source: String, _ expected: String) throws {
        #expect(try render(source) == expected)
    }

    @Test func aDeepContextIsRefused() {
        var json: JSON = []
        for _ in 0..<200 { json = [json] }
        #expect(templateError("{{ x }}", ["x": json])?.kind == .limit)
    }
}

private func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
}

/// A template that sets `ns.x` again and again to a value made of the last one.
private func grow(_ value: String, times: Int = 20_000, name: String = "ns") -> String {
    "{% set \(name) = namespace() %}{% for i in range(\(times)) %}"
        + "{% set \(name).x = \(value) %}{% endfor %}"
}
