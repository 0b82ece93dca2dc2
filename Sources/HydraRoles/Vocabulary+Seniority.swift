/// What words say about the level.
extension Vocabulary {
    /// The first level whose words stand in a title is its level: who is in training is not senior too.
    static let levels: [(level: Seniority, phrases: [Phrase<Seniority>])] = [
        (
            .training,
            Self.words(
                .training,
                """
                intern, internship, interns, trainee, trainees, apprentice, apprenticeship, student, working student,
                praktikant*, praktikum, werkstudent*, azubi, azubis, auszubildende*, ausbildung zum, ausbildung zur,
                volontar, volontarin, stagiaire*, stage, alternant*, alternance, apprenti, apprentie, en formation,
                estagiari*, becari*, aprendiz*, practicante, pasante, en practicas, jovem aprendiz, tirocinante, stagist*,
                apprendista*, praktikantin, praktykant*, stazyst*, stazist*, gyakornok*, harjoittelija, larling*,
                leerling*, stagair*, studentische, student*in, duales studium, dual student, practicas,
                практикант*, стажер*, stajyer*
                """
            )
        ),
        (
            .cxo,
            Self.words(
                .cxo,
                """
                ceo, cto, cfo, coo, cmo, cro, cpo, cio, ciso, chro, cdo, clo, cco, cso, cxo, cbo, cino, cgo, chief, president,
                presidente, presidenta, praesident, prasident, prasidentin, prasidium, managing director, chairman, chairwoman,
                chairperson, executive chair, geschaftsfuhrer*, *geschaftsfuhrer, *geschaftsfuhrerin, geschaftsfuhrung,
                geschaftsleiter, geschaftsleiterin, geschaftsleitung, vorstand*, *vorstand, vorsitzender, vorsitzende,
                generaldirektor*, hauptgeschaftsfuhr*, pdg, dg, dga, directeur general, directrice generale, gerant, gerante,
                dirigeant, dirigeante, director general, directora general, director ejecutivo, directora ejecutiva,
                director gerente, gerente general, consejero delegado, consejera delegada, diretor geral, diretora geral,
                diretor executivo, diretor presidente, amministratore delegato, amministratrice delegata,
                amministratore unico, direttore generale, direttrice generale, algemeen directeur, directeur eigenaar,
                verkstallande direktor, vd, administrerende direktor, adm direktor, daglig leder, toimitusjohtaja, prezes*,
                dyrektor generalny, generalni reditel, ugyvezeto*, genel mudur, генеральный директор, zaveryt
                """
            )
        ),
        (
            .owner,
            Self.words(
                .owner,
                """
                founder, founders, cofounder, owner, owners, coowner, proprietor, entrepreneur, entrepreneurs, businessman,
                businesswoman, shareholder, unternehmer, unternehmerin, jungunternehmer*, *unternehmer, *unternehmerin,
                inhaber*, *inhaber, *inhaberin, gesellschafter*, *gesellschafter, *gesellschafterin, teilhaber*, aktionar*,
                grunder*, *grunder, *grunderin, *grunderinnen, mitgrund*, existenzgrund*, fondateur*, fondatrice*,
                cofondateur*, cofondatrice*, proprietaire*, entrepreneuse, chef d entreprise, cheffe d entreprise, actionnaire*,
                auto entrepreneur, autoentrepreneur, fundador*, cofundador*, propietari*, empresari*, emprendedor*, dueno,
                duena, proprietari*, empreendedor*, eigenaar*, *eigenaar, oprichter*, ondernemer*, fondatore, fondatrice,
                cofondatore, titolare, imprenditore, imprenditrice, agare, delagare, *agare, grundare, medgrundare, stifter,
                medstifter, indehaver*, grunnlegger*, yrittaja, perustaja*, omistaja, wlasciciel*, wspolwlasciciel*,
                zalozyciel*, majitel*, zakladatel*, jednatel*, tulajdonos*, alapito*, kurucu*, sahibi, основатель*,
                владелец*, учредитель*, selbstandig*, selbststandig*, self employed, sole trader
                """
            )
        ),
        (.manager, Self.words(.manager, "partner manager, partners manager, partnerships manager")),
        (
            .partner,
            Self.words(
                .partner,
                """
                partner, managing partner, founding partner, general partner, equity partner, senior partner, associe,
                associee, associes, socio, socia, vennoot, partnerin
                """
            )
        ),
        (
            .vp,
            Self.words(
                .vp,
                """
                vp, vps, svp, evp, avp, rvp, gvp, vice president, vicepresident, vicepresidente, vicepresidenta, vizeprasident*,
                vice presidente, vice president*
                """
            )
        ),
        (
            .manager,
            Self.words(
                .manager,
                """
                teamleiter*, teamleitung, teamleitend*, projektleiter*, projektleitung, *projektleiter,
                *projektleiterin, gruppenleiter*, gruppenleitung, schichtleiter*, filialleiter*, filialleitung, bauleiter*,
                bauleitung, *bauleiter, objektleiter*, lehrgangsleiter*, marktleiter*, lagerleiter*, kuchenleiter*,
                stationsleit*, projektledare, projektleder*, team leader, group lead, group leader, project lead,
                project leader, shift leader, shift supervisor, section head, site leader, program lead, chef d equipe,
                chef de projet, cheffe de projet, chef de chantier, chef d atelier, chef de rayon, chef de secteur,
                chef de produit, cheffe de produit, chef de groupe, chef de service, capo reparto, capo turno, capo progetto,
                caporeparto, capoturno, jefe de equipo, lider de equipo, teamleder*, teamchef, gruppchef, vorarbeiter*,
                meister, polier, restaurantleit*, sales leader, development leader, business leader, practice lead
                """
            )
        ),
        (
            .director,
            Self.words(
                .director,
                """
                director, directors, dir, head, heads, leiter*, *leiter, *leiterin, leitung, *leitung, leitend*, hauptabteilungsl*,
                directeur*, directrice*, directora, directores, directivo, diretor*, direttor*, direttrice, direktor*, *direktor,
                direktrice, dyrektor*, reditel*, riaditel*, igazgato*, johtaja*, *johtaja, directie, hoofd, afdelingshoofd,
                leder, *direktorin, daf, drh, dsi, raf, responsable de departement, jefe de departamento,
                jefe de area, rektor, dean, директор*
                """
            )
        ),
        (
            .manager,
            Self.words(
                .manager,
                """
                manager, managers, mgr, mngr, gm, supervisor, superintendent, foreman, teamchef, gerente, gerenta, jefe, jefa,
                encargado, encargada, chef de, cheffe de, chef d, chef des, chef du, *chef, responsable*, responsavel*,
                responsabile*, coordinateur general, kierownik*, vedouci*, veduci*, vezeto*, mudur*, yonetici, менеджер*,
                руководитель*, *manager, *managerin, managerin, manageress, *paallikko, *chefin, encadrant, conducteur de travaux,
                chefe, supervisora, supervisore, superviseur*, leidinggevende, teamleider, *leider, bedrijfsleider, pm, pmm,
                csm, tpm, capo, capataz, referatsleiter*, sachgebietsleiter*, leader, ansvarig, *ansvarig, *ansvarlig, *ledare,
                *leder, kundansvarig
                """
            )
        ),
        (
            .senior,
            Self.words(
                .senior,
                """
                senior, sr, lead, principal, staff, sen, snr, starszy, starsza, seniori, fuhrender, expert*, distinguished, fellow,
                chefarchitekt, oberarzt*, confirme, confirmee, experimente, experimentee, experimentado, pleno, leading
                """
            )
        ),
        (
            .entry,
            Self.words(
                .entry,
                """
                junior, jr, jnr, graduate, entry level, entry, berufseinsteiger*, debutant, debutante, junior*, mlodszy,
                mlodsza, juniorberater*, absolvent, absolventin, new grad
                """
            )
        ),
    ]

