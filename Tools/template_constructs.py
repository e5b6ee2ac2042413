"""Small templates, one construct each: (name, template, context).

They cover what chat templates in the wild use, and the corners where a second implementation of
the language easily differs from the first: whitespace, undefined values, scoping, printing.
"""

from __future__ import annotations

Construct = tuple[str, str, dict[str, object]]

WORDS = {"words": ["pear", "Apple", "fig", "apple", "Fig"], "text": "  Some text here \n"}
PEOPLE = {
    "people": [
        {"name": "Ada", "age": 36, "admin": True},
        {"name": "Bo", "age": 7, "admin": False},
        {"name": "Cy", "age": 36},
    ]
}
TREE = {
    "tree": {"a": {"b": {"c": [10, 20, {"d": "deep"}]}}, "key with space": 1, "items": "shadow"},
    "key": "a",
}
VALUES = {
    "s": "text",
    "n": 3,
    "f": 2.5,
    "t": True,
    "x": None,
    "l": [1, "two", None, True, 2.0],
    "d": {"k": "v", "n": [1, {"m": None}]},
    "e": "",
    "z": 0,
}

FILTERS: list[Construct] = [
    ("trim", "[{{ text | trim }}][{{ 'xxaxx' | trim('x') }}]", WORDS),
    ("upper-lower", "{{ 'Straße éÀ' | upper }} {{ 'ÀÉ Σ' | lower }}", {}),
    ("capitalize-title", "{{ 'hELLO wORLD' | capitalize }}|{{ \"it's a-b c_d\" | title }}", {}),
    ("length-count", "{{ words | length }} {{ text | length }} {{ 'é😀' | count }}", WORDS),
    ("length-of-dict", "{{ {'a': 1, 'b': 2} | length }}{{ [] | length }}", {}),
    ("join", "{{ words | join(', ') }}|{{ [1, none, 2.0] | join }}|{{ 'abc' | join('-') }}", WORDS),
    ("join-attribute", "{{ people | join('+', attribute='name') }}", PEOPLE),
    (
        "first-last",
        "{{ words | first }}{{ words | last }}{{ 'xyz' | first }}{{ 'xyz' | last }}",
        WORDS,
    ),
    ("first-of-empty", "[{{ [] | first }}]", {}),
    (
        "default",
        "{{ nope | default('d') }}{{ '' | default('d') }}{{ '' | default('d', true) }}",
        {},
    ),
    (
        "default-none",
        "{{ x | default('d') }}{{ x | default('d', boolean=true) }}{{ nope | d }}.",
        VALUES,
    ),
    ("tojson", "{{ d | tojson }}{{ l | tojson }}{{ s | tojson }}{{ f | tojson }}", VALUES),
    ("tojson-indent", "{{ d | tojson(indent=2) }}\n{{ l | tojson(indent=4) }}", VALUES),
    (
        "tojson-empty",
        "{{ {} | tojson(indent=2) }}{{ [] | tojson(indent=2) }}{{ [[]] | tojson }}",
        {},
    ),
    ("tojson-escapes", "{{ v | tojson }}", {"v": "a\"b\\c\n\t\r\b\f\u0001\u007f<>&'é😀\u2028/"}),
    ("tojson-order", "{{ v | tojson }}", {"v": {"z": 1, "a": 2, "m": {"y": 3, "b": 4}}}),
    ("tojson-numbers", "{{ v | tojson }}", {"v": [0, -1, 1.0, 0.1, 1e20, 1e-7, 123456789012]}),
    ("tojson-separators", "{{ d | tojson(separators=(',', ':')) }}", VALUES),
    ("tojson-sorted", "{{ v | tojson(sort_keys=true) }}", {"v": {"b": 1, "a": {"d": 1, "c": 2}}}),
    ("items", "{% for k, v in d | items %}{{ k }}={{ v }};{% endfor %}", {"d": {"b": 1, "a": "x"}}),
    ("items-undefined", "[{% for k, v in nope | items %}{{ k }}{% endfor %}]", {}),
    ("map-attribute", "{{ people | map(attribute='name') | join(' ') }}", PEOPLE),
    ("map-default", "{{ people | map(attribute='admin', default='?') | join(' ') }}", PEOPLE),
    ("map-filter", "{{ words | map('upper') | list }}{{ [1.5, -2] | map('abs') | list }}", WORDS),
    ("selectattr", "{{ people | selectattr('admin') | map(attribute='name') | list }}", PEOPLE),
    ("selectattr-equal", "{{ people | selectattr('age', 'equalto', 36) | list | length }}", PEOPLE),
    (
        "selectattr-eq",
        "{{ people | selectattr('age', '==', 7) | map(attribute='name') | first }}",
        PEOPLE,
    ),
    ("selectattr-defined", "{{ people | selectattr('admin', 'defined') | list | length }}", PEOPLE),
    ("rejectattr", "{{ people | rejectattr('admin') | map(attribute='name') | join }}", PEOPLE),
    ("rejectattr-in", "{{ people | rejectattr('age', 'in', [7, 8]) | list | length }}", PEOPLE),
    ("select-reject", "{{ [1,2,3,4] | select('odd') | list }}{{ [0,1,'',2] | reject | list }}", {}),
    (
        "select-greater",
        "{{ [1,2,3,4] | select('gt', 2) | list }}{{ [1,2] | reject('==', 2) | list }}",
        {},
    ),
    ("list-of-string", "{{ 'aé😀' | list }}{{ {'k': 1} | list }}", {}),
    (
        "string-int-float",
        "{{ 12 | string ~ 'x' }}{{ '42' | int + 1 }}{{ 'no' | int(7) }}{{ '1.5' | float }}",
        {},
    ),
    ("int-of-float", "{{ 3.9 | int }}{{ '3.9' | int }}{{ -3.9 | int }}{{ true | int }}", {}),
    ("replace", "{{ 'a-b-c' | replace('-', '+') }}{{ 'aaa' | replace('a', 'b', 2) }}", {}),
    ("safe", "{{ '<b>&</b>' | safe }}{{ '<i>' }}", {}),
    ("indent", "{{ 'one\ntwo\n\nthree' | indent }}|{{ 'a\nb' | indent(2, true) }}", {}),
    ("indent-named", "{{ 'a\n\nb' | indent(width=3, first=true, blank=true) }}", {}),
    ("sort", "{{ words | sort }}{{ [3, 1, 2] | sort(reverse=true) }}", WORDS),
    ("sort-case", "{{ words | sort(case_sensitive=true) | join(',') }}", WORDS),
    (
        "sort-attribute",
        "{{ people | sort(attribute='age') | map(attribute='name') | join }}",
        PEOPLE,
    ),
    ("unique", "{{ [1, 2, 1, 3, 2] | unique | list }}{{ words | unique | join(',') }}", WORDS),
    ("reverse", "{{ 'añb' | reverse }}{{ [1, 2, 3] | reverse | list }}", {}),
    (
        "round-abs",
        "{{ 2.567 | round(1) }} {{ 2.5 | round }} {{ 2.1 | round(0, 'ceil') }} {{ -5 | abs }}",
        {},
    ),
    ("min-max-sum", "{{ [3, 1, 2] | min }}{{ [3, 1, 2] | max }}{{ [1, 2, 3.5] | sum }}", {}),
    (
        "dictsort",
        "{% for k, v in d | dictsort %}{{ k }}{{ v }} {% endfor %}",
        {"d": {"b": 1, "C": 2, "a": 3}},
    ),
    ("attr", "{{ (people | first)['name'] }}{{ people[0] | attr('name') }}.", PEOPLE),
    ("filter-chain", "{{ text | trim | replace(' ', '_') | upper | reverse }}", WORDS),
    ("filter-precedence", "{{ 'a' ~ 'b' | upper }}{{ ('a' ~ 'b') | upper }}{{ -1 | abs }}", {}),
]

