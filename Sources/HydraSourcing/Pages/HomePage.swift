private import AsyncHTTPClient
private import HydraDataPoints
private import NIOCore
private import NIOHTTP1
private import NIOSSL

/// Fetches a company's home page.
///
/// Each host is resolved once for each hop, all its addresses are checked, and the connection goes to one of those that
/// were checked: a second answer of the DNS changes nothing. Redirects are followed by hand under the same rules.
/// Nothing is sent but the request: no cookie, no credential. Any task.
package struct HomePage: Sendable {
    private static let userAgent = "hydra/1.0 (reads the home pages of companies, once a week at most)"

    private let resolver: DNSResolver
    private let addresses: AddressGuard
    private let ports: PageURL.Ports
    private let tls: TLSConfiguration

    package init(resolver: DNSResolver, allowance: TestAllowance? = nil) throws {
        self.resolver = resolver
        self.addresses = AddressGuard(allowing: allowance?.addresses ?? [])
        self.ports = allowance.map { PageURL.Ports(secure: $0.securePort, plain: $0.plainPort) } ?? PageURL.Ports()
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path = allowance?.trustedCertificates {
            tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))]
        }
        self.tls = tls
    }

    /// Tries `https://DOMAIN/`, `https://www.DOMAIN/`, then the same without TLS; the first that is a page counts.
    ///
    /// - Returns: the page, or what failed at each. Takes 10 seconds at most, whatever the servers do.
    package func fetch(_ domain: String) async -> Result<Page, HomePageFailure> {
        await withTaskGroup(of: Result<Page, HomePageFailure>?.self) { group in
            group.addTask { await self.tryAll(domain) }
            group.addTask {
                // Ends early if the whole fetch is cancelled.
                try? await Task.sleep(for: SourcingLimits.page)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(HomePageFailure(attempts: [(domain, .timeout)]))
        }
    }

    private func tryAll(_ domain: String) async -> Result<Page, HomePageFailure> {
        guard PublicName.isPublic(domain) else {
            return .failure(HomePageFailure(attempts: [(domain, .privateName)]))
        }
        var failure = HomePageFailure(attempts: [])
        for isSecure in [true, false] {
            for host in [domain, "www." + domain] {
                guard !Task.isCancelled else { break }
                // A name that is not there has no page at the other port either, one that must not be asked neither.
                guard !failure.isFinal(host) else { continue }
                do throws(PageError) {
                    return .success(try await self.follow(PageURL(isSecure: isSecure, host: host, ports: self.ports)))
                } catch {
                    failure.attempts.append((host, error))
                }
            }
        }
        return .failure(failure)
    }

    private func follow(_ start: PageURL) async throws(PageError) -> Page {
        var url = start
        for _ in 0...SourcingLimits.redirects {
            switch try await self.get(url) {
            case .page(let page): return page
            case .redirect(let location): url = try url.following(location, ports: self.ports)
            }
        }
        throw .tooManyRedirects
    }

    private enum Hop {
        case page(Page)
        case redirect(String)
    }

    private func get(_ url: PageURL) async throws(PageError) -> Hop {
        guard PublicName.isPublic(url.host) else { throw .privateName }
        let found: [IPAddress]
        do throws(DNSError) {
            found = try await self.resolver.addresses(of: url.host)
        } catch {
            throw .name(error)
        }
        // A host with one forbidden address among others is refused: nobody has such a thing by accident.
        for address in found {
            if let reason = self.addresses.refusal(of: address) { throw .forbidden(address: address, reason: reason) }
        }
        var failure = PageError.name(.noData)
        for address in found.prefix(SourcingLimits.connections) {
            do throws(PageError) {
                return try await self.get(url, at: address)
            } catch .connection(let reason) {
                failure = .connection(reason)
            }
        }
        throw failure
    }

    private func get(_ url: PageURL, at address: IPAddress) async throws(PageError) -> Hop {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: self.configuration(url, address))
        // Not waited for: a peer may take five seconds to say goodbye.
        defer { Task { try? await client.shutdown() } }
        var request = HTTPClientRequest(url: url.text)
        request.headers = [
            "User-Agent": Self.userAgent, "Accept": "text/html, application/xhtml+xml;q=0.9",
            "Accept-Encoding": "identity", "Accept-Language": "en, *;q=0.5", "Connection": "close",
        ]
        do {
            let response = try await client.execute(request, timeout: .seconds(SourcingLimits.page.components.seconds))
            return try await self.read(response, of: url)
        } catch let error as PageError {
            throw error
        } catch {
            throw Self.explain(error)
        }
    }

    private func configuration(_ url: PageURL, _ address: IPAddress) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: self.tls,
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(SourcingLimits.connectSeconds),
                read: .seconds(SourcingLimits.readSeconds),
                write: .seconds(SourcingLimits.readSeconds)
            ),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { ByteLimit.install(SourcingLimits.connectionBytes, in: $0) }
        // The connection goes there without another question; SNI, certificate and `Host` keep the name.
        configuration.dnsOverride = [url.host: address.description]
        return configuration
    }

    private func read(_ response: HTTPClientResponse, of url: PageURL) async throws -> Hop {
        let status = Int(response.status.code)
        if [301, 302, 303, 307, 308].contains(status) {
            guard let location = response.headers.first(name: "Location") else { throw PageError.status(status) }
            return .redirect(location)
        }
        guard (200...299).contains(status) else { throw PageError.status(status) }
        let contentType = response.headers.first(name: "Content-Type") ?? ""
        guard ContentType.isHTML(contentType) else {
            throw PageError.contentType(PlainText.cleaned(contentType, characters: 60) ?? "of no type")
        }
        if let encoding = response.headers.first(name: "Content-Encoding"), encoding.lowercased() != "identity" {
            throw PageError.encoded
        }
        var body: [UInt8] = []
        for try await part in response.body {
            body.append(contentsOf: part.readableBytesView.prefix(SourcingLimits.pageBytes - body.count))
            // The rest is not read: leaving the loop ends the connection.
            if body.count == SourcingLimits.pageBytes {
                return .page(Page(host: url.host, contentType: contentType, body: body, isCut: true))
            }
        }
        return .page(Page(host: url.host, contentType: contentType, body: body, isCut: false))
    }

    private static func explain(_ error: any Error) -> PageError {
        switch error {
        case let error as HTTPClientError where error == .readTimeout || error == .deadlineExceeded: .timeout
        case is CancellationError: .timeout
        case is ByteLimit.Exceeded: .tooMuch
        case let error as HTTPClientError: .connection("HTTP failed: \(error.shortDescription)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .connection("TLS failed: \(Self.excerpt(error))")
        case let error as HTTPParserError: .connection("it does not speak HTTP: \(Self.excerpt(error))")
        default: .connection("it cannot be connected to: \(Self.excerpt(error))")
        }
    }

    /// What libraries say may quote the peer.
    private static func excerpt(_ error: any Error) -> String {
        PlainText.cleaned("\(error)", characters: 120) ?? ""
    }
}