    /// The same phrases, each with the place of its level.
    static let levelPhrases = PhraseIndex(
        Self.levels.enumerated().flatMap { order, level in
            level.phrases.map {
                Phrase($0.words.joined(separator: " "), (order: order, level: level.level), strength: 0)
            }
        }
    )

    /// Words of a title that do not say what is led: `Regional Director`, `Leiter EMEA`.
    static func isContent(_ word: String) -> Bool {
        !self.frames.contains(word) && !self.directing.contains { $0.matches(word) }
    }

    private static let frames: Set<String> = [
        "of", "the", "and", "for", "und", "fur", "der", "die", "des", "de", "del", "la", "las", "los", "les", "le",
        "du", "d",
        "di", "da", "do", "e", "et", "y", "i", "in", "im", "a", "an", "global", "regional", "region", "area", "country",
        "group", "gruppe", "groupe", "grupo", "general", "deputy", "assistant", "associate", "senior", "sr",
        "executive",
        "managing", "interim", "acting", "international", "national", "worldwide", "emea", "apac", "dach", "latam",
        "us",
        "usa", "uk", "eu", "europe", "europa", "germany", "deutschland", "france", "spain", "espana", "italia", "italy",
        "asia", "america", "americas", "north", "south", "east", "west", "nord", "sud", "ost", "stellvertretender",
        "stellvertretende", "stv", "stellv", "adjoint", "adjointe", "adjunto", "adjunta", "corporate", "company",
        "unternehmen", "division", "department", "business", "unit", "standort", "niederlassung", "branch", "office",
        "partner", "founding", "co", "m", "w", "f", "h", "x", "board", "retired", "former", "ex",
    ]