TESTS: list[Construct] = [
    (
        "defined",
        "{{ s is defined }}{{ q is defined }}{{ q is undefined }}{{ q is not defined }}",
        VALUES,
    ),
    (
        "defined-member",
        "{{ d.k is defined }}{{ d.q is defined }}{{ d['q'] is not defined }}",
        VALUES,
    ),
    ("none", "{{ x is none }}{{ s is none }}{{ x is not none }}{{ q is none }}", VALUES),
    (
        "string-number",
        "{{ s is string }}{{ n is string }}{{ n is number }}{{ f is number }}{{ t is number }}",
        VALUES,
    ),
    (
        "mapping-sequence",
        "{{ d is mapping }}{{ l is mapping }}{{ l is sequence }}{{ s is sequence }}",
        VALUES,
    ),
    (
        "iterable",
        "{{ l is iterable }}{{ s is iterable }}{{ d is iterable }}{{ n is iterable }}",
        VALUES,
    ),
    (
        "boolean",
        "{{ t is boolean }}{{ n is boolean }}{{ t is true }}{{ false is false }}{{ z is false }}",
        VALUES,
    ),
    (
        "integer-float",
        "{{ n is integer }}{{ f is float }}{{ t is integer }}{{ 2.0 is integer }}",
        VALUES,
    ),
    (
        "odd-even",
        "{{ 3 is odd }}{{ 3 is even }}{{ 9 is divisibleby 3 }}{{ 9 is divisibleby(2) }}",
        {},
    ),
    ("equal", "{{ n is equalto 3 }}{{ n is eq 4 }}{{ n is ne 4 }}{{ n is sameas 3 }}", VALUES),
    ("compare-tests", "{{ n is gt 2 }}{{ n is lessthan 3 }}{{ n is ge 3 }}{{ n is le 2 }}", VALUES),
    ("in", "{{ 1 in l }}{{ 'te' in s }}{{ 'k' in d }}{{ 'q' not in d }}{{ not 1 in l }}", VALUES),
    ("in-test", "{{ 'two' is in l }}{{ 'two' is not in l }}", VALUES),
    ("lower-upper", "{{ 'a' is lower }}{{ 'A' is upper }}{{ 'Ab' is upper }}", {}),
    (
        "not-precedence",
        "{{ not q is defined }}{{ not x is none and t }}{{ not (x is none) or t }}",
        VALUES,
    ),
]

