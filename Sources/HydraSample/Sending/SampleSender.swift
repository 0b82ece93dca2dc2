package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// Sends a history to a gateway as an SDK does: batches by HTTP, the calls of a user one after the other.
///
/// Several connections at once, each with persons of its own. What is refused for the moment (429, 5xx, a broken
/// connection) is sent again under the same message ids, so nothing counts twice. One use; any task.
package final class SampleSender: Sendable {
    /// Events of a batch: what the protocol's SDKs send.
    static let batchEvents = 100
    private static let connections = 8
    private static let attempts = 30
    private static let timeout = TimeAmount.seconds(30)

    private let world: SampleWorld
    private let target: SampleTarget
    private let client: HTTPClient
    private let sent = Mutex(SampleProgress())
    private let report: @Sendable (SampleProgress) -> Void

    /// - Parameter report: is told after each batch, from several tasks.
    package init(
        world: SampleWorld,
        target: SampleTarget,
        report: @escaping @Sendable (SampleProgress) -> Void
    ) throws {
        self.world = world
        self.target = target
        self.report = report
        self.client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: try Self.configuration(certificate: target.certificate)
        )
    }

    /// A client's settings: trusts the certificate of a gateway of one's own.
    package static func configuration(certificate: String?) throws -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let certificate {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(certificate))]
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: self.timeout)
        )
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// Sends all of it; returns when the gateway has confirmed every event.
    package func run() async throws -> SampleProgress {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<Self.connections {
                    group.addTask { try await self.send(lane: lane) }
                }
                try await group.waitForAll()
            }
        } catch {
            try? await self.client.shutdown()
            throw error
        }
        try await self.client.shutdown()
        return self.sent.withLock { $0 }
    }

    /// The persons of one connection, day by day.
    private func send(lane: Int) async throws {
        var batch: [SampleEvent] = []
        let options = self.world.options
        for day in options.firstDay...options.lastDay {
            for number in stride(from: lane, to: options.persons, by: Self.connections) {
                for event in self.world.events(ofPerson: number, on: day) {
                    batch.append(event)
                    if batch.count == Self.batchEvents {
                        try await self.send(batch)
                        batch.removeAll(keepingCapacity: true)
                    }
                }
            }
            if lane == 0 { self.sent.withLock { $0.days += 1 } }
        }
        if !batch.isEmpty { try await self.send(batch) }
    }

    private func send(_ batch: [SampleEvent]) async throws {
        var body = Array(#"{"sentAt":"\#(SampleTime.text(Self.now))","batch":["#.utf8)
        for (place, event) in batch.enumerated() {
            if place > 0 { body.append(UInt8(ascii: ",")) }
            body += event.json
        }
        body += Array("]}".utf8)
        var request = HTTPClientRequest(url: self.target.gateway + "/v1/batch")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(
            name: "Authorization",
            value: "Basic " + Data("\(self.target.writeKey):".utf8).base64EncodedString()
        )
        request.body = .bytes(ByteBuffer(bytes: body))
        try await self.deliver(request)
        let progress = self.sent.withLock { sent in
            let tracks = batch.count(where: \.isTrack)
            sent.tracks += tracks
            sent.identifies += batch.count - tracks
            return sent
        }
        self.report(progress)
    }

    private func deliver(_ request: HTTPClientRequest) async throws {
        var failure = ""
        for attempt in 1...Self.attempts {
            var pause = Duration.milliseconds(min(100 << min(attempt, 6), 5000))
            do {
                let response = try await self.client.execute(request, timeout: Self.timeout)
                let body = try await response.body.collect(upTo: 64 << 10)
                if response.status == .ok { return }
                let status = Int(response.status.code)
                guard status == 429 || status >= 500 else {
                    throw SampleError.refused(status: status, body: String(buffer: body))
                }
                failure = "it answered \(status)"
                if let seconds = response.headers.first(name: "Retry-After").flatMap({ Int($0) }) {
                    pause = .seconds(min(max(seconds, 1), 30))
                }
            } catch let error as SampleError {
                throw error
            } catch {
                failure = "\(error)"
                // Nobody is there at all: no use in trying for minutes.
                if attempt >= 5, self.sent.withLock({ $0.events }) == 0 { break }
            }
            try await Task.sleep(for: pause)
        }
        throw SampleError.unreachable(url: self.target.gateway, reason: failure)
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
