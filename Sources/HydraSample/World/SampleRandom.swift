import Glibc

/// Random numbers that are the same everywhere for the same seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
///
/// A value; any thread.
struct SampleRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// - Parameter parts: what the numbers are for: a seed, a person, a day.
    init(_ parts: UInt64...) {
        self.state = 0x9E37_79B9_7F4A_7C15
        for part in parts {
            self.state ^= part
            _ = self.next()
        }
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func unit() -> Double { Double(self.next() >> 11) * 0x1p-53 }

    mutating func chance(_ probability: Double) -> Bool { self.unit() < probability }

    mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(self.next() % UInt64(bound)) : 0 }

    mutating func pick<Element>(_ list: [Element], or standard: Element) -> Element {
        list.isEmpty ? standard : list[self.below(list.count)]
    }

    /// Poisson, by Knuth's product; `mean` is small here.
    mutating func poisson(_ mean: Double) -> Int {
        let limit = exp(-min(mean, 50))
        var product = self.unit()
        var count = 0
        while product > limit {
            product *= self.unit()
            count += 1
        }
        return count
    }

    /// A gamma of shape 1.3 and mean 1, by Marsaglia and Tsang (ACM TOMS 26, 2000): some are busy, most are not.
    mutating func activity() -> Double {
        let shape = 1.3
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let normal = (-2 * log(1 - self.unit())).squareRoot() * cos(2 * Double.pi * self.unit())
            let v = (1 + c * normal) * (1 + c * normal) * (1 + c * normal)
            guard v > 0 else { continue }
            if log(1 - self.unit()) < normal * normal / 2 + d - d * v + d * log(v) { return d * v / shape }
        }
    }
}
