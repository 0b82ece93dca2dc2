import Foundation
import Logging
import Testing

@testable import Telemetry

@Suite struct ECSLogHandlerTests {
    private struct DiskTrouble: Error, CustomStringConvertible {
        let description = "disk \"sda\"\nis full"
    }

    private let sink: LogSink

    init() throws {
        self.sink = try LogSink(.memory)
    }

    private func logger(provider: Logger.MetadataProvider? = nil) -> Logger {
        var handler = ECSLogHandler(sink: self.sink, dataset: "test", label: "unit", level: .debug)
        handler.metadataProvider = provider
        return Logger(label: "unit") { _ in handler }
    }

    private func fields() throws -> [String: Any] {
        defer { self.sink.close() }
        let lines = self.sink.memoryLines
        #expect(lines.count == 1)
        return try JSONLines.object(try #require(lines.first))
    }

    @Test func writesTheSameHeadAsLogLine() throws {
        self.logger().warning("It is so.")
        let fields = try self.fields()
        #expect(fields["message"] as? String == "It is so.")
        #expect(fields["log.level"] as? String == "warning")
        #expect(fields["ecs.version"] as? String == "8.11.0")
        #expect(fields["event.dataset"] as? String == "test")
        #expect(fields["log.logger"] as? String == "unit")
        #expect(fields.count == 6)
    }

    @Test func levelsBelowAreSilent() throws {
        self.logger().trace("Nobody hears this.")
        #expect(self.sink.memoryLines.isEmpty)
        self.sink.close()
    }

    @Test func schemaFieldsKeepTheirNamesAndOthersBecomeLabels() throws {
        self.logger().info(
            "m",
            metadata: [
                "trace.id": "abc", "http.response.status_code": "200", "event.duration": "\(12)",
                "source": "web", "labels.attempt": "2", "request.id": "7", "odd key\"": "v",
            ]
        )
        let fields = try self.fields()
        #expect(fields["trace.id"] as? String == "abc")
        #expect(fields["http.response.status_code"] as? Int == 200)
        #expect(fields["event.duration"] as? Int == 12)
        #expect(fields["labels.source"] as? String == "web")
        #expect(fields["labels.attempt"] as? String == "2")
        #expect(fields["labels.request_id"] as? String == "7")
        #expect(fields["labels.odd_key_"] as? String == "v")
    }

    @Test func aNumberFieldNeverHoldsAText() throws {
        self.logger().info("m", metadata: ["http.response.status_code": "many"])
        let fields = try self.fields()
        #expect(fields["http.response.status_code"] == nil)
        #expect(fields["labels.http_response_status_code"] as? String == "many")
    }

    @Test func theHeadsFieldsCannotBeNamedTwice() throws {
        self.logger().info("m", metadata: ["message": "other", "@timestamp": "never", "a.b": "1", "a_b": "1"])
        let line = try #require(self.sink.memoryLines.first)
        #expect(line.components(separatedBy: "\"message\":").count == 2)
        #expect(line.components(separatedBy: "\"@timestamp\":").count == 2)
        #expect(line.components(separatedBy: "\"labels.a_b\":").count == 2)
        #expect(try self.fields()["labels.message"] as? String == "other")
    }

    @Test func theCallWinsOverTheProviderAndTheProviderOverTheHandler() throws {
        var logger = self.logger(provider: .init { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "handler"
        logger[metadataKey: "b"] = "handler"
        logger[metadataKey: "c"] = "handler"
        #expect(logger[metadataKey: "c"] == "handler")
        logger.info("m", metadata: ["a": "call"])
        let fields = try self.fields()
        #expect(fields["labels.a"] as? String == "call")
        #expect(fields["labels.b"] as? String == "provider")
        #expect(fields["labels.c"] as? String == "handler")
    }

    @Test func anErrorBecomesTypeAndMessage() throws {
        self.logger().error("m", error: DiskTrouble(), metadata: ["error.code": "full"])
        let fields = try self.fields()
        #expect((fields["error.type"] as? String)?.hasSuffix("DiskTrouble") == true)
        #expect(fields["error.message"] as? String == "disk \"sda\"\nis full")
        #expect(fields["error.code"] as? String == "full")
    }

    @Test func listsStayListsAndDictionariesAreFlattened() throws {
        self.logger().info("m", metadata: ["list": ["a", "b"], "outer": ["inner": "1", "deep": ["er": "2"]]])
        let fields = try self.fields()
        #expect(fields["labels.list"] as? [String] == ["a", "b"])
        #expect(fields["labels.outer_inner"] as? String == "1")
        #expect(fields["labels.outer_deep_er"] as? String == "2")
    }

    @Test func copiesOfALoggerDoNotShareMetadata() throws {
        let first = self.logger()
        var second = first
        second[metadataKey: "only"] = "second"
        first.info("m")
        #expect(try self.fields()["labels.only"] == nil)
    }
}
