/// A kind of work on a range of items that threads share: a plain struct of pointers and sizes.
///
/// Items may run in any order, in any partition and on any thread, so nothing an item computes
/// may depend on these.
protocol PoolWork {
    /// Does the items in `items`; `thread` is below the pool's thread count and no other thread
    /// uses it at the same time.
    func run(_ items: Range<Int>, thread: Int)
}

extension PoolWork {
    /// `run` on a work that lies at `work`: what a pool of no particular kind of work calls.
    static func run(at work: UnsafeRawPointer, _ items: Range<Int>, thread: Int) {
        work.assumingMemoryBound(to: Self.self).pointee.run(items, thread: thread)
    }
}
