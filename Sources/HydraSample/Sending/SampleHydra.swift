import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// The Hydra behind the gateway: is prepared before a history is sent, and asked when all of it has arrived.
///
/// One use; any task.
package final class SampleHydra: Sendable {
    private static let timeout = TimeAmount.seconds(10)

    private let url: String
    private let key: String
    private let client: HTTPClient

    /// - Parameter key: the API key.
    package init(url: String, key: String, certificate: String?) throws {
        self.url = url
        self.key = key
        self.client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: try SampleSender.configuration(certificate: certificate)
        )
    }

    package func shutdown() async {
        try? await self.client.shutdown()
    }

    /// Makes a product usage scanner unless there is one: without it nothing would be counted.
    ///
    /// - Returns: whether one was made.
    package func makeUsageScanner() async throws -> Bool {
        let scanners = try await self.ask(.GET, "/v1/scanners")
        let kinds = scanners?["items"]?.elements.compactMap { $0["kind"]?.string } ?? []
        guard !kinds.contains("product_usage") else { return false }
        let body = #"{"kind":"product_usage","name":"Product usage","takeInPast":true}"#
        return try await self.ask(.POST, "/v1/scanners", body: body) != nil
    }

    /// Calls that were taken from all sources, so far.
    package func takenCalls() async throws -> Int64 {
        let sources = try await self.ask(.GET, "/v1/settings/sources")
        return sources?["items"]?.elements.reduce(Int64(0)) { sum, source in
            sum + (source["tracks"]?.int64 ?? 0) + (source["identifies"]?.int64 ?? 0)
        } ?? 0
    }

    /// The record of a user, if there is one.
    package func personID(userId: String) async throws -> String? {
        try await self.ask(.GET, "/v1/persons?userId=\(userId)")?["items"]?.elements.first?["id"]?.string
    }

    private func ask(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> JSONValue? {
        var request = HTTPClientRequest(url: self.url + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Basic " + Data("\(self.key):".utf8).base64EncodedString())
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        do {
            let response = try await self.client.execute(request, timeout: Self.timeout)
            let answer = try await response.body.collect(upTo: 1 << 20)
            guard (200...299).contains(Int(response.status.code)) else {
                throw SampleError.refused(status: Int(response.status.code), body: String(buffer: answer))
            }
            return try? JSONParser().parse(Array(answer.readableBytesView)).root
        } catch let error as SampleError {
            throw error
        } catch {
            throw SampleError.unreachable(url: self.url, reason: "\(error)")
        }
    }
}
