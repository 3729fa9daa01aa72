/// The value of a metric at one moment.
package struct MetricSample: Sendable, Equatable {
    package let metric: String
    /// As Prometheus writes them, without braces: `method="GET",route="/movies"`.
    package let labels: String
    /// As Prometheus writes it.
    package let value: String

    package init(metric: String, labels: String, value: String) {
        self.metric = metric
        self.labels = labels
        self.value = value
    }
}
