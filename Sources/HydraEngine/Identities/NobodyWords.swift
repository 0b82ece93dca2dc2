/// Words that programs and people write where there is no id: folded as ``NobodyRule`` folds.
///
/// Known lists that this goes beyond: Segment's blocked values for identity resolution, PostHog's refused distinct ids.
enum NobodyWords {
    /// Those of ``all`` that stand for nothing also where they stand several times, as in `null-null`.
    static let nothing = Set(Self.words.split { $0.isWhitespace }.map(String.init))
    static let all = Self.nothing.union(Self.phrases).union(Self.fields).union(Self.numbers)

    /// Programs' and people's words for nothing, for not knowing and for not being anybody; truth values.
    private static let words = """
        null nul nil none undefined undef nan na n/a empty blank void missing unset notset unknown unidentified unspecified
        unavailable anonymous anon guest visitor nobody noone dbnull system.dbnull inf infinity placeholder dummy tbd todo
        unauthenticated not_authenticated notauthenticated nouser noid novalue default
        true false yes no on off wahr falsch vrai faux verdadero falso vero
        leer keine keiner kein niemand unbekannt anonym gast besucher nichts ohne
        vide inconnu inconnue anonyme invité invite aucun aucune personne rien
        nulo nula vacío vacio vacía desconocido desconocida anónimo anonimo ninguno ninguna nadie invitado invitada
        nullo nulla vuoto sconosciuto sconosciuta nessuno ospite
        vazio desconhecido desconhecida anônimo nenhum nenhuma ninguém ninguem convidado visitante
        leeg onbekend anoniem geen niemand bezoeker okänd gäst ingen tomt ukjent ukendt gjest gæst tuntematon vieras
        nieznany anonimowy brak pusty gość neznámý nikdo bilinmeyen anonim misafir yok boş
        пусто неизвестно неизвестный аноним анонимный нет гость никто
        空 无 無 空白 未知 匿名 不明 なし ゲスト 访客 없음 익명 알수없음 손님 مجهول فارغ ضيف לאידוע אנונימי אורח
        """

    /// More than one word; ``NobodyRule`` compares them without what separates them.
    private static let phrases: Set<String> = [
        "notset", "notavailable", "notapplicable", "notprovided", "notfound", "notdefined", "notloggedin", "loggedout",
        "signedout", "nouserid", "nobodyknows", "isnull", "objectobject", "objectnull", "objectundefined",
        "nonetype", "typenull", "jsnull", "emptystring", "nullpointer",
    ]

    /// The names of the fields themselves, and what documentation has in their place.
    private static let fields: Set<String> = [
        "userid", "anonymousid", "anonid", "distinctid", "visitorid", "deviceid", "clientid", "customerid",
        "externalid",
        "sessionid", "accountid", "memberid", "personid", "profileid", "contactid", "leadid", "uniqueid", "messageid",
        "previousid", "groupid", "id", "uid", "uuid", "guid", "email", "emailaddress", "username", "user", "identity",
        "identifier", "youruserid", "yourid", "myuserid", "someuserid", "currentuserid", "currentuser", "theuserid",
        "insertuserid", "insertuseridhere", "useridhere", "idhere", "youruseridhere", "youranonymousid",
    ]

    /// Numbers that devices and programs give out when they have none: of Android's emulator and of a maker's batch of
    /// phones, of Android's hidden network address, of test cards.
    private static let numbers: Set<String> = [
        "-1", "−1", "9774d56d682e549c", "02:00:00:00:00:00", "020000000000", "012345678912345", "004999010640000",
    ]
}
