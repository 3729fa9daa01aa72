/// Vertices grouped by label, in flat arrays.
struct Groups: Sendable {
    /// The group of each vertex, below `count`.
    let labels: [Int32]
    /// The vertices of group g are `vertices[offsets[g] ..< offsets[g + 1]]`, ascending.
    let offsets: [Int]
    let vertices: [Int32]

    var count: Int { offsets.count - 1 }

    /// - Parameter labels: below `count`.
    init(labels: [Int32], count: Int) {
        var offsets = [Int](repeating: 0, count: count + 1)
        for label in labels { offsets[Int(label) + 1] += 1 }
        for label in 0..<count { offsets[label + 1] += offsets[label] }
        var next = offsets
        var vertices = [Int32](repeating: 0, count: labels.count)
        for (vertex, label) in labels.enumerated() {
            vertices[next[Int(label)]] = Int32(vertex)
            next[Int(label)] += 1
        }
        self.labels = labels
        self.offsets = offsets
        self.vertices = vertices
    }

    init(_ numbering: Numbering) { self.init(labels: numbering.labels, count: numbering.count) }

    subscript(group: Int) -> ArraySlice<Int32> { vertices[offsets[group]..<offsets[group + 1]] }

    /// Dense labels from 0, numbered by their first vertex.
    struct Numbering: Sendable {
        var labels: [Int32]
        var count: Int

        init(labels: [Int32], count: Int) {
            self.labels = labels
            self.count = count
        }

        init(compacting labels: [Int32]) {
            var number = [Int32](repeating: -1, count: Int(labels.max() ?? -1) + 1)
            var count: Int32 = 0
            self.labels = labels.map { label in
                if number[Int(label)] < 0 {
                    number[Int(label)] = count
                    count += 1
                }
                return number[Int(label)]
            }
            self.count = Int(count)
        }
    }
}
