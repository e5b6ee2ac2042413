package import Domain
package import Inference

/// Where instances come from: the seam at which other processes, other hosts or accelerators can
/// take the place of memory and threads of this process.
///
/// Both calls come on a thread that they may keep for as long as they need: off the lock of the
/// cell and off the threads of instances that serve. Calls for one instance come one after the
/// other; those for different ones may overlap.
package protocol Provisioner: Sendable {
    /// Makes an instance: device memory of the shape that the cell knows, and every parameter in
    /// it. The caller's thread of the instance is the only one that uses what is returned.
    ///
    /// - Parameter isCancelled: True from when nobody waits for the instance any more. Then an
    ///   error is to come soon.
    /// - Throws: what is lacking: memory, a file, a machine.
    func provide(
        _ instance: InstanceID, isCancelled: @Sendable () -> Bool
    ) throws(RuntimeError) -> any StageExecutor

    /// An instance that was provided has gone: its thread has ended, and the caller lets go of what
    /// it was given. Whatever else belongs to it can be given back.
    func takeBack(_ instance: InstanceID)
}
