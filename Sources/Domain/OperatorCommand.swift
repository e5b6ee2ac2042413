/// What an operator may ask of a cell.
package enum OperatorCommand: Hashable, Sendable {
    /// Merge groups now, as an overload would; `nil` is the smallest merge there is.
    case drop(freeing: ByteCount?)
    /// Bring all parameters back as soon as the KV in use allows it.
    case restore
    /// Send an instance nothing new, and let what runs on it move away or end.
    case drain(InstanceID)
    /// Start so many instances more; above 0.
    case addInstances(Int)
    /// Drain an instance and stop it.
    case removeInstance(InstanceID)
}

/// The answer to a command. Accepted means begun: what comes of it is in the event log.
package enum CommandOutcome: Hashable, Sendable {
    /// What happens now, for people, and which instances are being started.
    case accepted(String, starting: [InstanceID] = [])
    /// Why not, for people. Nothing has changed.
    case refused(String)
}
