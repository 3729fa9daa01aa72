/// Solves a system with its right-hand side as the last column, by Gauss–Jordan.
func eliminated(_ system: [[Double]]) -> [Double] {
    var a = system
    for pivot in a.indices {
        for row in a.indices where row != pivot {
            let factor = a[row][pivot] / a[pivot][pivot]
            for column in a[row].indices { a[row][column] -= factor * a[pivot][column] }
        }
    }
    return a.indices.map { a[$0][a.count] / a[$0][$0] }
}
