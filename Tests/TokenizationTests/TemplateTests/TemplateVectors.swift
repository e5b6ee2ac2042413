internal import Domain
internal import FoundationEssentials
internal import Testing
internal import Tokenization

/// One rendering by the reference engine; `Tools/make_template_fixtures.py` writes them.
struct TemplateVector: Sendable, CustomTestStringConvertible {
    var name: String
    var template: String
    var context: JSONObject
    /// `nil` where the reference refuses.
    var rendered: String?
    /// What the reference says then.
    var message: String?

    var testDescription: String { name }

    /// The date that the reference was given.
    static let now = TemplateClock(year: 2026, month: 2, day: 3, hour: 4, minute: 5, second: 6)

    static let all: [TemplateVector] = {
        let folder = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
        let data = FileManager.default.contents(atPath: "/\(folder)/Templates/vectors.json")
        let json = data.flatMap { try? JSON.parse(Array($0)) }
        return json?.arrayValue?.compactMap(TemplateVector.init) ?? []
    }()

    private init?(_ json: JSON) {
        guard let name = json["name"]?.stringValue, let template = json["template"]?.stringValue,
            let context = json["context"]?.objectValue
        else { return nil }
        self.name = name
        self.template = template
        self.context = context
        rendered = json["rendered"]?.stringValue
        message = json["message"]?.stringValue
    }

    func render() throws -> String {
        try ChatTemplate(source: template).render(context, now: Self.now)
    }
}

/// What `source` renders to.
func render(
    _ source: String, _ context: JSONObject = [:], limits: TemplateLimits = TemplateLimits()
) throws -> String {
    try ChatTemplate(source: source, limits: limits).render(context, now: TemplateVector.now)
}

/// The error that `source` stops with.
func templateError(
    _ source: String, _ context: JSONObject = [:], limits: TemplateLimits = TemplateLimits(),
    at location: SourceLocation = #_sourceLocation
) -> TemplateError? {
    #expect(throws: TemplateError.self, sourceLocation: location) {
        try render(source, context, limits: limits)
    }
}
