internal import Domain

/// The executor of one instance in virtual time: it does one thing at a time, in the order in
/// which it was asked, whichever groups ask.
struct VirtualInstance: Sendable {
    enum Job: Sendable {
        case stage(Int, Step)
        case change(MemoryChange)
    }

    /// The first is being done.
    private(set) var jobs: [Job] = []

    mutating func add(_ job: Job) { jobs.append(job) }

    /// The job that is done. There is one: nothing else announces its end.
    mutating func finishFirst() -> Job { jobs.removeFirst() }
}
