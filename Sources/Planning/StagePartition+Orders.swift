package import Domain
internal import HeapModule

extension StagePartition {
    /// The orders in which members may execute: every way to interleave some *chains*.
    ///
    /// Of two windows of which one neither starts nor ends after the other, that one goes first:
    /// in a cut in which it does not, the two can change places. So the windows are parted into as
    /// few chains of such pairs as possible: one, unless a window lies strictly within another, as
    /// one from the middle of a pipeline does in a whole model.
    ///
    /// A *state* says how many members of each chain have their place, in mixed radix. Where the
    /// states are too many to look at, one possible order stands for all, and a cut in that order
    /// need not be the best.
    struct Orders {
        let windows: [LayerRange]
        let layerCount: Int
        /// Members, in order.
        let chains: [[Int]]
        /// By chain: what placing its next member adds to the state.
        let strides: [Int]
        let stateCount: Int

        /// States × layers × chains: more would take about a millisecond to go through.
        private static let searchLimit = 1 << 18

        /// `nil` when no order gives everybody a layer.
        /// Complexity: O(layers + members × (chains + log members)).
        init?(of windows: [LayerRange], layerCount: Int) {
            guard
                !windows.isEmpty,
                let possible = earliestOrder(of: windows, layerCount: layerCount)
            else { return nil }
            var chains = Self.chains(of: windows)
            let limit = Self.searchLimit / (layerCount + 1) / chains.count
            if chains.reduce(1, { min(limit + 1, $0 * ($1.count + 1)) }) > limit {
                chains = [possible]
            }
            var stride = 1
            strides = chains.map { chain in
                defer { stride *= chain.count + 1 }
                return stride
            }
            stateCount = stride
            self.chains = chains
            self.windows = windows
            self.layerCount = layerCount
        }

        /// The fewest chains, by patience: a window goes to the first chain that it continues.
        private static func chains(of windows: [LayerRange]) -> [[Int]] {
            let sorted = windows.indices.sorted { left, right in
                let (first, second) = (windows[left], windows[right])
                return (first.lowerBound, first.upperBound, left)
                    < (second.lowerBound, second.upperBound, right)
            }
            var chains: [[Int]] = []
            var ends: [Int] = []
            for member in sorted {
                let end = windows[member].upperBound
                if let chain = ends.firstIndex(where: { $0 <= end }) {
                    chains[chain].append(member)
                    ends[chain] = end
                } else {
                    chains.append([member])
                    ends.append(end)
                }
            }
            return chains
        }
    }

    /// Whether members with these windows can serve as one group. Who cannot merge with a group
    /// cannot merge with what that becomes either. Complexity: O(layers + members × log members).
    package func canCut(_ windows: [LayerRange]) -> Bool {
        Self.earliestOrder(of: windows, layerCount: layerCount) != nil
    }

    /// An order in which everybody gets a layer, or `nil` when there is none.
    ///
    /// Layer by layer, of the members whose window has begun, the one whose window ends first takes
    /// it, which finds a layer of its own for everybody if that is possible. The layers between
    /// then fall to a neighbour: where a layer finds nobody waiting, the member before it reaches
    /// as far as the next one's window, or the member of its group that follows it would wait.
    private static func earliestOrder(of windows: [LayerRange], layerCount: Int) -> [Int]? {
        guard windows.count <= layerCount else { return nil }
        let arrivals = windows.indices.sorted {
            (windows[$0].lowerBound, $0) < (windows[$1].lowerBound, $1)
        }
        var waiting = Heap<Deadline>()
        var order: [Int] = []
        var arrived = 0
        for layer in 0..<layerCount where order.count < windows.count {
            while arrived < arrivals.count, windows[arrivals[arrived]].lowerBound <= layer {
                let member = arrivals[arrived]
                waiting.insert(Deadline(layer: windows[member].upperBound, member: member))
                arrived += 1
            }
            guard let next = waiting.popMin() else { continue }
            guard layer < next.layer else { return nil }
            order.append(next.member)
        }
        return order.count == windows.count ? order : nil
    }

    /// Where a member's window ends; ties go by index.
    private struct Deadline: Comparable {
        var layer: Int
        var member: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.layer, left.member) < (right.layer, right.member)
        }
    }
}
