/// The contract between the gateway and Hydra.
package enum HydraContract {
    /// The OpenAPI 3.1 document, UTF-8 JSON, byte for byte as it stands in `Contract/openapi.json`. It is part of the
    /// program: no file is read.
    package static let openAPI: [UInt8] = PackageResources.openapi_json
}
