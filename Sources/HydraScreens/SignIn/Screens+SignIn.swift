import HydraEngine
import Logging
import Synchronization

/// Signing in and out.
extension Screens {
    /// `GET /-/session`: 204 if somebody is signed in, else 401. What shows itself anew every second does not keep a
    /// session from ending.
    func checkSession(_ request: ScreenRequest) throws -> ScreenAnswer {
        let token = SessionToken(text: Cookies.read(Cookies.session, in: request.headers.cookie))
        let isSignedIn = try token.map { try self.sessions.find($0, isUse: false) != nil } ?? false
        return ScreenAnswer(status: isSignedIn ? 204 : 401, headers: [("Cache-Control", "no-store")], body: [])
    }

    /// - Parameter canReturn: whether the address can be gone back to: not one that only takes forms.
    func toSignIn(_ request: ScreenRequest, canReturn: Bool) -> ScreenAnswer {
        let target = request.path + (request.query.isEmpty ? "" : "?" + request.query)
        let next = canReturn && request.path != "/" ? LocalURL.safe(target) : nil
        return .redirect(LocalURL.make("/sign-in", ["next": next]))
    }

    func signIn(
        _ request: ScreenRequest,
        query: FormFields,
        form: FormFields,
        completion: @escaping @Sendable (ScreenAnswer) -> Void
    ) throws {
        let next = LocalURL.safe(request.method == "POST" ? form["next"] : query["next"]) ?? "/persons"
        let token = SessionToken(text: Cookies.read(Cookies.form, in: request.headers.cookie))
        guard request.method == "POST" else {
            let current = SessionToken(text: Cookies.read(Cookies.session, in: request.headers.cookie))
            if let current, try self.sessions.find(current) != nil { return completion(.redirect(next)) }
            let note = query["changed"] == nil ? nil : "The password was changed. Sign in with the new one."
            return completion(try self.signInPage(200, next: next, token: token ?? .random(), note: note))
        }
        guard let token, FormToken.isValid(form[FormToken.field], token.secret) else {
            return completion(
                try self.signInPage(
                    403,
                    next: next,
                    token: token ?? .random(),
                    problem: "The form was out of date. Cookies must be allowed for this site; please try again."
                )
            )
        }
        if let wait = self.secondsToWait(request) {
            return completion(try self.waitPage(wait, next: next, token: token))
        }
        let typed = form["password"] ?? ""
        let isTaken = self.passwordWorker.run { [self] in
            completion(self.signedIn(typed, request, next: next, token: token))
        }
        if !isTaken { completion(try self.waitPage(2, next: next, token: token)) }
    }

    /// Counts an attempt.
    ///
    /// - Returns: how long to wait before it may be made; nil if it may.
    func secondsToWait(_ request: ScreenRequest) -> Int64? {
        let now = self.options.clock().milliseconds
        let address = VisitorAddress.network(request.address)
        let next = self.attempts.withLock { $0.attempt(from: address, now: now) }
        return next.map { max(1, ($0 &- now &+ 999) / 1000) }
    }

    /// On the thread that hashes.
    private func signedIn(
        _ typed: String,
        _ request: ScreenRequest,
        next: String,
        token: SessionToken
    ) -> ScreenAnswer {
        do {
            guard try self.password.matches(typed) else {
                return try self.signInPage(403, next: next, token: token, problem: "This is not the password.")
            }
            let address = VisitorAddress.network(request.address)
            self.attempts.withLock { $0.succeeded(from: address) }
            // Another session of this browser ends: a token that somebody else has put there is worth nothing.
            if let old = SessionToken(text: Cookies.read(Cookies.session, in: request.headers.cookie)) {
                try self.sessions.close(old)
            }
            let session = try self.sessions.open()
            return ScreenAnswer.redirect(next)
                .with("Set-Cookie", Cookies.set(Cookies.session, session, seconds: Sessions.longest / 1000))
                .with("Set-Cookie", Cookies.remove(Cookies.form))
        } catch {
            self.logger.error(
                "signing in failed",
                metadata: ["trace.id": "\(request.requestID)", "error.message": "\(error)"]
            )
            return self.unavailable
        }
    }

    private func signInPage(
        _ status: Int,
        next: String,
        token: SessionToken,
        problem: String? = nil,
        note: String? = nil
    ) throws -> ScreenAnswer {
        let fields = Fields(known: [
            "formToken": FormToken.make(token.secret), "next": next, "problem": problem, "note": note,
            "isWithoutPassword": try !self.password.isSet,
        ])
        return self.page("signin", title: "Sign in", status: status, nil, fields)
            .with("Set-Cookie", Cookies.set(Cookies.form, token, seconds: Sessions.idle / 1000))
    }

    private func waitPage(_ seconds: Int64, next: String, token: SessionToken) throws -> ScreenAnswer {
        let time = Instant(milliseconds: self.options.clock().milliseconds &+ seconds &* 1000).iso8601
        let clock = time.dropFirst(11).prefix(8)
        let text = "Too many attempts. Try again in \(Words.count(seconds, "second", "seconds")), at \(clock) UTC."
        return try self.signInPage(429, next: next, token: token, problem: text).with("Retry-After", "\(seconds)")
    }

    func signOut(_ visit: Visit) throws -> ScreenAnswer {
        try self.sessions.close(visit.token)
        return ScreenAnswer.redirect("/sign-in").with("Set-Cookie", Cookies.remove(Cookies.session))
    }

    func chooseAccount(_ visit: Visit) throws -> ScreenAnswer {
        guard let name = visit.form["account"], visit.accounts.contains(where: { $0.name == name }) else {
            return self.done("There is no such account.", isProblem: true, next: "/persons", visit)
        }
        try self.store.chooseAccount(name, session: visit.token.hash)
        return .redirect("/persons")
    }
}
