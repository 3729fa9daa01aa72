/// Waits that double, each at random between its half and the whole, so that many who were refused do not come back together.
///
/// The fourth wait after a first of 0.25 s is 1 to 2 s. "Equal jitter" of M. Brooker, Exponential Backoff and Jitter, AWS
/// Architecture Blog, 2015.
package struct Backoff {
    /// The most that the first wait takes.
    package var first = Duration.milliseconds(250)
    /// The most that any wait takes, except where the server asks for more.
    package var longest = Duration.seconds(30)
    private var count = 0

    package init(first: Duration = .milliseconds(250), longest: Duration = .seconds(30)) {
        self.first = first
        self.longest = longest
    }

    /// The next wait.
    ///
    /// - Parameter asked: how long the server wants to be left alone; the wait is no shorter.
    package mutating func next(asked: Duration? = nil, using generator: inout some RandomNumberGenerator) -> Duration {
        let random = Double.random(in: 0..<1, using: &generator)
        let whole = min(longest, first * (1 << min(count, 20)))
        count += 1
        return max(whole / 2 + whole / 2 * random, asked.map { $0 + first * random } ?? .zero)
    }

    /// What was refused goes well again.
    package mutating func reset() { count = 0 }
}
