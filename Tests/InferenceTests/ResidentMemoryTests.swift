import Domain
import Foundation
import TestSupport
import Testing

@testable import Inference

/// What the system has really given.
struct ResidentMemoryTests {
    /// Shared memory of this process, as the system counts it.
    static func sharedBytes() throws -> Int {
        let status = try systemFile("/proc/self/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssShmem:") })
        return try #require(Int(line.split(separator: " ")[1])) << 10
    }

    /// Every byte of two budgets is written, through drops, reclaims and restores: the files never
    /// take more than the budgets, and nothing but them is shared memory. A page counts twice
    /// while an old mapping still shows it, so the process is looked at when all is settled.
    @Test func neverMoreThanTheBudgets() async {
        await #expect(processExitsWith: .success) {
            let pair = try RestoreTests.Pair(DeepModel.Kind())
            let budget = pair.executors.reduce(0) { $0 + $1.memory.budget.bytes }
            func check() throws {
                for executor in pair.executors {
                    executor.fillKV(seed: 1)
                    let workspace = executor.workspace.layout.byteCount
                    memset(executor.workspaceRange.base, 0, workspace)
                    #expect(executor.memory.allocatedBytes <= executor.memory.budget.bytes)
                    executor.settleAll()
                }
                let shared = try ResidentMemoryTests.sharedBytes()
                #expect(shared <= budget)
                #expect(shared > budget * 4 / 5)
            }
            try check()
            for cut in [3, 2, 4] {
                try pair.drop(cut: cut)
                try check()
                try pair.reclaim()
                try check()
                try pair.restore()
                try check()
            }
        }
    }
}
