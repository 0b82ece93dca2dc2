import Segment

/// Which answer a route gives to which outcome: SDKs, images, scripts and Segment's servers each want their own.
///
/// A value of one request.
struct AnswerPolicy: Sendable {
    private enum Audience: Sendable {
        case sdk
        case image
        case script(callback: String?)
        case partner
        case webhook
    }

    private let audience: Audience

    init(route: Route, query: String) {
        switch route {
        case .event, .clientEvent, .batch, .clientBatch, .metrics, .settings: self.audience = .sdk
        case .pixel: self.audience = .image
        case .jsonp: self.audience = .script(callback: JSONP.callback(in: query))
        case .partner: self.audience = .partner
        case .webhook: self.audience = .webhook
        }
    }

    /// The answer to a request whose events are on disk, or that had none to keep.
    ///
    /// Where some events are good and some bad it is 200, since anything else would make the sender drop or resend the
    /// good ones too. Where none is good it is 400 with the first one's reason: nothing is lost by it, and whoever writes
    /// the sender hears of it. One unsupported event on the partner route is told, because Segment shows it to the
    /// customer.
    func verdict(_ batch: EventBatch) -> EdgeAnswer {
        if let reason = batch.reasonForNothing {
            let message =
                batch.rejected.count == 1
                ? reason.message
                : "None of the \(batch.rejected.count) events can be taken. The first: \(reason.message)"
            switch self.audience {
            case .partner, .webhook: return PartnerAnswer.malformed(message: message).answer
            case .sdk, .image, .script:
                return self.wrapped(.failure(status: 400, code: reason.code.rawValue, message: message))
            }
        }
        switch self.audience {
        case .partner:
            if batch.rejected.isEmpty, batch.events.count == 1, let event = batch.events.first,
                event.type != .identify, event.type != .track
            {
                return PartnerAnswer.unsupported(message: "Hydra takes identify and track, not \(event.type.rawValue).")
                    .answer
            }
            return PartnerAnswer.done.answer
        case .webhook, .sdk, .image, .script:
            return self.wrapped(.success)
        }
    }

    /// The answer to a request that is refused as a whole.
    func refusal(_ rejection: EdgeRejection) -> EdgeAnswer {
        switch self.audience {
        case .partner, .webhook: PartnerAnswer(rejection).answer
        case .sdk, .image, .script: self.wrapped(.failure(rejection))
        }
    }

    /// The refusal of a browser whose origin the source does not list; 400, which SDKs take for final.
    var originRefusal: EdgeAnswer {
        self.wrapped(
            .failure(
                status: 400,
                code: "origin_not_allowed",
                message: "This origin may not send to this source. Add it to the source's allowedOrigins."
            )
        )
    }

    /// Back-pressure.
    func busy(retryAfterSeconds: Int, code: String, message: String) -> EdgeAnswer {
        switch self.audience {
        case .partner, .webhook: PartnerAnswer.busy(retryAfterSeconds: retryAfterSeconds, message: message).answer
        case .sdk, .image, .script:
            self.wrapped(.busy(retryAfterSeconds: retryAfterSeconds, code: code, message: message))
        }
    }

    private func wrapped(_ answer: EdgeAnswer) -> EdgeAnswer {
        switch self.audience {
        case .image: .pixel
        case .script(let callback): JSONP.wrap(answer, callback: callback)
        case .sdk, .partner, .webhook: answer
        }
    }
}
