/// Values by small numbers that are given again when they are free.
struct SlotTable<Value: Sendable>: Sendable {
    private var slots: [Value?] = []
    private var vacant: [Int] = []

    var count: Int { slots.count - vacant.count }

    /// Complexity: O(1), amortised.
    mutating func insert(_ value: Value) -> Int {
        if let slot = vacant.popLast() {
            slots[slot] = value
            return slot
        }
        slots.append(value)
        return slots.count - 1
    }

    mutating func remove(_ slot: Int) -> Value {
        guard let value = slots[slot].take() else { preconditionFailure("slot \(slot) is free") }
        vacant.append(slot)
        return value
    }

    /// The value in a slot that is taken. Changes are in place.
    subscript(slot: Int) -> Value {
        get {
            guard let value = slots[slot] else { preconditionFailure("slot \(slot) is free") }
            return value
        }
        _modify {
            guard var value = slots[slot].take() else {
                preconditionFailure("slot \(slot) is free")
            }
            defer { slots[slot] = value }
            yield &value
        }
    }
}
