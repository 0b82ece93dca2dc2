import HydraEngine

/// The frame of every page, and pages that say one thing.
extension Screens {
    private static let navigation = [
        ("/persons", "Persons"), ("/companies", "Companies"), ("/scanners", "Scanners"), ("/settings", "Settings"),
    ]

    /// - Parameters:
    ///   - section: the entry of the navigation that the page belongs to.
    ///   - visit: nil: nobody is signed in.
    func page(
        _ template: String,
        title: String,
        section: String = "",
        status: Int = 200,
        _ visit: Visit?,
        _ fields: Fields
    ) -> ScreenAnswer {
        var all = fields
        all["pageTitle"] = title
        all["assets"] = self.assets.addresses
        if let visit {
            all["formToken"] = FormToken.make(visit.token.secret)
            var frame: Fields = [
                "links": Self.navigation.map { path, text -> Fields in
                    ["path": path, "text": text, "isCurrent": path == section]
                }
            ]
            if visit.accounts.count > 1 {
                let accounts = visit.accounts.map { account -> Fields in
                    ["name": account.name, "isChosen": account.name == visit.account.name]
                }
                frame["picker"] = ["accounts": accounts] as Fields
            }
            all["navigation"] = frame
            if let notice = self.notices.take(for: visit.token.hash) {
                all["notice"] = Fields(known: [
                    "text": notice.text, "isProblem": notice.isProblem, "key": notice.key, "keyName": notice.keyName,
                ])
            }
        }
        return .page(status, self.templates.render(template, all))
    }

    /// A page that says one thing.
    ///
    /// - Parameter link: where to go on.
    func message(
        _ status: Int,
        _ title: String,
        _ text: String,
        _ visit: Visit? = nil,
        link: (path: String, text: String)? = nil
    ) -> ScreenAnswer {
        let link = link ?? ("/persons", "Go to the persons")
        return self.page(
            "message",
            title: title,
            status: status,
            visit,
            ["text": text, "link": ["path": link.path, "text": link.text] as Fields]
        )
    }

    var unavailable: ScreenAnswer {
        self.message(
            503,
            "Hydra cannot show this now",
            "The records cannot be read at the moment; the log of hydra says why. Try again in a few seconds."
        )
    }

    func notFound(_ visit: Visit?) -> ScreenAnswer {
        self.message(404, "There is no such page", "The address is wrong, or what was there is gone.", visit)
    }

    /// A record that is not there, or what else the API says to a question.
    func problem(_ reply: APIReply, what: String, list: (path: String, text: String), _ visit: Visit) -> ScreenAnswer {
        if reply.isMissing {
            return self.message(
                404,
                "There is no such \(what)",
                "It was erased or deleted, or the address is wrong.",
                visit,
                link: list
            )
        }
        return self.message(reply.status, "This cannot be shown", reply.message, visit, link: list)
    }

    /// Has the next page say something, and goes there.
    func done(_ text: String, isProblem: Bool = false, next: String, _ visit: Visit) -> ScreenAnswer {
        self.notices.leave(.init(text: text, isProblem: isProblem), for: visit.token.hash)
        return .redirect(next)
    }
}
