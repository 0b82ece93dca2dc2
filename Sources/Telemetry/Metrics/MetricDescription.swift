/// What a metric is, for the `# HELP` line, and how its values are gathered. A value.
package struct MetricDescription: Sendable {
    /// The label that the metric's code uses, or the exposed name; both find it.
    package let label: String
    /// One sentence with the unit.
    package let help: String
    /// Upper bounds of the histogram's buckets, ascending, without infinity; nil takes the defaults of
    /// ``MetricsLimits``. For timers in seconds.
    package let buckets: [Double]?

    package init(_ label: String, help: String, buckets: [Double]? = nil) {
        self.label = label
        self.help = help
        self.buckets = buckets
    }
}
