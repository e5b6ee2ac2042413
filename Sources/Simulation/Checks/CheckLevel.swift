/// How closely a simulation is watched.
package enum CheckLevel: String, Hashable, Sendable, CaseIterable {
    case off
    /// Everything that goes in and out, and all books whenever the cluster is sampled.
    case everySample = "every-sample"
    /// All books after every event.
    case everyEvent = "every-event"
}
