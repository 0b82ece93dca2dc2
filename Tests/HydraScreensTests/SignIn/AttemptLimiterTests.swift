import Testing

@testable import HydraScreens

@Suite struct AttemptLimiterTests {
    @Test func aFewAttemptsAreFreeThenDelaysDoubleUpToTheLongest() {
        var limiter = AttemptLimiter()
        var now: Int64 = 1_000_000
        var delays: [Int64] = []
        for _ in 0..<25 {
            if let next = limiter.attempt(from: "a", now: now) {
                delays.append(next - now)
                now = next
                do {
                    let earlier = limiter.attempt(from: "a", now: now - 1)
                    #expect(earlier == next)
                }
                do {
                    let next = limiter.attempt(from: "a", now: now)
                    #expect(next == nil)
                }
            }
        }
        #expect(delays.prefix(4) == [1_000, 2_000, 4_000, 8_000])
        #expect(delays.max() == AttemptLimiter.longestDelay)
    }

    @Test func manyAtOnceCountAsMany() {
        var limiter = AttemptLimiter()
        let admitted = (0..<100).filter { _ in limiter.attempt(from: "a", now: 0) == nil }
        #expect(admitted.count == AttemptLimiter.free)
    }

    @Test func anotherAddressIsNotHeldUpUntilAllTogetherAre() {
        var limiter = AttemptLimiter()
        let admitted = (0..<200).filter { limiter.attempt(from: "address \($0)", now: 0) == nil }
        #expect(admitted.count == AttemptLimiter.freeOverall)
    }

    @Test func whoHasSignedInIsNotHeldUpByOthers() {
        var limiter = AttemptLimiter()
        do {
            let next = limiter.attempt(from: "mine", now: 0)
            #expect(next == nil)
        }
        limiter.succeeded(from: "mine")
        for place in 0..<200 { _ = limiter.attempt(from: "address \(place)", now: 0) }
        do {
            let next = limiter.attempt(from: "unknown", now: 0)
            #expect(next != nil)
        }
        do {
            let next = limiter.attempt(from: "mine", now: 0)
            #expect(next == nil)
        }
    }

    @Test func successForgetsTheAddressAndTimeForgetsAll() {
        var limiter = AttemptLimiter()
        for _ in 0..<AttemptLimiter.free {
            do {
                let next = limiter.attempt(from: "a", now: 0)
                #expect(next == nil)
            }
        }
        do {
            let next = limiter.attempt(from: "a", now: 0)
            #expect(next != nil)
        }
        limiter.succeeded(from: "a")
        do {
            let next = limiter.attempt(from: "a", now: 0)
            #expect(next == nil)
        }
        for _ in 0..<AttemptLimiter.free { _ = limiter.attempt(from: "b", now: 0) }
        do {
            let next = limiter.attempt(from: "b", now: AttemptLimiter.memory)
            #expect(next == nil)
        }
        do {
            let next = limiter.attempt(from: "b", now: AttemptLimiter.memory)
            #expect(next == nil)
        }
    }

    @Test func addressesBeyondTheBoundShareACount() {
        var limiter = AttemptLimiter()
        limiter.succeeded(from: "x")
        // One attempt a minute, so that all together are never held up.
        for place in 0..<AttemptLimiter.maximumAddresses {
            _ = limiter.attempt(from: "\(place)", now: Int64(place))
        }
        let late = Int64(AttemptLimiter.maximumAddresses)
        let admitted = (0..<10).filter { limiter.attempt(from: "late \($0)", now: late + 20_000 + Int64($0)) == nil }
        #expect(admitted.count <= AttemptLimiter.free)
    }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "20.1.d.b8.0.1.0.2"), ("", ""), ("unix:", "unix:"),
    ])
    func addressesOfOneNetworkAreCountedTogether(address: String, key: String) {
        #expect(VisitorAddress.network(address) == key)
    }
}
