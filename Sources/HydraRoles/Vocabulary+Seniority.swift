/// What words say about the level.
extension Vocabulary {
    /// The first level whose words stand in a title is its level: who is in training is not senior too.
    static let levels: [(level: Seniority, phrases: [Phrase<Seniority>])] = [
        (
            .training,
            Self.words(
                .training,
                """
                intern, internship, trainee, apprentice, student, working student, praktikant*, werkstudent*, azubi,
                auszubildende*, stagiaire, estagiari*, becari*, tirocinante, stagist*, практикант*
                """
            )
        ),
        (
            .cxo,
            Self.words(
                .cxo,
                """
                ceo, cto, cfo, coo, cmo, cro, cpo, cio, ciso, chro, cdo, clo, cco, cso, chief, president, managing director,
                chairman, chairwoman, chairperson, geschaftsfuhrer, geschaftsfuhrerin, vorstand*, pdg, directeur general,
                directrice generale, director general, gerente general, diretor geral, amministratore delegato,
                verkstallande direktor, prezes*, genel mudur, генеральный директор
                """
            )
        ),
        (
            .owner,
            Self.words(
                .owner,
                """
                founder, cofounder, owner, proprietor, entrepreneur, inhaber*, gesellschafter*, grunder*, fondateur*,
                fondatrice, fundador*, eigenaar, fondatore
                """
            )
        ),
        (.partner, Self.words(.partner, "partner, socio, socia, associe")),
        (.vp, Self.words(.vp, "vp, svp, evp, avp, rvp, vice president, vicepresident, vicepresidente")),
        (
            .manager,
            Self.words(.manager, "teamleiter*, projektleiter*, gruppenleiter*, projektledare, project lead")
        ),
        (
            .director,
            Self.words(
                .director,
                """
                director, dir, head, leiter*, *leiter, *leiterin, directeur, directrice, directora, diretor*, direttor*,
                direktor*, directie
                """
            )
        ),
        (
            .manager,
            Self.words(
                .manager,
                """
                manager, mgr, supervisor, gerente, jefe, jefa, chef de, cheffe de, *chef, responsable, responsabile,
                kierownik, mudur*, менеджер*, *manager, pm, pmm, csm, tpm
                """
            )
        ),
        (.senior, Self.words(.senior, "senior, sr, lead, principal, staff, sen, starszy")),
        (.entry, Self.words(.entry, "junior, jr, graduate, entry")),
    ]

    static let levelTexts: [(text: String, level: Seniority)] = [
        ("代表取締役", .cxo), ("总经理", .cxo), ("總經理", .cxo), ("대표이사", .cxo), ("社長", .cxo), ("部長", .director),
        ("总监", .director),
        ("经理", .manager), ("經理", .manager), ("課長", .manager),
    ]

    /// Words that look like a level and are none.
    static let noLevels: [Phrase<Void>] = [
        "chief of staff", "product owner", "process owner", "business partner", "people partner", "vice president",
        "executive assistant", "general counsel", "staff accountant",
    ].map { Phrase($0, (), strength: 0) }

    private static func words(_ level: Seniority, _ words: String) -> [Phrase<Seniority>] {
        words.split(whereSeparator: { $0 == "," || $0 == "\n" })
            .map { Phrase(String($0), level, strength: $0.split(separator: " ").count) }
            .filter { !$0.words.isEmpty }
    }
}
