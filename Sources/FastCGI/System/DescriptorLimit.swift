import Glibc

/// Enough for the default number of connections many times over; more would only hide a leak.
private let wantedDescriptors: rlim_t = 65_536

/// Raises the soft limit of descriptors as far as the hard one allows: the usual soft limit of 1,024 is below one
/// connection for each request that nginx can have on its way.
func raiseDescriptorLimit() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = min(limit.rlim_max, wantedDescriptors)
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = wanted
    unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
