import Logging
import Spool

/// `hydra-gateway spool move`: from the spool that the configuration names to another, or from another to that.
package enum SpoolMoveCommand {
    /// The other spool, and on which side it is. A directory, or the servers of a spool in JetStream.
    package enum Other: Sendable {
        case from(String)
        case to(String)

        /// Its address, if it is in JetStream: a setting for the configuration to be loaded with, so that what stands
        /// there of users, partitions and replicas is meant for it.
        package var flags: [String: String] {
            switch self {
            case .from(let place), .to(let place): Self.isAddress(place) ? ["spool.url": place] : [:]
            }
        }

        private static func isAddress(_ place: String) -> Bool { place.contains("://") }

        fileprivate func sides(of configuration: GatewayConfiguration) -> (from: SpoolSettings, to: SpoolSettings) {
            let place: String
            let isFrom: Bool
            switch self {
            case .from(let text): (place, isFrom) = (text, true)
            case .to(let text): (place, isFrom) = (text, false)
            }
            let own: SpoolSettings
            var other = configuration.spool
            if Self.isAddress(place) {
                // The configuration was loaded with it; by itself it names files.
                var files = configuration.spool
                files.jetStream = nil
                own = files
            } else {
                own = configuration.spool
                other.jetStream = nil
                other.directory = place
            }
            return isFrom ? (other, own) : (own, other)
        }
    }

    /// Moves everything, and returns a sentence about it.
    ///
    /// - Parameters:
    ///   - configuration: loaded with ``Other/flags``.
    ///   - progress: is told from time to time how many calls were moved.
    /// - Throws: ``SpoolMoveError``, `SpoolError`.
    package static func run(
        _ configuration: GatewayConfiguration,
        _ other: Other,
        progress: @escaping (Int) -> Void
    ) async throws -> String {
        let (from, to) = other.sides(of: configuration)
        for place in [from, to] where place.jetStream == nil && !place.directory.hasPrefix("/") {
            throw SpoolMoveError("\(place.directory) is neither an absolute path nor an address such as nats://a:4222")
        }
        guard from.place != to.place else { throw SpoolMoveError("both sides are \(from.place)") }
        if from.jetStream == nil, !SQLiteSpool.exists(in: from.directory) {
            throw SpoolMoveError("there is no spool in \(from.directory)")
        }
        let logger = Logger(label: "hydra-gateway.move", factory: { _ in SwiftLogNoOpLogHandler() })
        let source = try configuration.with(from).makeSpool(logger: logger)
        let destination: any Spool
        do {
            destination = try configuration.with(to).makeSpool(logger: logger)
        } catch {
            source.close()
            throw error
        }
        let outcome: Result<SpoolMove.Result, any Error>
        do {
            // Beside the figures: a directory that both sides have on this machine.
            let journal = try MoveJournal(
                path: configuration.spool.directory + "/move",
                from: from.place,
                to: to.place
            )
            var move = SpoolMove(from: source, to: destination, journal: journal)
            move.progress = progress
            do {
                try await move.run()
                outcome = .success(move.result)
            } catch {
                outcome = .failure(SpoolMoveError(Self.sentence(move.result, error)))
            }
        } catch {
            outcome = .failure(error)
        }
        let both = (source, destination)
        await BlockingWork.run {
            both.0.close()
            both.1.close()
        }
        let result = try outcome.get()
        return "\(result.calls) calls, \(result.dead) dead letters and \(result.rejected) rejected events moved from "
            + "\(from.place) to \(to.place)"
    }

    private static func sentence(_ result: SpoolMove.Result, _ error: any Error) -> String {
        let reason = (error as? SpoolError)?.message ?? "\(error)"
        return "\(reason)\n\(result.calls) calls and \(result.dead) dead letters were moved before. Nothing is lost: "
            + "the same command goes on"
    }
}

extension GatewayConfiguration {
    fileprivate func with(_ spool: SpoolSettings) -> GatewayConfiguration {
        var result = self
        result.spool = spool
        return result
    }
}
