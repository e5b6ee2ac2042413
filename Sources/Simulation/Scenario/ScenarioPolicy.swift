internal import Domain
package import Planning

/// One way to run the cluster, to be compared with others.
package struct ScenarioPolicy: Hashable, Sendable {
    /// Names its results; of letters, digits and `-_.+` only.
    package var name: String
    /// The cluster's flags with the policy's own over them.
    package var flags: EngineFlags

    /// An overload policy by its own name.
    package init(_ policy: OverloadPolicy, over flags: EngineFlags) {
        name = policy.rawValue
        self.flags = flags
        self.flags.overloadPolicy = policy
    }

    /// A name of an overload policy, or an object with a `name` and flags.
    init(_ json: JSON, at path: String, over flags: EngineFlags) throws(ScenarioError) {
        if let word = json.stringValue {
            self.init(try Self.policy(word, at: path), over: flags)
        } else {
            let fields = try ScenarioFields(json, at: path, names: ["name"] + EngineFlags.names)
            let flags = try EngineFlags(fields, over: flags)
            self.init(flags.overloadPolicy ?? .drop, over: flags)
            guard let name = try fields.text("name") else { return }
            guard ScenarioFields.isName(name) else {
                throw fields.error("name", expected: "1 to 64 letters, digits or -_.+")
            }
            self.name = name
        }
    }

    private static func policy(
        _ word: String, at path: String
    ) throws(ScenarioError) -> OverloadPolicy {
        if let policy = OverloadPolicy(rawValue: word) { return policy }
        let words = OverloadPolicy.allCases.map(\.rawValue)
        let meant = NearestWord.of(word, among: words).map { "; did you mean \($0)?" }
        throw ScenarioError(
            path,
            "is \"\(word.prefix(64))\", expected \(words.joined(separator: ", ")), or an object "
                + "with a name and flags" + (meant ?? ""))
    }
}
