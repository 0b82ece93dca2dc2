/// One series of a metric: something with a value now.
protocol MetricSeries: AnyObject, Sendable {
    /// Adds the current value as samples with these labels.
    func samples(labels: MetricLabels, into family: inout MetricFamily)
}
