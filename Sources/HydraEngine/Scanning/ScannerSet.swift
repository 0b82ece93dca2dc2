import GRDB
import HydraDataPoints
import HydraRoles
import HydraScanners

/// The enabled scanners of an account, ready to look at records.
///
/// A value; made once for a batch of records.
struct ScannerSet {
    struct Persona {
        let scanner: Int64
        let evaluator: PersonaScanner
    }

    struct Profile {
        let scanner: Int64
        let evaluator: ICPScanner
    }

    private(set) var role: (scanner: Int64, evaluator: RoleScanner)?
    private(set) var personas: [Persona] = []
    private(set) var profiles: [Profile] = []
    /// Whether a scanner of persons, or one of companies, reads use: then tracked events and new days matter to it.
    private(set) var personsReadUsage = false
    private(set) var companiesReadUsage = false
    private(set) var personsReadKnownPeople = false
    /// The counts that conditions on use read; nil without an own usage scanner.
    let usageSet: Int64?
    let personSources: PersonSources
    /// Where the account has no role scanner of its own, conditions on the role read this one's.
    let standardRole = RoleScanner(RoleDefinition())

    /// - Parameter definition: one that is tried out: what it reads is read.
    init(account: Account, in db: Database, trying definition: ScannerDefinition? = nil) throws {
        let scanners = try ScannerStore(db: db, account: account).all().filter(\.isEnabled)
        if let definition, definition.readsUsage {
            if definition.kind == .icp { self.companiesReadUsage = true } else { self.personsReadUsage = true }
        }
        var reader = RoleReader()
        for scanner in scanners {
            switch scanner.definition.config {
            case .role(let config):
                guard self.role == nil else { continue }
                let evaluator = RoleScanner(config)
                reader = evaluator.reader
                self.role = (scanner.id, evaluator)
            case .persona(let config):
                self.personas.append(Persona(scanner: scanner.id, evaluator: PersonaScanner(config)))
                if scanner.definition.readsUsage { self.personsReadUsage = true }
                if scanner.definition.readsKnownPeople { self.personsReadKnownPeople = true }
            case .icp(let config):
                self.profiles.append(Profile(scanner: scanner.id, evaluator: ICPScanner(config)))
                if scanner.definition.readsUsage { self.companiesReadUsage = true }
            case .usage: continue
            }
        }
        self.personSources = PersonSources(roles: reader)
        self.usageSet = try UsageSource.of(account, in: db)?.usageSet
    }
}
