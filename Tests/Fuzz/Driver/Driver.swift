import FuzzTargets
import Glibc

// libFuzzer has main and calls this for every input; which target it feeds is the environment's to say.

/// The target that HYDRA_FUZZ_TARGET names.
private let target: FuzzTarget = {
    let name = unsafe getenv("HYDRA_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        fatalError("HYDRA_FUZZ_TARGET must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    }
    return target
}()

/// libFuzzer's one entry: a finding ends the process, so that the input is kept.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    do {
        try target.run(input)
    } catch {
        fatalError("\(target.name): \(error)")
    }
    return 0
}
