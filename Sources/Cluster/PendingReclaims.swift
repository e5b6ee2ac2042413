internal import Domain

/// By instance: the memory it will have when its reclaim has taken place. Counted, for whether
/// there is any is asked often.
struct PendingReclaims: Sendable {
    private var memories: [InstanceMemory?]
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    init(instances: Int) { memories = Array(repeating: nil, count: instances) }

    subscript(instance: Int) -> InstanceMemory? {
        get { memories[instance] }
        set {
            count += (newValue == nil ? 0 : 1) - (memories[instance] == nil ? 0 : 1)
            memories[instance] = newValue
        }
    }
}
