/// The requests in flight: which calls each one carries.
///
/// A value; one owner.
struct RequestTable: Sendable {
    /// A request in flight.
    struct Request: Sendable {
        let destination: Int
        /// The gate's epoch when it was sent.
        let epoch: UInt32
        let calls: [CallSlot]
    }

    private var slots: ContiguousArray<Request?> = []
    private var empty: ContiguousArray<Int> = []

    /// Requests in flight.
    private(set) var count = 0

    /// Calls in flight.
    private(set) var calls = 0

    /// Takes a request in and returns its ticket.
    mutating func insert(_ request: Request) -> Int {
        self.count += 1
        self.calls += request.calls.count
        if let ticket = self.empty.popLast() {
            self.slots[ticket] = request
            return ticket
        }
        self.slots.append(request)
        return self.slots.count - 1
    }

    /// Lets a request go; nil if the ticket is not one of a request in flight.
    mutating func remove(_ ticket: Int) -> Request? {
        guard self.slots.indices.contains(ticket), let request = self.slots[ticket] else { return nil }
        self.slots[ticket] = nil
        self.empty.append(ticket)
        self.count -= 1
        self.calls -= request.calls.count
        return request
    }

    /// Forgets every request.
    mutating func removeAll() { self = RequestTable() }
}
