/// Linear least squares for few unknowns, by Householder reflections (Golub and Van Loan, "Matrix
/// Computations", §5.3). Rows may carry weights by being scaled, on both sides.
struct LeastSquares {
    /// One row per equation, one column per unknown.
    let rows: [[Double]]
    let values: [Double]

    init(rows: [[Double]], values: [Double]) {
        precondition(rows.count == values.count)
        self.rows = rows
        self.values = values
    }

    /// Columns this close to depending on others, relative to their length, count as dependent.
    private static let independence = 1e-9

    /// The solution with no negative unknown, which has the smallest error of all such. A column
    /// that depends on others gets 0. Complexity: O(2^columns × rows × columns²).
    func solveNonNegative() -> [Double] {
        let columns = rows.first?.count ?? 0
        var best = [Double](repeating: 0, count: columns)
        var least = squaredError(best)
        for chosen in 1..<max(1, 1 << columns) {
            let kept = (0..<columns).filter { chosen >> $0 & 1 == 1 }
            guard let solution = solve(kept), solution.allSatisfy({ $0 >= 0 }) else { continue }
            var all = [Double](repeating: 0, count: columns)
            for (column, value) in zip(kept, solution) { all[column] = value }
            let error = squaredError(all)
            if error < least { (best, least) = (all, error) }
        }
        return best
    }

    /// The solution with some of the columns; `nil` when they depend on each other.
    func solve(_ columns: [Int]) -> [Double]? {
        guard rows.count >= columns.count else { return nil }
        // Column by column, each of length 1, so that the units of the unknowns do not matter.
        var matrix = columns.map { column in rows.map { $0[column] } }
        let scales = matrix.map(Self.norm)
        guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        for index in matrix.indices { matrix[index] = matrix[index].map { $0 / scales[index] } }
        var right = values
        for pivot in columns.indices {
            guard let axis = Self.reflection(matrix[pivot], from: pivot) else { return nil }
            for index in pivot..<matrix.count { Self.reflect(&matrix[index], axis, from: pivot) }
            Self.reflect(&right, axis, from: pivot)
        }
        var solution = [Double](repeating: 0, count: columns.count)
        for row in columns.indices.reversed() {
            var value = right[row]
            for column in row + 1..<columns.count {
                value -= matrix[column][row] * solution[column]
            }
            solution[row] = value / matrix[row][row]
        }
        return zip(solution, scales).map { $0 / $1 }
    }

    /// The unit vector whose mirror takes the column's tail to its first axis.
    private static func reflection(_ column: [Double], from pivot: Int) -> [Double]? {
        var axis = Array(column[pivot...])
        let length = norm(axis)
        guard length > independence else { return nil }
        axis[0] += axis[0] < 0 ? -length : length
        let scale = norm(axis)
        return axis.map { $0 / scale }
    }

    private static func reflect(_ vector: inout [Double], _ axis: [Double], from pivot: Int) {
        var product = 0.0
        for (index, value) in axis.enumerated() { product += value * vector[pivot + index] }
        for (index, value) in axis.enumerated() { vector[pivot + index] -= 2 * product * value }
    }

    private func squaredError(_ solution: [Double]) -> Double {
        zip(rows, values).reduce(0) { sum, row in
            let difference = zip(row.0, solution).reduce(-row.1) { $0 + $1.0 * $1.1 }
            return sum + difference * difference
        }
    }

    private static func norm(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
