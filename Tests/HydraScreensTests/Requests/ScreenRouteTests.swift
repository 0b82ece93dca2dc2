import Testing

@testable import HydraScreens

@Suite struct ScreenRouteTests {
    @Test(arguments: [
        ("/", ScreenRoute.home), ("/persons", .persons), ("/persons/", .persons), ("/persons/p_1", .person("p_1")),
        ("/persons/p_1/erase", .erase("p_1")), ("/companies/c_1", .company("c_1")), ("/scanners/new", .newScanner),
        ("/scanners/s_1/run", .scannerRun("s_1")), ("/settings/keys/k_1/rotate", .keyRotate("k_1")),
        ("/sign-in", .signIn),
    ])
    func pathsLeadToPages(path: String, route: ScreenRoute) {
        #expect(ScreenRoute(path: path) == route)
    }

    @Test(arguments: [
        "", "persons", "/persons//", "/persons//erase", "/Persons", "/persons/../settings", "/persons/p%5F1",
        "/persons/a.b", "/persons/\u{0}", "/settings/keys", "/settings/keys/", "/settings/nothing", "/persons/p/q",
        "/scanners/s/fly", "/persons/" + String(repeating: "a", count: 201), "/favicon.ico",
    ])
    func otherPathsLeadNowhereElse(path: String) {
        let route = ScreenRoute(path: path)
        #expect(route == nil || route == .keys)
    }

    @Test(arguments: ["/v1", "/v1/", "/v1/persons", "/-/live", "/-"])
    func thePathsOfTheAPIAreNotThePages(path: String) {
        #expect(!Screens.owns(path: path))
    }

    @Test(arguments: ["/", "/persons", "/v1x", "/assets/app.css", "/-x"])
    func allOthersAre(path: String) {
        #expect(Screens.owns(path: path))
    }
}
