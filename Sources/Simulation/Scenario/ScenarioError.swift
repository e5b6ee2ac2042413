/// What is wrong with a scenario: which member, and what was expected.
package struct ScenarioError: Error, Hashable, CustomStringConvertible {
    /// Such as `policies[1].max-num-seqs`; empty for the whole.
    package var path: String
    package var problem: String

    package init(_ path: String, _ problem: String) {
        self.path = path
        self.problem = problem
    }

    package var description: String { path.isEmpty ? problem : "\(path) \(problem)" }
}
