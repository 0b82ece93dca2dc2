import ArgumentParser
import FastCGI
import Foundation
import HydraEngine
import HydraScreens
import Logging

/// How `serve` shows its pages.
struct ScreenOptions: ParsableArguments {
    /// Another way to give the first password, for containers.
    static let environment = "HYDRA_ADMIN_PASSWORD"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the administrator's first password, for the pages. It counts only as long as there is none; "
                + "`hydra password` sets another one.",
            valueName: "file"
        )
    )
    var adminPasswordFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where sources send to, as the settings page shows it.", valueName: "url")
    )
    var gateway: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The write key of a source of the gateway, as the settings page shows it.", valueName: "key")
    )
    var gatewayWriteKey: String?

    func validate() throws {
        guard let gateway = self.gateway else { return }
        guard let url = URL(string: gateway), url.scheme == "https" || url.scheme == "http", url.host != nil,
            url.path.isEmpty, url.query == nil, url.fragment == nil
        else {
            throw ValidationError("--gateway must be an address without a path: https://events.example.com")
        }
    }

    /// Makes the pages, and sets the first password if there is none.
    func screens(_ engine: Engine, _ api: HydraAPI, _ observer: any APIObserver, _ logger: Logger) throws -> Screens {
        var options = ScreensOptions()
        options.gateway = self.gateway
        options.writeKey = self.gatewayWriteKey
        if let password = try self.firstPassword() {
            let administrator = AdministratorPassword(store: ScreenStore(engine: engine))
            do {
                if try administrator.set(password, replacing: false) {
                    logger.notice("the administrator's first password was set", metadata: ["event.action": "password"])
                }
            } catch let problem as AdministratorPassword.Problem {
                throw EngineError.refused("the administrator's password cannot be taken: \(problem)")
            }
        }
        return try Screens(engine: engine, api: api, observer: observer, options: options, logger: logger)
    }

    private func firstPassword() throws -> String? {
        guard let file = self.adminPasswordFile else {
            return ProcessInfo.processInfo.environment[Self.environment].flatMap { $0.isEmpty ? nil : $0 }
        }
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw EngineError.refused("\(file) cannot be read: it should hold the administrator's password")
        }
        return text.trimmingCharacters(in: .newlines)
    }
}
