import Hydra
import Segment

/// Who may use the routes of Segment's own servers.
enum SegmentAdmission {
    /// The source that a partner or webhook path names, once the sender has shown that it may use it; nil for every
    /// other route, where the write key decides.
    ///
    /// A source that does not exist is answered like a wrong key, so that names cannot be probed. The webhook's
    /// signature covers the body and is checked where the body is read; here only that there is a secret to check it
    /// with.
    static func source(
        for route: Route,
        authorization: String?,
        sources: SourceRegistry
    ) throws(EdgeRejection) -> Source? {
        switch route {
        case .partner(let name):
            let credentials = Authorization.parse(authorization)
            if credentials == .controlCharacters {
                throw EdgeRejection(.unauthorized, message: EdgeRejection.controlCharactersInKey)
            }
            guard case .basic(let user) = credentials, let given = WriteKey(user),
                let source = sources.source(named: name),
                let expected = WriteKey(source.endpoint.apiKey.value), given.constantTimeEquals(expected)
            else { throw EdgeRejection(.unauthorized) }
            return source
        case .webhook(let name):
            guard let source = sources.source(named: name), source.webhookSecret != nil else {
                throw EdgeRejection(
                    .unauthorized,
                    message: "This source takes no webhook. Set its webhookSecret in the configuration."
                )
            }
            return source
        case .event, .clientEvent, .batch, .clientBatch, .metrics, .pixel, .jsonp, .settings:
            return nil
        }
    }
}
