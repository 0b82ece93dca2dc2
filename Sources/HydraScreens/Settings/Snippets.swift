/// How a source is connected, ready to be copied: Segment's own libraries, with only the host changed.
///
/// A value; any thread.
struct Snippets {
    /// An address without a path: `https://events.example.com`.
    let gateway: String
    let writeKey: String?

    private var key: String { self.writeKey ?? "YOUR_WRITE_KEY" }
    /// The gateway without its scheme, as some libraries want it.
    private var host: String {
        self.gateway.hasPrefix("https://") ? String(self.gateway.dropFirst(8)) : self.gateway
    }

    var fields: [Fields] {
        [
            ("curl", "curl", "Two calls, to see something at once.", self.curl),
            ("python", "Python", "pip install segment-analytics-python", self.python),
            ("node", "Node", "npm install @segment/analytics-node", self.node),
            ("browser", "Browser", "npm install @segment/analytics-next", self.browser),
            ("ios", "iOS", "The package segmentio/analytics-swift.", self.ios),
            ("android", "Android", "com.segment.analytics.kotlin:android", self.android),
            ("segment", "Segment itself", "What Segment's servers send, as one of its destinations.", self.segment),
        ].map { id, name, hint, text in
            ["id": "snippet-\(id)", "name": name, "hint": hint, "text": text, "isOpen": id == "curl"]
        }
    }

    private var curl: String {
        """
        curl -u \(self.key): -H 'Content-Type: application/json' \(self.gateway)/v1/identify -d '{
          "userId": "userId123",
          "traits": {"email": "john.doe@example.com", "firstName": "John", "lastName": "Doe",
                     "title": "VP of Happiness"}}'
        curl -u \(self.key): -H 'Content-Type: application/json' \(self.gateway)/v1/track -d '{
          "userId": "userId123", "event": "Device deploy started",
          "properties": {"feature": "Device management", "eventFlag": "Positive"}}'
        """
    }

    private var python: String {
        """
        import segment.analytics as analytics

        analytics.write_key = "\(self.key)"
        analytics.host = "\(self.gateway)"
        analytics.track("userId123", "Device deploy started",
                        {"feature": "Device management", "eventFlag": "Positive"})
        analytics.flush()
        """
    }

    private var node: String {
        """
        import { Analytics } from "@segment/analytics-node"

        const analytics = new Analytics({ writeKey: "\(self.key)", host: "\(self.gateway)" })
        analytics.track({
          userId: "userId123",
          event: "Device deploy started",
          properties: { feature: "Device management", eventFlag: "Positive" },
        })
        await analytics.closeAndFlush()
        """
    }

    private var browser: String {
        """
        import { AnalyticsBrowser } from "@segment/analytics-next"

        const analytics = AnalyticsBrowser.load(
          { writeKey: "\(self.key)", cdnURL: "\(self.gateway)" },
          { integrations: { "Segment.io": { apiHost: "\(self.host)/v1" } } })
        analytics.track("Device deploy started", { feature: "Device management", eventFlag: "Positive" })
        """
    }

    private var ios: String {
        """
        import Segment

        let analytics = Analytics(configuration: Configuration(writeKey: "\(self.key)")
            .apiHost("\(self.host)/v1")
            .cdnHost("\(self.host)/v1"))
        analytics.track(name: "Device deploy started",
                        properties: ["feature": "Device management", "eventFlag": "Positive"])
        """
    }

    private var android: String {
        """
        val analytics = Analytics("\(self.key)", applicationContext) {
            apiHost = "\(self.host)/v1"
            cdnHost = "\(self.host)/v1"
        }
        analytics.track("Device deploy started", buildJsonObject {
            put("feature", "Device management")
            put("eventFlag", "Positive")
        })
        """
    }

    private var segment: String {
        """
        As a partner destination
          URL       \(self.gateway)/v1/partner/SOURCE
          Sign in   Basic: a Hydra API key as the user, no password

        As a webhook
          URL       \(self.gateway)/v1/webhook/SOURCE
          Secret    the source's webhookSecret, as in the gateway's configuration
        """
    }
}
