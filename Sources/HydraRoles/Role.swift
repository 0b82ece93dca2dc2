/// What a job title says: where in a company somebody works, and how high.
///
/// A value; any thread.
package struct Role: Sendable, Equatable {
    package var function: JobFunction
    /// nil where the title says nothing of a level (`Software Engineer`).
    package var seniority: Seniority?
    /// The words that decided, in the order of the title.
    package var evidence: [RoleEvidence]
    /// What the function was read from.
    package var basis: RoleBasis

    package init(
        function: JobFunction,
        seniority: Seniority?,
        evidence: [RoleEvidence] = [],
        basis: RoleBasis = .nothing
    ) {
        self.function = function
        self.seniority = seniority
        self.evidence = evidence
        self.basis = basis
    }
}

/// What a title's function was read from: how often that is right differs.
package enum RoleBasis: String, CaseIterable, Sendable {
    /// A rule of somebody's own.
    case ownRule
    /// A phrase, or a word that means one thing only: `account executive`.
    case phrase
    case word
    /// A profession of no department: `nurse`.
    case profession
    /// A word that many departments use: `coordinator`.
    case weakWord
    /// The level alone: `Founder`.
    case level
    case nothing
}

/// One word or phrase of a title, and what it was taken for.
package struct RoleEvidence: Sendable, Equatable {
    /// As the title spells it.
    package let words: String
    /// `function engineering`, `seniority vp`: the meaning in words for a person.
    package let meaning: String

    package init(words: String, meaning: String) {
        self.words = words
        self.meaning = meaning
    }
}

/// What part of a company somebody works in. The raw values stand in answers and definitions and never change.
package enum JobFunction: String, CaseIterable, Sendable {
    case engineering
    case product
    case marketing
    case sales
    case customerSuccess = "customer_success"
    case finance
    case people
    case legal
    case operations
    case it
    case design
    case executive
    case other
}

/// How high somebody stands, after People Data Labs' levels. The raw values stand in answers and never change.
package enum Seniority: String, CaseIterable, Sendable {
    case cxo
    case owner
    case partner
    case vp
    case director
    case manager
    case senior
    case entry
    case training
    case unpaid
}