STATEMENTS: list[Construct] = [
    (
        "macro",
        "{% macro m(a, b='B', c=none) %}{{ a }}-{{ b }}-{{ c }};{% endmacro %}{{ m(1) }}"
        "{{ m(1, c=3) }}",
        {},
    ),
    ("macro-missing", "{% macro m(a) %}[{{ a }}]{% endmacro %}{{ m() }}", {}),
    (
        "macro-recursive",
        "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        {},
    ),
    (
        "macro-sees-globals",
        "{% set g = 'G' %}{% macro m() %}{{ g }}{{ n }}{% endmacro %}{{ m() }}",
        VALUES,
    ),
    ("macro-result-is-text", "{% macro m() %} 1 {% endmacro %}{{ m() | trim | int + 1 }}", {}),
    ("set-block", "{% set b %}x{{ n }}y\n{% endset %}[{{ b }}]{{ b | length }}", VALUES),
    ("set-block-filter", "{% set b | upper | trim %} abc {% endset %}[{{ b }}]", {}),
    (
        "set-tuple",
        "{% set a, b = 1, 'two' %}{{ a }}{{ b }}{% set (c, d2) = [3, 4] %}{{ c }}{{ d2 }}",
        {},
    ),
    (
        "set-in-loop",
        "{% set v = 1 %}{% for i in [1, 2] %}{% set v = v + i %}{{ v }},{% endfor %}{{ v }}",
        {},
    ),
    ("set-in-if", "{% set v = 1 %}{% if true %}{% set v = 2 %}{% endif %}{{ v }}", {}),
    (
        "namespace",
        "{% set ns = namespace(c=0) %}{% for i in [1,2,3] %}{% set ns.c = ns.c + i %}"
        "{% endfor %}{{ ns.c }}",
        {},
    ),
    (
        "namespace-empty",
        "{% set ns = namespace() %}{% set ns.a = [1] %}{% set ns.a = ns.a + [2] %}{{ ns.a }}"
        "{{ ns.b is defined }}",
        {},
    ),
    ("with", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", {}),
    (
        "loop-first-last",
        "{% for w in words %}{{ '[' if loop.first }}{{ w }}{{ ']' if loop.last else ',' }}"
        "{% endfor %}",
        WORDS,
    ),
    (
        "loop-index",
        "{% for w in 'abc' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}"
        "{{ loop.revindex0 }}{{ loop.length }} {% endfor %}",
        {},
    ),
    (
        "loop-neighbours",
        "{% for i in [1,2,3] %}({{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}){% endfor %}",
        {},
    ),
    (
        "loop-neighbour-undefined",
        "{% for i in [1,2] %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}"
        "{% endfor %}",
        {},
    ),
    ("loop-cycle", "{% for i in range(5) %}{{ loop.cycle('a', 'b', 'c') }}{% endfor %}", {}),
    (
        "loop-depth",
        "{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.depth }}{{ loop.index }}{% endfor %}"
        "{{ loop.index }};{% endfor %}",
        {},
    ),
    (
        "loop-outer",
        "{% for i in [1,2] %}{% set outer = loop %}{% for j in 'xy' %}{{ outer.index }}{{ j }}"
        "{% endfor %}{% endfor %}",
        {},
    ),
    (
        "for-else",
        "{% for i in [] %}x{% else %}none{% endfor %}{% for i in [1] %}{{ i }}{% else %}none"
        "{% endfor %}",
        {},
    ),
    (
        "for-if",
        "{% for i in range(6) if i is odd %}{{ i }}/{{ loop.length }}{{ loop.index }} {% endfor %}",
        {},
    ),
    ("for-if-else", "{% for i in [1, 3] if i > 5 %}{{ i }}{% else %}nothing{% endfor %}", {}),
    (
        "for-unpack",
        "{% for a, (b, c) in [[1, [2, 3]], [4, [5, 6]]] %}{{ a }}{{ b }}{{ c }} {% endfor %}",
        {},
    ),
    (
        "for-dict",
        "{% for k in d %}{{ k }}{% endfor %}{% for k, v in d.items() %}{{ k }}:{{ v }};"
        "{% endfor %}",
        VALUES,
    ),
    ("for-string", "{% for c in 'aé😀' %}<{{ c }}>{% endfor %}", {}),
    ("for-scope", "{% for i in [1, 2] %}{% endfor %}{{ i is defined }}", {}),
    ("for-undefined", "[{% for i in nope %}{{ i }}{% else %}empty{% endfor %}]", {}),
    (
        "break-continue",
        "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}"
        "{% break %}{% endif %}{{ i }}{% endfor %}",
        {},
    ),
    ("range", "{{ range(4) | list }}{{ range(2, 5) | list }}{{ range(9, 0, -3) | list }}", {}),
    (
        "if-elif-else",
        "{% for i in [1,2,3] %}{% if i == 1 %}a{% elif i == 2 %}b{% else %}c{% endif %}"
        "{% endfor %}",
        {},
    ),
    (
        "inline-if",
        "{{ 'y' if t else 'n' }}{{ 'y' if z else 'n' }}[{{ 'y' if z }}]"
        "{{ 1 if z else 2 if t else 3 }}",
        VALUES,
    ),
    (
        "truth",
        "{% for v in ['', 0, 0.0, none, [], {}, 'a', [0], {'k': 0}, -1] %}{{ 1 if v else 0 }}"
        "{% endfor %}",
        {},
    ),
    (
        "and-or-values",
        "{{ e or 'fallback' }}{{ s and n }}{{ z and s }}{{ x or z or e or 'end' }}",
        VALUES,
    ),
    ("generation", "a{% generation %}b{{ n }}{% endgeneration %}c", VALUES),
    (
        "raw",
        "{% raw %}{{ not }} {% rendered %}{# here #}{% endraw %}|{%- raw -%} {{ x }} "
        "{%- endraw -%} |",
        {},
    ),
    ("comments", "a{# one #}b {#- two -#} c\n{# line #}\nd", {}),
    ("comment-multiline", "a{#\n {{ x }} {% if %}\n#}b", {}),
    (
        "strftime",
        "{{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%d %H:%M:%S %A %j') }}",
        {},
    ),
    ("raise", "before{{ raise_exception('message of the template') }}after", {}),
    ("raise-not-reached", "{% if false %}{{ raise_exception('never') }}{% endif %}fine", {}),
    (
        "raise-in-macro",
        "{% macro m() %}{{ raise_exception('in a macro: ' ~ 5) }}{% endmacro %}{{ m() }}",
        {},
    ),
    ("undefined-prints-nothing", "[{{ nope }}][{{ d.nope }}][{{ l[99] }}]{{ nope ~ 'x' }}", VALUES),
    ("undefined-member", "{{ nope.member }}", {}),
    ("undefined-index", "{{ nope['member'] }}", {}),
    ("undefined-call", "{{ nope() }}", {}),
    ("undefined-arithmetic", "{{ nope + 1 }}", {}),
    ("undefined-compare", "{{ nope == 1 }}{{ nope == nope2 }}{{ nope != none }}{{ not nope }}", {}),
    (
        "undefined-in-if",
        "{% if nope %}a{% else %}b{% endif %}{{ nope | length }}{{ nope | list }}",
        {},
    ),
    ("sandbox-append", "{% set l = [1] %}{{ l.append(2) }}{{ l }}", {}),
    ("none-member", "{{ none.member }}|", {}),
    ("type-error", "{{ 'a' + 1 }}", {}),
    ("division-by-zero", "{{ 1 // 0 }}", {}),
    ("do-nothing", "", {}),
]

EXPRESSIONS: list[Construct] = [
    (
        "access",
        "{{ tree.a.b.c[2].d }}{{ tree['a']['b'].c[0] }}{{ tree['key with space'] }}"
        "{{ tree[key].b.c[-1]['d'] }}",
        TREE,
    ),
    (
        "access-method-or-key",
        "{{ tree['items'] }}{{ tree.items() | length }}{{ tree.get('items') }}",
        TREE,
    ),
    (
        "access-missing",
        "{{ tree.q is defined }}{{ tree.a.q is defined }}{{ (tree.a.q or {}).r is defined }}",
        TREE,
    ),
    (
        "slices",
        "{{ v[1:] }}{{ v[:-1] }}{{ v[::2] }}{{ v[::-1] }}{{ v[-2:] }}{{ v[1:3] }}{{ v[5:] }}",
        {"v": [0, 1, 2, 3]},
    ),
    (
        "slices-of-text",
        "{{ v[1:] }}|{{ v[:-2] }}|{{ v[::-1] }}|{{ v[-1] }}|{{ v[0] }}|{{ v[2:4] }}",
        {"v": "aé😀bc"},
    ),
    ("slice-variables", "{{ v[i:j] }}{{ v[i - 1:] }}", {"v": [0, 1, 2, 3], "i": 1, "j": 3}),
    (
        "concat",
        "{{ 1 ~ 'a' ~ none ~ true ~ 2.0 ~ [1] }}{{ 'a' + 'b' }}{{ [1] + [2] }}{{ 'ab' * 3 }}"
        "{{ [0] * 2 }}",
        {},
    ),
    (
        "arithmetic",
        "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 7 / 2 }} "
        "{{ 4 / 2 }} {{ 1 + 2 * 3 - 4 }}",
        {},
    ),
    (
        "arithmetic-float",
        "{{ 0.1 + 0.2 }} {{ 1.0 }} {{ 1e3 }} {{ 10 ** 15 }} {{ 2.0 ** 0.5 }} {{ 7.5 // 2 }} "
        "{{ 1e16 }} {{ 1.5e-7 }}",
        {},
    ),
    ("unary", "{{ -n }}{{ +n }}{{ -n ** 2 }}{{ not n }}{{ - 5 + 3 }}", VALUES),
    (
        "bool-arithmetic",
        "{{ true + 1 }}{{ true == 1 }}{{ 1 == 1.0 }}{{ '1' == 1 }}{{ false < true }}",
        {},
    ),
    (
        "comparison-chain",
        "{{ 1 < 2 < 3 }}{{ 1 < 3 < 2 }}{{ 1 <= n != 4 >= 2 }}{{ 3 > 2 == 2 }}",
        VALUES,
    ),
    (
        "comparison-text",
        "{{ 'a' < 'b' }}{{ 'B' < 'a' }}{{ [1, 2] < [1, 3] }}{{ [1] == [1] }}"
        "{{ {'a': 1} == {'a': 1} }}",
        {},
    ),
    (
        "print-values",
        "{{ none }} {{ true }} {{ false }} {{ 1 }} {{ 1.5 }} {{ 'x' }} {{ [] }} {{ {} }} {{ () }}",
        {},
    ),
    (
        "print-containers",
        "{{ l }} {{ d }} {{ [1, 'it\\'s', \"q\\\"q\", none, [true]] }} {{ (1,) }} {{ (1, 'b') }}",
        VALUES,
    ),
    ("print-escapes", "{{ ['a\\nb', 'tab\\t', 'back\\\\slash', 'é😀'] }}", {}),
    (
        "literals",
        "{{ 'a\\tb\\n\\'\\\"' }}{{ \"\\u00e9\" }}{{ 1_000 }}{{ [1, 2,] }}"
        "{{ {'a': 1, 'b': [2]}['b'][0] }}",
        {},
    ),
    ("literal-concatenation", "{{ 'a' 'b' \"c\" }}", {}),
    ("literal-case", "{{ True }}{{ False }}{{ None }}{{ true and True }}{{ none is none }}", {}),
    (
        "string-methods",
        "{{ s.upper() }}{{ s.startswith('te') }}{{ s.endswith(('x', 't')) }}{{ s.find('x') }}"
        "{{ s.replace('t', 'T') }}{{ s.title() }}{{ s.capitalize() }}",
        VALUES,
    ),
    (
        "string-strip",
        "[{{ '  a '.strip() }}][{{ 'xxaxy'.strip('xy') }}][{{ '\\n\\na\\n'.lstrip('\\n') }}]["
        "{{ 'a  '.rstrip() }}]",
        {},
    ),
    (
        "string-split",
        "{{ 'a,b,,c'.split(',') }}{{ ' a  b '.split() }}{{ 'a,b,c'.split(',', 1) }}"
        "{{ 'abc'.split('x')[-1] }}{{ 'a-b-c'.rsplit('-', 1) }}",
        {},
    ),
    ("string-lines", "{{ 'a\\nb\\r\\nc\\n'.splitlines() }}{{ 'x=y=z'.partition('=') }}", {}),
    (
        "string-tests",
        "{{ '12'.isdigit() }}{{ 'ab'.isalpha() }}{{ ' '.isspace() }}{{ 'aB'.lower() }}"
        "{{ 'aXa'.count('a') }}{{ 'A'.isupper() }}",
        {},
    ),
    ("string-join", "{{ ', '.join(['a', 'b']) }}{{ ''.join([]) }}", {}),
    (
        "dict-methods",
        "{{ d.get('k') }}{{ d.get('q') }}{{ d.get('q', 'dflt') }}{{ d.keys() | list }}"
        "{{ d.values() | list }}{{ d.items() | list }}",
        VALUES,
    ),
    ("list-methods", "{{ l.index('two') }}{{ l.count(1) }}", VALUES),
    (
        "list-append",
        "{% set v = [] %}{% for i in range(3) %}{% set v = v + [i] %}{% endfor %}{{ v }}"
        "{% set w = [1] + [2] %}{{ w }}",
        {},
    ),
    ("dict-function", "{{ dict(a=1, b='x') }}{{ dict({'q': 1}, z=2) }}", {}),
    (
        "dict-update-literal",
        "{% set d2 = {'role': 'user', 'content': s ~ '!'} %}{{ d2.role }}{{ d2['content'] }}",
        VALUES,
    ),
    ("grouping", "{{ (1 + 2) * 3 }}{{ (t and not z) or x }}{{ ((s)) }}", VALUES),
    (
        "unicode",
        "{{ 'naïve 漢字 😀' | upper }}{{ v }}{% if 'é' in v %}!{% endif %}",
        {"v": "é漢😀"},
    ),
    ("unicode-names", "{{ größe }}{{ d['schlüssel'] }}", {"größe": 1, "d": {"schlüssel": 2}}),
]

WHITESPACE: list[Construct] = [
    ("minus", "a  {{- ' b ' -}}  c  {%- if true -%}  d  {%- endif -%}  e", {}),
    ("plus", "  {%+ if true %}x{% endif +%}\ny", {}),
    ("trim-blocks", "{% if true %}\nline\n{% endif %}\nend", {}),
    ("lstrip-blocks", "    {% if true %}\n    text\n    {% endif %}\n    {{ 1 }}\n", {}),
    ("lstrip-after-text", "a    {% if true %}b{% endif %}   \n   {# c #}   d", {}),
    ("variable-newline", "{{ 1 }}\n{{ 2 }}\n\n{{ 3 }}\n", {}),
    ("trailing-newlines", "text\n\n\n", {}),
    ("trailing-newline-variable", "{{ 'x\n' }}\n", {}),
    ("comment-newline", "a\n{# c #}\nb\n  {# d #}\n  e", {}),
    ("minus-comment", "a\n  {#- c -#}\n  b", {}),
    ("crlf", "a\r\n{% if true %}\r\nb\r\n{% endif %}\r\nc", {}),
    ("tabs", "\t{% if true %}\t\n\tx\n\t{% endif %}\n\ty", {}),
    (
        "block-after-block",
        "{% set a = 1 %}\n{% set b = 2 %}\n\n{% if a %}\n  {{ a }}{{ b }}\n{% endif %}",
        {},
    ),
    ("for-lines", "{% for i in [1, 2] %}\n  - {{ i }}\n{% endfor %}\ndone", {}),
    ("raw-lines", "{% raw %}\n  {{ x }}\n{% endraw %}\nend", {}),
    ("minus-inside-loop", "{%- for i in [1, 2] -%}\n  {{ i }},\n{%- endfor -%}\n", {}),
    ("multi-line-tag", "{{\n  'a'\n  ~ 'b'\n}}{%\n  if true\n%}c{% endif %}", {}),
    ("braces-in-text", "{ {a} } {{ '}}' }} {{ '{%' }} }} %} # {", {}),
]

# In the language, but not seen in published chat templates.
RARE: list[Construct] = [
    ("escape", "{{ '<a href=\"x\">\\'&' | e }}", {}),
    ("sum-attribute", "{{ people | sum(attribute='age') }}", PEOPLE),
    (
        "groupby",
        "{% for age, who in people | groupby('age') %}{{ age }}:{{ who | length }} {% endfor %}",
        PEOPLE,
    ),
    ("batch", "{% for row in [1,2,3,4,5] | batch(2) %}{{ row }}{% endfor %}", {}),
    ("wordcount-center", "{{ 'a b  c' | wordcount }}[{{ 'x' | center(5) }}]", {}),
    ("truncate", "{{ 'one two three four' | truncate(11) }}|{{ 'abc' | truncate(9) }}", {}),
    ("format", "{{ '%s=%d %05.2f' | format('a', 3, 2.5) }}", {}),
    ("filter-block", "{% filter upper %}shout {{ n }}{% endfilter %}", VALUES),
    (
        "callable-filter",
        "{{ raise_exception is callable }}{{ 'trim' is filter }}{{ 'nofilter' is filter }}",
        {},
    ),
    (
        "macro-varargs",
        "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 'x', k=2) }}",
        {},
    ),
    (
        "macro-call",
        "{% macro m(t) %}<{{ t }}>{{ caller() }}</{{ t }}>{% endmacro %}{% call m('a') %}in"
        "{% endcall %}",
        {},
    ),
    ("namespace-dict", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns['b'] }}", {}),
    ("loop-changed", "{% for i in [1,1,2,2,1] %}{{ loop.changed(i) }} {% endfor %}", {}),
    (
        "loop-recursive",
        "{% for n in t recursive %}{{ n.v }}{% if n.c %}({{ loop(n.c) }}){% endif %}{% endfor %}",
        {"t": [{"v": 1, "c": [{"v": 2}, {"v": 3, "c": [{"v": 4}]}]}, {"v": 5}]},
    ),
    (
        "string-prefixes",
        "{{ 'prefix-x'.removeprefix('prefix-') }}{{ 'x.txt'.removesuffix('.txt') }}"
        "{{ '7'.zfill(3) }}{{ 'a'.ljust(3) }}.",
        {},
    ),
    (
        "joiner-cycler",
        "{% set j = joiner('|') %}{% for i in 'abc' %}{{ j() }}{{ i }}{% endfor %}"
        "{% set c = cycler('x', 'y') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}",
        {},
    ),
    ("string-format", "{{ '{} and {}'.format(1, 'b') }}{{ '%s:%d' % ('a', 3) }}", {}),
]

GROUPS = {
    "filter": FILTERS,
    "test": TESTS,
    "statement": STATEMENTS,
    "expression": EXPRESSIONS,
    "whitespace": WHITESPACE,
    "rare": RARE,
}
