/// What one visitor may ask of the pages.
package enum ScreenLimits {
    /// Bytes of a form: a scanner's definition may have 64 KiB, and a form writes it at greater length.
    package static let formBytes = 512 << 10
    /// Fields of a form.
    static let formFields = 5_000
    /// Bytes of a query string.
    static let queryBytes = 8 << 10
    /// Characters of a password: scrypt takes any length, a form need not.
    static let passwordCharacters = 12...1_000
    /// Items of a page of persons, companies and events.
    static let pageItems = 50
    static let timelineItems = 20
    /// Persons on a company's page; the list has all of them.
    static let companyPersons = 10
}
