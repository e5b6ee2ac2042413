/// A dense index into one kind of thing: the phantom `Tag` keeps a block from standing for a
/// sequence. Identifiers are handed out in order, so they also break ties.
@usableFromInline
package struct Identifier<Tag>: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline package let rawValue: UInt32

    @inlinable
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The identifier as an array index.
    @inlinable
    package var index: Int { Int(rawValue) }

    @inlinable
    package init(index: Int) { self.init(UInt32(index)) }

    @inlinable
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    @inlinable
    package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    @inlinable
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    @inlinable
    package var description: String { "\(rawValue)" }
}

@usableFromInline
package enum InstanceTag {}
@usableFromInline
package enum GroupTag {}
@usableFromInline
package enum SequenceTag {}
@usableFromInline
package enum StepTag {}
@usableFromInline
package enum BlockTag {}
@usableFromInline
package enum SpanTag {}

/// One device memory plus one executor.
@usableFromInline
package typealias InstanceID = Identifier<InstanceTag>
/// Instances that together hold every unit and execute a request together.
@usableFromInline
package typealias GroupID = Identifier<GroupTag>
/// One running generation.
@usableFromInline
package typealias SequenceID = Identifier<SequenceTag>
/// One microbatch through all stages of one group.
@usableFromInline
package typealias StepID = Identifier<StepTag>
/// `blockSize` token slots of KV: the same id in every layer an instance holds.
@usableFromInline
package typealias BlockID = Identifier<BlockTag>
/// `blockSize` consecutive token slots of a sequence as its group counts them: a span lies on one
/// block of every member's memory.
@usableFromInline
package typealias SpanID = Identifier<SpanTag>
