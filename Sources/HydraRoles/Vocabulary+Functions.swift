/// What words say about the function. English first, then other languages' common forms.
enum Vocabulary {
    /// Words that decide only where nothing else does.
    private static let weak = 1
    private static let word = 2
    /// Phrases, and words that mean one thing only.
    private static let phrase = 3

    static let functions: [Phrase<JobFunction>] =
        Self.list(
            .engineering,
            strength: Self.phrase,
            """
            cto, chief technology, chief technical, chief architect, chief scientist, chief data, quality assurance,
            r d, research development, software engineer, machine learning, data scientist, data engineer, founding engineer,
            embedded systems
            """
        )
        + Self.list(
            .engineering,
            strength: Self.word,
            """
            engineer, engineering, engineers, swe, developer, developers, dev, development engineer, programmer, architect,
            devops, sre, qa, sdet, tester, backend, frontend, fullstack, firmware, embedded, ml, ai, robotics, coder,
            code, javascript, python, java, entwickl*, *entwickler, *entwicklerin, *entwicklungsleiter, ingenieur*,
            developpeu*, desarrollador*, ingenier*, desenvolvedor*, engenheir*, sviluppat*, ingegner*, ontwikkelaar,
            *ontwikkelaar, programmer*, programist*, utveckla*, *utvecklare, inzynier*, yazilim, muhendis*, программист*,
            разработчик*, инженер*, informatiker*, software*
            """
        )
        + Self.list(
            .engineering,
            strength: Self.weak,
            "technology, technical, tech, technique, tecnico, data, research, scientist, analytics, platform"
        )
        + Self.list(
            .product,
            strength: Self.phrase,
            """
            product manager, product owner, product management, group product, chief product, cpo, product lead,
            product analyst, chef de produit, gerente de produto
            """
        )
        + Self.list(.product, strength: Self.word, "product, produkt*, produto, producto, produit, pm")
        + Self.list(
            .marketing,
            strength: Self.phrase,
            """
            product marketing, pmm, developer advocate, developer relations, cmo, chief marketing, chief brand,
            social media, public relations, demand generation, growth hacker
            """
        )
        + Self.list(
            .marketing,
            strength: Self.word,
            """
            marketing, growth, brand, seo, sem, content, copywriter, communications, communication, community, pr, event,
            events, campaign, kommunikation, *marketing, marketing*, маркет*, media
            """
        )
        + Self.list(
            .sales,
            strength: Self.phrase,
            """
            account executive, account manager, account director, ae, sdr, bdr, business development, sales engineer,
            sales engineering, pre sales, presales, cro, chief revenue, chief commercial, inside sales, key account,
            directeur commercial, director comercial, diretor comercial, direttore commerciale
            """
        )
        + Self.list(
            .sales,
            strength: Self.word,
            """
            sales, revenue, revops, partnerships, selling, vertrieb*, *vertrieb, verkauf*, verkoop*, ventas, vendas,
            vendite, commercial, comercial, commerciale, forsaljning*, satis, продаж*, salg*, sprzedaz*
            """
        )
        + Self.list(
            .customerSuccess,
            strength: Self.phrase,
            """
            customer success, csm, client success, customer happiness, happiness engineer, customer support,
            customer service, customer experience, customer care, support engineer, technical support, chief customer,
            support specialist, support team, customer advocate
            """
        )
        + Self.list(
            .customerSuccess,
            strength: Self.word,
            "support, onboarding, implementation, kundenberat*, kundenservice*, kundenbetreu*, customer, cx"
        )
        + Self.list(
            .finance,
            strength: Self.phrase,
            "cfo, chief financial, chief accounting, fp a, accounts payable, accounts receivable, investment banker"
        )
        + Self.list(
            .finance,
            strength: Self.word,
            """
            finance, financial, accountant, accounting, controller, bookkeeper, treasurer, treasury, banker, auditor, audit,
            tax, finanz*, buchhalt*, *buchhalter, comptable, contador*, contable, financier, financiero, financeiro,
            finanza, finanze, finans*, бухгалтер*, steuer*, investor, credit
            """
        )
        + Self.list(
            .people,
            strength: Self.phrase,
            """
            human resources, hr business, hrbp, chro, chief people, chief happiness, talent acquisition, people culture,
            learning development, recursos humanos, ressources humaines, risorse umane, people operations, people partner
            """
        )
        + Self.list(
            .people,
            strength: Self.word,
            """
            hr, people, recruiter, recruiting, recruitment, talent, payroll, happiness, rh, personall*, personalr*,
            personalab*, personalw*, personalchef, кадр*
            """
        )
        + Self.list(
            .legal,
            strength: Self.phrase,
            "general counsel, gc, chief legal, data protection, legal counsel, contract manager"
        )
        + Self.list(
            .legal,
            strength: Self.word,
            """
            legal, lawyer, attorney, counsel, paralegal, compliance, privacy, rechtsanw*, jurist*, avocat*, abogad*,
            advogad*, avvocat*, юрист*
            """
        )
        + Self.list(
            .operations,
            strength: Self.phrase,
            """
            coo, chief operating, business operations, supply chain, executive assistant, personal assistant,
            administrative assistant, office manager, business analyst, tpm, technical program, scrum master, agile coach,
            plant manager
            """
        )
        + Self.list(
            .operations,
            strength: Self.weak,
            """
            operations, operation, ops, project, program, pmo, logistics, procurement, purchasing, facilities, warehouse,
            administrative, administration, receptionist, assistant, ea, office, projekt*, projektu, projet, proyecto,
            progetto, projeto, einkauf*, logistik*, plant, process
            """
        )
        + Self.list(
            .it,
            strength: Self.phrase,
            """
            it manager, it director, it support, it administrator, head of it, information technology, system administrator,
            systems administrator, sysadmin, network engineer, network administrator, systems engineer, system engineer,
            help desk, helpdesk, dba, database administrator, desktop support, salesforce administrator, cio, ciso,
            chief information, information security, it operations, it leiter
            """
        )
        + Self.list(.it, strength: Self.word, "it, systemadministrator*, edv*")
        + Self.list(
            .design,
            strength: Self.phrase,
            """
            product designer, product design, ux, ui, chief design, creative director, art director, graphic designer,
            design manager
            """
        )
        + Self.list(
            .design,
            strength: Self.word,
            "design, designer, illustrator, creative, disenador*, gestalt*, diseno"
        )
        + Self.list(
            .executive,
            strength: Self.phrase,
            "ceo, chief executive, chief of staff, chief strategy, general manager, managing director, board member"
        )
        + Self.list(.executive, strength: Self.weak, "strategy, executive, board, prokurist*")

    /// Titles in scripts that are written without spaces.
    static let functionTexts: [(text: String, function: JobFunction)] = [
        ("エンジニア", .engineering), ("開発", .engineering), ("工程师", .engineering), ("工程師", .engineering),
        ("개발", .engineering),
        ("엔지니어", .engineering), ("产品", .product), ("製品", .product), ("マーケティング", .marketing), ("市场", .marketing),
        ("마케팅", .marketing), ("営業", .sales), ("销售", .sales), ("영업", .sales), ("人事", .people), ("財務", .finance),
        ("财务", .finance), ("会计", .finance), ("デザイナー", .design), ("设计", .design), ("디자이너", .design), ("法务", .legal),
    ]

    private static func list(_ function: JobFunction, strength: Int, _ words: String) -> [Phrase<JobFunction>] {
        words.split(whereSeparator: { $0 == "," || $0 == "\n" }).map {
            // A phrase says more than its words.
            let count = $0.split(separator: " ").count
            return Phrase(String($0), function, strength: count > 1 ? max(strength, self.phrase) : strength)
        }.filter { !$0.words.isEmpty }
    }
}
