internal import Domain
internal import Inference

/// Fills mapped units from the model's files, one unit in a piece.
///
/// - Unchecked: used by the thread of the instance that loads, and by no other.
final class FileLoadJob: BackgroundJob, @unchecked Sendable {
    private let units: [ParameterUnit]
    private let instance: InstanceID
    private let files: ModelFiles?
    private var done = 0

    init(
        _ units: [ParameterUnit], on instance: InstanceID, files: ModelFiles?
    ) {
        self.units = units
        self.instance = instance
        self.files = files
    }

    func runPiece(_ tools: inout PieceTools) -> Bool {
        do {
            guard let files else { throw RuntimeError(.badModel, "the model's files are gone") }
            if done < units.count {
                try tools.executor.load([units[done]], from: files.checkpoint)
                done += 1
            }
        } catch {
            tools.report(.unitsLoaded(instance, failure: "parameters from files: \(error)"))
            return true
        }
        guard done == units.count else { return false }
        tools.report(.unitsLoaded(instance, failure: nil))
        return true
    }
}