    private static let directing = Self.levels.flatMap {
        [.director, .partner, .cxo].contains($0.level) ? $0.phrases : []
    }
    .filter { $0.words.count == 1 }

    static let levelTexts: [(text: String, level: Seniority)] = [
        ("代表取締役", .cxo), ("总经理", .cxo), ("總經理", .cxo), ("대표이사", .cxo), ("社長", .cxo), ("部長", .director),
        ("总监", .director),
        ("经理", .manager), ("經理", .manager), ("課長", .manager),
    ]

    /// Words that look like a level and are none.
    static let noLevels = PhraseIndex(
        [
            "chief of staff", "product owner", "process owner", "service owner", "business partner", "people partner",
            "talent partner", "acquisition partner", "hr partner", "channel partner", "partner marketing",
            "partner sales", "partner success", "partner account", "partner development", "partner program",
            "partner solutions",
            "partner engineer", "client partner", "technology partner", "vice president", "executive assistant",
            "executive secretary", "executive search", "staff accountant", "staff nurse", "staff writer",
            "lead generation",
            "data entry", "entry clerk", "internship coordinator", "internship program", "intern program",
            "student services",
            "student advisor", "student affairs", "student success", "student support", "graduate program",
            "graduate recruitment", "head chef", "head hunter", "head coach", "head nurse", "director of photography",
            "casting director", "film director", "music director", "principal investigator", "school principal",
            "associe a", "leading hand", "stage manager", "stage director", "backstage", "expert comptable",
            "expertise comptable",
            "board of directors", "to ceo s", "ceo s", "vorstandsassist*", "vorstandssekret*",
            "geschaftsfuhrungsassist*",
            "chef cuisinier", "chef de cuisine", "chef de partie",
            "chef de rang",
            "sous chef", "executive chef", "pastry chef", "commis chef", "chef patissier", "founder relations",
            "owner relations",
            "key account manager for partner", "community leader", "leader ship", "opinion leader",
            "training manager partner",
        ].map { Phrase($0, (), strength: 0) }
    )

    private static func words(_ level: Seniority, _ words: String) -> [Phrase<Seniority>] {
        words.split(whereSeparator: { $0 == "," || $0 == "\n" })
            .map { Phrase(String($0), level, strength: $0.split(separator: " ").count) }
            .filter { !$0.words.isEmpty }
    }
}
