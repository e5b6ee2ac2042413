package import Simulation
import Testing

extension ClusterPreset: CustomTestStringConvertible {
    /// Its name is enough.
    package var testDescription: String { name }
}
