/// Why a ``HydraClient`` cannot be made.
package enum HydraClientError: Error, Equatable, CustomStringConvertible {
    /// The file of additional certificates cannot be read, or has none in PEM form.
    case unusableCertificates(path: String, reason: String)

    /// A bounded word for logs and metrics.
    package var code: String {
        switch self {
        case .unusableCertificates: "unusable_certificates"
        }
    }

    package var description: String {
        switch self {
        case .unusableCertificates(let path, let reason):
            "cannot use the certificates in \(path): \(reason). "
                + "Give a readable file with at least one certificate in PEM form, or leave the setting out."
        }
    }
}
