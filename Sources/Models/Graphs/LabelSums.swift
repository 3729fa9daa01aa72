/// Sums of edge weights per neighbor label, cleared in time proportional to the labels seen.
struct LabelSums: Sendable {
    /// The number of labels with a sum.
    private(set) var count = 0
    /// These labels in order of first use, plus one scratch element at the end.
    private var labels: [Int32]
    /// Positive for labels seen, since weights are positive.
    private var sums: [Double]

    init(labelCount: Int) {
        labels = Array(repeating: 0, count: labelCount + 1)
        sums = Array(repeating: 0, count: labelCount)
    }

    subscript(label: Int32) -> Double { sums[Int(label)] }

    /// The label at an index below `count`.
    func label(_ place: Int) -> Int32 { labels[place] }

    /// Adds the weights of a vertex's edges to the sums of its neighbors' labels.
    mutating func add(_ network: Network<some BinaryFloatingPoint>, edgesOf vertex: Int, _ labelOf: [Int32]) {
        let range = network.adjacency(of: vertex)
        let labelOf = labelOf.span
        Self.add(
            network.neighbors.span.extracting(range), network.weights.span.extracting(range), to: &sums, &labels, &count
        ) { labelOf[Int($0)] }
    }

    /// The same for edges within a community only.
    ///
    /// - Parameter labelOf: indexed by the vertex's place within the community.
    mutating func add(
        _ network: Network<some BinaryFloatingPoint>, edgesOf vertex: Int, within community: Members, _ labelOf: [Int32]
    ) {
        let range = network.adjacency(of: vertex)
        let labelOf = labelOf.span
        let places = community.places.span
        let start = community.range.lowerBound
        Self.add(
            network.neighbors.span.extracting(range), network.weights.span.extracting(range), to: &sums, &labels, &count
        ) { neighbor in
            let place = Int(places[Int(neighbor)]) - start
            return labelOf.indices.contains(place) ? labelOf[place] : nil
        }
    }

    @inline(__always)
    private static func add(
        _ neighbors: Span<Int32>, _ weights: Span<some BinaryFloatingPoint>, to sums: inout [Double],
        _ labels: inout [Int32], _ count: inout Int, _ labelOf: (Int32) -> Int32?
    ) {
        var sums = sums.mutableSpan
        var labels = labels.mutableSpan
        var met = count
        for position in neighbors.indices {
            guard let label = labelOf(neighbors[position]) else { continue }
            let sum = sums[Int(label)]
            labels[met] = label
            met += sum == 0 ? 1 : 0
            sums[Int(label)] = sum + Double(weights[position])
        }
        count = met
    }

    mutating func clear() {
        for place in 0..<count { sums[Int(labels[place])] = 0 }
        count = 0
    }
}
