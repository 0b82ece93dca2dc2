/// What words say about the function. The words stand in `Data/functions.txt`.
enum Vocabulary {
    /// How much a word says: phrases before words, words before professions of no department (`nurse`), these before
    /// words that decide only where nothing else does.
    enum Strength {
        static let weak = 1
        static let profession = 2
        static let word = 3
        static let phrase = 4
    }

    static let functions = PhraseIndex(Self.read(PackageResources.functions_txt))

    /// Titles in scripts that are written without spaces.
    static let functionTexts: [(text: String, function: JobFunction)] = [
        ("エンジニア", .engineering), ("開発", .engineering), ("工程师", .engineering), ("工程師", .engineering),
        ("プログラマ", .engineering), ("研发", .engineering), ("研發", .engineering), ("程序员", .engineering),
        ("개발", .engineering), ("엔지니어", .engineering), ("情報システム", .it), ("运维", .it), ("产品", .product), ("製品", .product),
        ("產品", .product), ("プロダクト", .product), ("マーケティング", .marketing), ("市场", .marketing), ("市場", .marketing),
        ("広報", .marketing), ("마케팅", .marketing), ("営業", .sales), ("销售", .sales), ("銷售", .sales), ("業務", .sales),
        ("영업", .sales), ("カスタマー", .customerSuccess), ("客服", .customerSuccess), ("고객", .customerSuccess),
        ("人事", .people),
        ("人力资源", .people), ("採用", .people), ("인사", .people), ("財務", .finance), ("财务", .finance), ("会计", .finance),
        ("会計", .finance), ("會計", .finance), ("経理", .finance), ("재무", .finance), ("회계", .finance),
        ("デザイナー", .design), ("设计", .design), ("設計師", .design), ("디자이너", .design), ("法务", .legal), ("法務", .legal),
        ("법무", .legal), ("采购", .operations), ("採購", .operations), ("購買", .operations), ("物流", .operations),
        ("生产", .operations), ("品質", .operations), ("总务", .operations), ("総務", .operations), ("구매", .operations),
        ("代表取締役", .executive), ("社長", .executive), ("总经理", .executive), ("總經理", .executive), ("대표이사", .executive),
        ("董事长", .executive), ("创始人", .executive), ("創業者", .executive),
    ]

    private static func read(_ bytes: [UInt8]) -> [Phrase<JobFunction>] {
        var phrases: [Phrase<JobFunction>] = []
        var function = JobFunction.other
        var strength = Strength.weak
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("[") {
                let parts = text.dropFirst().dropLast().split(separator: " ")
                function = parts.first.flatMap { JobFunction(rawValue: String($0)) } ?? .other
                strength =
                    switch parts.last {
                    case "phrase": Strength.phrase
                    case "word": function == .other ? Strength.profession : Strength.word
                    default: Strength.weak
                    }
                continue
            }
            for part in text.split(separator: ",") {
                // A phrase says more than its words, unless it is of weak ones.
                let count = part.split(separator: " ").count
                guard count > 0 else { continue }
                phrases.append(
                    Phrase(
                        String(part),
                        function,
                        strength: count > 1 && strength > Strength.weak ? Strength.phrase : strength
                    )
                )
            }
        }
        return phrases
    }
}
