import JSON

/// The settings that browser and mobile SDKs fetch before they send anything.
///
/// Facts: analytics-next `browser/settings.ts` (members), `plugins/segmentio/index.ts` (`apiKey` must be there, or the
/// configured `apiHost` is ignored and events go to Segment), `core/stats/remote-metrics.ts` (`metrics.sampleRate`
/// defaults to 1); analytics-swift `HttpConfig.swift` and analytics-kotlin `RetryConfig.kt` (without `httpConfig` they
/// send again for ever on most errors).
package enum SettingsDocument {
    /// The document for one source.
    ///
    /// - Parameters:
    ///   - writeKey: what SDKs put into each event as `writeKey`.
    ///   - apiHost: host and path that SDKs post to, such as `events.example.com/v1`. It overrides the host that a
    ///     mobile app was built with.
    package static func json(writeKey: WriteKey, apiHost: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 2_048)
        writer.beginObject()
        writer.key("integrations")
        writer.beginObject()
        // The only integration: for any other one the loaders would fetch scripts from the same host.
        writer.key("Segment.io")
        writer.beginObject()
        writer.member("apiKey", writeKey.value)
        writer.member("apiHost", apiHost)
        writer.member("type", "browser")
        writer.emptyArray("unbundledIntegrations")
        writer.member("addBundledMetadata", true)
        writer.emptyObject("maybeBundledConfigIds")
        writer.key("versionSettings")
        writer.beginObject()
        writer.member("version", "4.4.7")
        writer.key("componentTypes")
        writer.beginArray()
        writer.value("browser")
        writer.endArray()
        writer.endObject()
        writer.member("retryQueue", true)
        writer.httpConfig()
        writer.endObject()
        writer.endObject()
        writer.key("plan")
        writer.beginObject()
        writer.emptyObject("track")
        writer.emptyObject("identify")
        writer.emptyObject("group")
        writer.endObject()
        writer.emptyObject("edgeFunction")
        writer.member("analyticsNextEnabled", true)
        writer.emptyObject("middlewareSettings")
        writer.emptyObject("enabledMiddleware")
        writer.key("metrics")
        writer.beginObject()
        writer.member("sampleRate", 0)
        writer.endObject()
        writer.member("legacyVideoPluginsEnabled", false)
        writer.emptyArray("remotePlugins")
        writer.httpConfig()
        writer.endObject()
        return writer.bytes
    }

    /// The whole answer. A minute of caching bears the start of many pages and lets a changed host spread soon.
    package static func answer(writeKey: WriteKey, apiHost: String) -> EdgeAnswer {
        EdgeAnswer(
            status: 200,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "public, max-age=60")],
            body: json(writeKey: writeKey, apiHost: apiHost)
        )
    }
}

extension JSONWriter {
    fileprivate mutating func emptyObject(_ key: StaticString) {
        self.key(key)
        beginObject()
        endObject()
    }

    fileprivate mutating func emptyArray(_ key: StaticString) {
        self.key(key)
        beginArray()
        endArray()
    }

    /// How SDKs wait and when they give up. Intervals are in seconds.
    ///
    /// The figures are the defaults of Segment's retry specification (analytics-react-native `constants.ts`), spelled
    /// out because the parsers of some SDKs take a missing `enabled` for false and a missing override for none.
    /// `jitterPercent` must not be 0: analytics-swift draws from an empty range then.
    fileprivate mutating func httpConfig() {
        key("httpConfig")
        beginObject()
        key("rateLimitConfig")
        beginObject()
        member("enabled", true)
        member("maxRetryCount", 100)
        member("maxRetryInterval", 300)
        member("maxRateLimitDuration", 43_200)
        endObject()
        key("backoffConfig")
        beginObject()
        member("enabled", true)
        member("maxRetryCount", 100)
        member("baseBackoffInterval", 0.5)
        member("maxBackoffInterval", 300)
        member("maxTotalBackoffDuration", 43_200)
        member("jitterPercent", 10)
        member("default4xxBehavior", "drop")
        member("default5xxBehavior", "retry")
        member("unknownCodeBehavior", "drop")
        key("statusCodeOverrides")
        beginObject()
        member("408", "retry")
        member("410", "retry")
        member("429", "retry")
        member("460", "retry")
        member("501", "drop")
        member("505", "drop")
        endObject()
        endObject()
        endObject()
    }
}
