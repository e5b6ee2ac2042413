/// The fixed threads of one instance: the caller and `threadCount - 1` workers.
///
/// A dispatch opens, workers that are awake join, everyone takes chunks of items until none are
/// left, the caller closes it and waits for those that joined. A worker that comes late finds it
/// closed and costs nothing. Idle workers spin for some microseconds, because the next dispatch
/// of a step follows at once, and then sleep. Dispatching allocates nothing.
package final class KernelPool {
    package let threadCount: Int
    /// Less work than this, in multiply-adds, is not worth the handing over.
    package var smallestShare = 32 << 10
    private let shared: PoolState
    private var threads: [WorkerThread] = []

    /// One dispatch, of the caller's thread only, may be open at a time.
    package init(threadCount: Int) {
        precondition(threadCount >= 1)
        let shared = PoolState()
        self.shared = shared
        var started = 1
        for index in 1..<max(threadCount, 1) {
            let worker = WorkerThread(named: "kernels-\(index)") { shared.serve(thread: index) }
            guard let thread = worker else { break }
            threads.append(thread)
            started = index + 1
        }
        // A system that gives fewer threads is slower, not wrong.
        self.threadCount = started
    }

    deinit {
        shared.stop()
        for thread in threads { thread.join() }
    }

    /// Runs items 0..<count of `work`, each of about `cost` multiply-adds, and returns when all
    /// are done.
    func run<Work: PoolWork>(_ work: Work, count: Int, cost: Int) {
        let grain = max(count / (threadCount * 4), smallestShare / max(1, cost), 1)
        guard threadCount > 1, count > grain else {
            if count > 0 { work.run(0..<count, thread: 0) }
            return
        }
        withUnsafePointer(to: work) { pointer in
            shared.open(PoolJob(kind: Work.self, work: pointer, count: count, grain: grain))
            shared.takeChunks(thread: 0)
            shared.close()
        }
    }
}
