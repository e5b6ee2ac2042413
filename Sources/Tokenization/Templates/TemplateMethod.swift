/// A method of a string, list or mapping with the value it belongs to.
final class TemplateMethod {
    let receiver: TemplateValue
    let name: String

    init(receiver: TemplateValue, name: String) {
        self.receiver = receiver
        self.name = name
    }

    /// The methods of Python's strings; a few of them are known, but refused when called.
    static let ofStrings: Set<String> = [
        "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find",
        "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit",
        "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper",
        "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip",
        "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate", "upper",
        "zfill",
    ]
    /// The methods of strings whose arguments have names.
    static let withNames: Set<String> = [
        "expandtabs", "format", "rsplit", "split", "splitlines",
    ]
    static let ofMaps: Set<String> = ["copy", "fromkeys", "get", "items", "keys", "values"]
    static let ofLists: Set<String> = ["copy", "count", "index"]
    /// What the sandbox takes away.
    static let mutatingMaps: Set<String> = ["clear", "pop", "popitem", "setdefault", "update"]
    static let mutatingLists: Set<String> = [
        "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove",
    ]
}
