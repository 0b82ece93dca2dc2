import Crypto

/// A file that pages load: part of the program, under an address that changes with it, so that browsers may keep it.
///
/// A value; any thread.
struct PageAsset: Sendable {
    static let styles = PageAsset(PackageResources.live_css, "live", "css", "text/css; charset=utf-8")
    static let script = PageAsset(PackageResources.live_js, "live", "js", "text/javascript; charset=utf-8")

    private static let folder = "/-/assets/"

    let bytes: [UInt8]
    let contentType: String
    /// `/-/assets/live-0123456789abcdef.css`.
    let path: String
    private let prefix: String
    private let suffix: String

    private init(_ bytes: [UInt8], _ name: String, _ suffix: String, _ contentType: String) {
        let hash = SHA256.hash(data: bytes).prefix(8).reduce("") { text, byte in
            text + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        self.bytes = bytes
        self.contentType = contentType
        self.prefix = "\(Self.folder)\(name)-"
        self.suffix = ".\(suffix)"
        self.path = self.prefix + hash + self.suffix
    }

    /// The file for a path, and whether it is exactly the one that was asked for.
    ///
    /// While responders are replaced one after the other, a page of one asks another for its file: it gets what there
    /// is, not to be kept.
    static func find(_ path: String) -> (asset: PageAsset, isExact: Bool)? {
        for asset in [self.styles, self.script] where path.hasPrefix(asset.prefix) && path.hasSuffix(asset.suffix) {
            return (asset, path == asset.path)
        }
        return nil
    }
}
