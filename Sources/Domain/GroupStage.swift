/// An instance's place in a group: what it executes of every step of that group.
package struct GroupStage: Hashable, Sendable {
    package var instance: InstanceID
    package var range: StageRange

    package init(instance: InstanceID, range: StageRange) {
        self.instance = instance
        self.range = range
    }
}
