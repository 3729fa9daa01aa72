/// Costs of the three kernels of `RowProducts`, in nanoseconds. They only decide which kernel does which part of the
/// work.
public struct ProductCosts: Sendable, Equatable {
    /// One entry of a row against all lanes of a block.
    public var entry: Double
    /// One product of two entries of the tail.
    public var pair: Double
    /// One step from an entry of the tail to the next tile.
    public var step: Double
    /// One element of a row against all lanes, both dense: `laneCount` multiply-adds of BLAS.
    public var dense: Double

    /// Creates costs in nanoseconds.
    public init(entry: Double, pair: Double, step: Double, dense: Double) {
        self.entry = entry
        self.pair = pair
        self.step = step
        self.dense = dense
    }

    /// Approximate costs of server processors: a block's panel comes from the L2 cache, so an entry's cost is
    /// proportional to the bytes of its lanes.
    public static func typical<Element: LaneScalar>(_ element: Element.Type) -> ProductCosts {
        ProductCosts(
            entry: 1.6 * Double(MemoryLayout<Element>.stride), pair: 2, step: 6,
            dense: 0.6 * Double(MemoryLayout<Element.Sum>.stride))
    }
}

extension ProductCosts {
    /// The costs on this machine, measured on a small matrix within milliseconds.
    ///
    /// They select the kernel; the resulting neighbors are the same for all.
    public static func measured<Element: LaneScalar>(_ element: Element.Type) -> ProductCosts {
        let never = 1e9
        let probe = Probe<Element>()
        let lanes = ProductCosts(entry: 1, pair: never, step: never, dense: never)
        let entry = probe.seconds(.lanes, lanes) / probe.entries
        let dense = probe.seconds(.blas, lanes) / probe.elements
        let pair = probe.seconds(.lanes, ProductCosts(entry: 1, pair: 0, step: 0, dense: never)) / probe.pairs
        return ProductCosts(entry: 1e9 * entry, pair: 1e9 * pair, step: typical(element).step, dense: 1e9 * dense)
    }

    /// A matrix large enough to time each kernel.
    private struct Probe<Element: LaneScalar> {
        let matrix: SparseMatrix<Float>
        let tileRows = 8 * laneCount

        init() {
            var generator = SeededGenerator(seed: 1)
            var offsets = [0]
            var columns: [Int32] = []
            for _ in 0..<tileRows {
                columns += (0..<512).filter { _ in generator.next(below: 8) == 0 }
                offsets.append(columns.count)
            }
            matrix = SparseMatrix(
                columns: 512, rowOffsets: offsets, columnIndices: columns,
                values: Array(repeating: 7, count: columns.count))
        }

        var entries: Double { Double(matrix.count) }
        var elements: Double { Double(tileRows * matrix.columns) }
        /// Each entry of a block's rows meets every rater of its column.
        var pairs: Double { entries * entries / Double(matrix.columns) * Double(laneCount) / Double(tileRows) }

        /// The fastest of three tiles.
        func seconds(_ products: Products, _ costs: ProductCosts) -> Double {
            let lanes = LaneMatrix(matrix, tileRows: tileRows, products: products, costs: costs, threads: 1) {
                Element(exactly: UInt16($0)) ?? .zero
            }
            var workspace = RowProducts(lanes, lanes)
            let clock = ContinuousClock()
            return (0..<3).map { _ in
                workspace.load(0..<laneCount)
                return clock.measure { workspace.multiply(0..<tileRows) } / .seconds(1)
            }.reduce(.infinity, min)
        }
    }
}
