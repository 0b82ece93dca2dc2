/// What taking apart came to.
///
/// A value; any thread.
package struct Separation: Sendable, Equatable {
    /// Ids that should never have joined anybody.
    package var ids: Int64 = 0
    /// Persons that were looked at anew, before and after.
    package var personsBefore: Int64 = 0
    package var personsAfter: Int64 = 0
    /// Calls that belong to somebody else now, or to nobody.
    package var movedCalls: Int64 = 0

    package init() {}

    static func + (left: Separation, right: Separation) -> Separation {
        var sum = left
        sum.ids += right.ids
        sum.personsBefore += right.personsBefore
        sum.personsAfter += right.personsAfter
        sum.movedCalls += right.movedCalls
        return sum
    }
}
