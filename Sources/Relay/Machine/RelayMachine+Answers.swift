internal import Hydra
internal import Spool

/// What answers lead to.
extension RelayMachine {
    /// A request was answered.
    ///
    /// - Parameter answers: one for each of its calls, in order. Where one is missing the call is tried again.
    mutating func answered(_ ticket: Int, with answers: [Answer], at now: RelayTime) -> Answered {
        self.now = now
        // A request that was given up when the relay stopped.
        guard let request = self.requests.remove(ticket) else { return Answered() }
        var result = Answered()
        let index = request.destination
        self.destinations[index].requests -= 1
        self.destinations[index].callsInFlight -= request.calls.count
        self.markDirty(index)
        let outcome = BatchOutcome(answers, calls: request.calls.count, schedule: self.schedule)
        self.noteLast(answers.last, of: index)
        self.judge(outcome.verdict, of: index, sentIn: request.epoch)
        // The next probe may have to be read first.
        if self.destinations[index].gate.state == .probing { self.needsPlan = true }

        if outcome.kind != .each {
            // As if they had not been sent: they go again at once.
            result.willRetryAt = [Int64?](repeating: now.wall, count: request.calls.count)
        }
        switch outcome.kind {
        case .noBatch:
            if !self.destinations[index].sendsSingly, let destination = self.destinations[index].destination {
                self.destinations[index].sendsSingly = true
                self.report(.batchUnsupported(destination))
            }
            for slot in request.calls { self.putBack(slot, sentTo: index) }
        case .each:
            for (position, slot) in request.calls.enumerated() {
                let answer = position < answers.count ? answers[position] : Self.missingAnswer
                guard let retryAt = self.conclude(slot, answer, sentTo: index) else { continue }
                if result.willRetryAt.isEmpty {
                    result.willRetryAt = [Int64?](repeating: nil, count: request.calls.count)
                }
                result.willRetryAt[position] = retryAt
            }
        }
        result.actions = self.finish()
        return result
    }

    private static let missingAnswer = Answer.retry(
        status: nil,
        reason: RetryReason.badBatchAnswer.rawValue,
        message: "no answer for this call",
        after: nil
    )

    /// Does what the answer to one call asks for. Returns when the call is to be sent again, in wall-clock
    /// milliseconds.
    private mutating func conclude(_ slot: CallSlot, _ answer: Answer, sentTo index: Int) -> Int64? {
        if case .unauthorized = answer {
            // Says nothing about the call: as if it had not been sent.
            self.putBack(slot, sentTo: index)
            return nil
        }
        let lane = self.pool.lane(slot)
        let source = self.pool.source(slot)
        let call = self.pool.remove(slot)
        self.releaseRoom(bytes: call.body.count, of: index)
        let attempts = call.attempts + 1
        switch answer {
        case .done, .unauthorized:
            self.counters.delivered += 1
            self.destinations[index].delivered += 1
            self.order(.delivered(id: call.id), source: source, lane: lane)
            self.advance(lane)
            return nil
        case .refused(let status, let code, let message):
            let reason = DeadReason(
                code: code,
                status: status,
                message: "The destination refused it for good.",
                answer: message,
                attempts: attempts,
                at: self.now.wall
            )
            self.bury(call.id, reason, source: source, lane: lane, destination: index)
            return nil
        case .retry(let status, let reason, let message, let after):
            let first = min(call.firstAttemptAt ?? self.now.wall, self.now.wall)
            if self.schedule.isExpired(attempts: attempts, firstAttemptAt: first, now: self.now.wall) {
                let dead = DeadReason(
                    code: "expired",
                    status: status,
                    message: "It was tried \(attempts) times without success, at last: \(reason).",
                    answer: message,
                    attempts: attempts,
                    at: self.now.wall
                )
                self.bury(call.id, dead, source: source, lane: lane, destination: index)
                return nil
            }
            let wait = self.schedule.wait(
                attempts: attempts,
                retryAfter: self.schedule.bounded(retryAfter: after),
                using: &self.random
            )
            let notBefore = self.now.wall &+ wait
            self.counters.retried += 1
            self.destinations[index].retried += 1
            self.order(
                .retry(
                    id: call.id,
                    attempts: attempts,
                    firstAttemptAt: first,
                    notBefore: notBefore,
                    reason: reason
                ),
                source: source,
                lane: lane
            )
            self.deferLane(lane, until: self.now.monotonic &+ wait)
            return notBefore
        }
    }

    private mutating func bury(
        _ id: Int64,
        _ reason: DeadReason,
        source: SourceSlot,
        lane: LaneSlot,
        destination: Int
    ) {
        self.counters.dead += 1
        self.destinations[destination].dead += 1
        self.order(.dead(id: id, reason), source: source, lane: lane)
        self.advance(lane)
    }

    /// Lets the gate judge a request, and lets go of a destination that it closed.
    private mutating func judge(_ verdict: DestinationGate.Verdict, of index: Int, sentIn epoch: UInt32) {
        let limit = self.destinations[index].concurrency
        self.changeGate(of: index) { gate, random, now in
            gate.record(verdict, sentIn: epoch, limit: limit, now: now, using: &random)
        }
    }

    /// Changes a gate, and does what follows from its new state.
    mutating func changeGate(
        of index: Int,
        _ change: (inout DestinationGate, inout SplitMix, Int64) -> Void
    ) {
        let before = self.destinations[index].gate.state
        let until = self.destinations[index].gate.until
        change(&self.destinations[index].gate, &self.random, self.now.monotonic)
        let after = self.destinations[index].gate.state
        if after != before {
            if let destination = self.destinations[index].destination {
                self.report(.stateChanged(destination, from: before, to: after))
            }
            if after.isBlocked, !before.isBlocked { self.letGo(of: index) }
            if after == .probing { self.destinations[index].hasLooked = false }
            self.markDirty(index)
        }
        if after != before || self.destinations[index].gate.until != until { self.needsPlan = true }
    }

    private mutating func noteLast(_ answer: Answer?, of index: Int) {
        let (status, outcome): (Int?, String)
        switch answer {
        case .done(let code): (status, outcome) = (code, "done")
        case .refused(let code, _, _): (status, outcome) = (code, "refused")
        case .unauthorized(let code, _): (status, outcome) = (code, "unauthorized")
        case .retry(let code, let reason, _, _): (status, outcome) = (code, reason)
        case nil: (status, outcome) = (nil, RetryReason.badBatchAnswer.rawValue)
        }
        self.destinations[index].lastAnswer = DestinationFigures.LastAnswer(
            status: status,
            outcome: outcome,
            at: self.now.wall
        )
    }
}
