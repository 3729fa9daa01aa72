import LinearAlgebra
import Ratings

/// Parallel passes over all ratings of a side, for the inputs of a sweep.
extension GibbsSide {
    /// A number per row, computed from its entries and partners in the order of this side.
    @inline(__always)
    func byRow<Number: BitwiseCopyable & Sendable>(
        threads: Int, _ number: @Sendable (_ row: Int, _ entries: Range<Int>, _ partners: [Int32]) -> Number
    ) -> [Number] {
        let (chunks, offsets, partners) = (chunks, ratings.rowOffsets, ratings.columnIndices)
        return Parallel.fill([0] + chunks.map(\.upperBound), threads: threads, workspace: {}) { chunk, _, numbers in
            let rows = chunks[chunk]
            for row in rows {
                numbers[row - rows.lowerBound] = number(row, offsets[row]..<offsets[row + 1], partners)
            }
        }
    }

    /// A number per entry, in the order of this side, by chunks of rows.
    @inline(__always)
    private func byEntry<Number: BitwiseCopyable & Sendable>(
        threads: Int, _ write: @Sendable (_ rows: Range<Int>, inout MutableSpan<Number>) -> Void
    ) -> [Number] {
        let chunks = chunks
        let offsets = [0] + chunks.map { ratings.rowOffsets[$0.upperBound] }
        return Parallel.fill(offsets, threads: threads, workspace: {}) { chunk, _, numbers in
            write(chunks[chunk], &numbers)
        }
    }

    /// Per entry, the rating minus μ and the bias of its hour.
    func targets(_ sweep: Sweep) -> [Float] {
        let (ratings, hours, mean, biases) = (ratings, hours, Float(sweep.mean), sweep.hours)
        return byEntry(threads: sweep.threads) { rows, targets in
            let start = ratings.rowOffsets[rows.lowerBound]
            let (values, labels) = (ratings.values.span, hours.span)
            for index in targets.indices { targets[index] = values[start + index] - mean }
            if !labels.isEmpty {
                for index in targets.indices { targets[index] -= biases[Int(labels[start + index])] }
            }
        }
    }

    /// Per entry, the rating minus x·z.
    func residuals(against partners: BiasedRows, threads: Int) -> [Float] {
        let (ratings, totals) = (ratings, totals)
        return byEntry(threads: threads) { rows, residuals in
            let start = ratings.rowOffsets[rows.lowerBound]
            for row in rows {
                let entries = ratings.entries(ofRow: row)
                partners.residuals(
                    ratings.values[entries], ofRows: ratings.columnIndices[entries], with: totals.row(row),
                    into: &residuals, at: entries.lowerBound - start)
            }
        }
    }

    /// Per row, Σ a·(e − μ)² over its ratings, with errors e by place and a the partners' weights.
    func squares(_ errors: [Float], mean: Double, weights: [Double], threads: Int) -> [Double] {
        let places = places
        return byRow(threads: threads) { _, entries, partners in
            var sum = 0.0
            for entry in entries {
                let error = Double(errors[Int(places[entry])]) - mean
                sum += weights[Int(partners[entry])] * error * error
            }
            return sum
        }
    }
}
