import Crypto
import Foundation

/// The styles and scripts of the pages. An address has the hash of what is there, so browsers may keep it for ever.
///
/// Any thread.
package struct Assets: Sendable {
    private struct Asset: Sendable {
        let type: String
        let bytes: [UInt8]
    }

    private let assets: [String: Asset]
    /// Addresses for the templates: `appCSS`, …
    let addresses: [String: String]

    private static let sources: [(key: String, name: String, suffix: String, type: String, bytes: [UInt8])] = [
        ("appCSS", "app", "css", "text/css; charset=utf-8", PackageResources.app_css),
        ("earlyJS", "early", "js", "text/javascript; charset=utf-8", PackageResources.early_js),
        ("appJS", "app", "js", "text/javascript; charset=utf-8", PackageResources.app_js),
        ("chartsJS", "charts", "js", "text/javascript; charset=utf-8", PackageResources.charts_js),
        ("icon", "icon", "svg", "image/svg+xml", PackageResources.icon_svg),
    ]

    package init() {
        var assets: [String: Asset] = [:]
        var addresses: [String: String] = [:]
        for (key, name, suffix, type, bytes) in Self.sources {
            let hash = SHA256.hash(data: Data(bytes)).prefix(8).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            let address = "/assets/\(name).\(hash).\(suffix)"
            addresses[key] = address
            assets[address] = Asset(type: type, bytes: bytes)
        }
        self.assets = assets
        self.addresses = addresses
    }

    /// - Returns: nil if there is nothing at this path.
    func answer(path: String) -> ScreenAnswer? {
        self.assets[path].map { asset in
            ScreenAnswer(
                status: 200,
                headers: [
                    ("Content-Type", asset.type), ("Cache-Control", "public, max-age=31536000, immutable"),
                    ("X-Content-Type-Options", "nosniff"), ("Cross-Origin-Resource-Policy", "same-origin"),
                ],
                body: asset.bytes
            )
        }
    }
}
