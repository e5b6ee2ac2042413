package import Inference

/// The open files of the model, which all instances read.
///
/// - Unchecked: opened files are never changed.
package struct ModelFiles: @unchecked Sendable {
    package let checkpoint: Checkpoint

    package init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }
}
