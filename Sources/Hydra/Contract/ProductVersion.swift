/// The version of both programs, of the contract that they speak, and of the package that brings them.
///
/// `--version`, logs, pages, the `User-Agent` towards Hydra and `nginx/package` take it from here.
package enum ProductVersion {
    package static let text = "1.0.0"
}
