/// The Hydra endpoint. A value.
package struct HydraSettings: Equatable, Sendable {
    /// Base URL without a trailing slash; `/v1/identify` and `/v1/track` are below it.
    package internal(set) var url = "http://127.0.0.1:880"
    /// PEM file of certificate authorities trusted beside the system's; nil for none.
    package internal(set) var caFile: String?
    /// Opening a connection, TLS included, 3 s.
    package internal(set) var connectTimeout: Duration = .seconds(3)
    /// Waiting for the answer of one call, 10 s.
    package internal(set) var timeout: Duration = .seconds(10)
    /// Connections to one endpoint, 16: as many as calls go out at once.
    package internal(set) var connections = 16
}
