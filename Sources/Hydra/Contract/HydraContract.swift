/// The contract between the gateway and Hydra.
package enum HydraContract {
    /// The OpenAPI 3.1 document, UTF-8 JSON, byte for byte as it stands in `Contract/openapi.json`. It is part of the
    /// program: no file is read.
    package static let openAPI: [UInt8] = PackageResources.openapi_json

    /// How many calls a `POST /v1/batch` may carry.
    package static let maximumBatch = 500

    /// The largest body of a single call, in bytes.
    package static let maximumCallBytes = 1 << 20

    /// The largest body of a batch, in bytes.
    package static let maximumBatchBytes = 16 << 20
}
