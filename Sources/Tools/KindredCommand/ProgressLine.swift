import FileOutput
import Foundation
import Synchronization

/// One line on a terminal that tells the stage, the share done, the rate and the time left. Elsewhere it tells nothing.
final class ProgressLine: Sendable {
    private struct State {
        var stage = ""
        var note = ""
        var unit = ""
        var total = 0.0
        var began = Date()
        var drawn = Date.distantPast
        var isVisible = false
    }

    /// Whether messages are wanted, on a terminal or not.
    let isVerbose: Bool
    private let isEnabled: Bool
    private let state = Mutex(State())

    init(isEnabled: Bool) {
        isVerbose = isEnabled
        self.isEnabled = isEnabled && Console.errorIsTerminal
    }

    /// Begins a stage.
    ///
    /// - Parameter total: how many units of work it has; 0 where nobody knows.
    func begin(_ stage: String, total: Double = 0, unit: String = "") {
        guard isEnabled else { return }
        state.withLock { state in
            state.stage = stage
            state.note = ""
            state.total = total
            state.unit = unit
            state.began = Date()
            state.drawn = .distantPast
            draw(&state, share: 0)
        }
    }

    /// Tells the share of the stage that is done, 0…1. It is drawn ten times a second at most.
    ///
    /// - Parameter note: stands at the end of the line until another comes.
    func update(_ share: Double, note: String? = nil) {
        guard isEnabled else { return }
        state.withLock { state in
            state.note = note ?? state.note
            draw(&state, share: share)
        }
    }

    /// The same for a stage whose amount of work shows only under way.
    func update(_ share: Double, total: Double, unit: String) {
        guard isEnabled else { return }
        state.withLock { state in
            state.total = total
            state.unit = unit
            draw(&state, share: share)
        }
    }

    /// Clears the line.
    func end() {
        guard isEnabled else { return }
        state.withLock { state in
            if state.isVisible { Console.draw("\r\u{1B}[K") }
            state.isVisible = false
        }
    }

    private func draw(_ state: inout State, share: Double) {
        let now = Date()
        guard now.timeIntervalSince(state.drawn) >= 0.1 else { return }
        state.drawn = now
        state.isVisible = true
        Console.draw(
            "\r\u{1B}[K"
                + Self.line(
                    state.stage, share: share, total: state.total, unit: state.unit,
                    elapsed: now.timeIntervalSince(state.began))
                + (state.note.isEmpty ? "" : "  \(state.note.visible())"))
    }

    /// The line: `similarity   ██████████░░░░░░░░░░  52 %  3.1 M pairs/s  0:04 left`.
    static func line(
        _ stage: String, share: Double, total: Double, unit: String, elapsed: Double
    ) -> String {
        let name = stage.padding(toLength: 12, withPad: " ", startingAt: 0)
        guard share > 0, elapsed > 0 else { return name }
        let filled = Int(min(1, share) * 20)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        let percent = String(Int(min(1, share) * 100))
        let left = Int(min(1e9, (elapsed / share * (1 - share)).rounded(.up)))
        let seconds = left % 60 < 10 ? "0\(left % 60)" : "\(left % 60)"
        let rate = total > 0 ? "  \(scaled(total * share / elapsed)) \(unit)/s" : ""
        return
            "\(name) \(bar) \(String(repeating: " ", count: 3 - percent.count))\(percent) %\(rate)  \(left / 60):\(seconds) left"
    }

    private static func scaled(_ number: Double) -> String {
        switch number {
        case 1e9...: (number / 1e9).fixed(1) + " G"
        case 1e6...: (number / 1e6).fixed(1) + " M"
        case 1e3...: (number / 1e3).fixed(1) + " k"
        default: number.fixed(0)
        }
    }
}
